#include "kernel/resctrl/resctrl.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "kernel/procfs/mountinfo.h"
#include "sys/file.h"

namespace cove::resctrl {
namespace {

constexpr size_t kLargestMountTable = size_t{64} << 20;
constexpr mode_t kDirectoryMode = 0755;

// The file `name` of a group; "" is the default one.
std::string in_group(std::string_view group, std::string_view name) {
  return group.empty() ? std::string(name) : fmt::format("{}/{}", group, name);
}

Error make_error(std::string_view what, const std::string& directory, int cause) {
  Error error = Error::from_errno(fmt::format("make the {} {}", what, directory), cause);
  if (cause == ENOSPC) error.set_hint("the processor has no more of them: remove some below /sys/fs/resctrl");
  return error;
}

// "mon_L3_00" -> L3, 0
std::optional<DomainCounters> parse_domain(std::string_view name) {
  constexpr std::string_view kPrefix = "mon_";
  const size_t at = name.rfind('_');
  if (!name.starts_with(kPrefix) || at <= kPrefix.size()) return std::nullopt;
  const auto number = parse_number<unsigned>(name.substr(at + 1));
  if (!number.has_value()) return std::nullopt;
  return DomainCounters{std::string(name.substr(kPrefix.size(), at - kPrefix.size())), *number, {}};
}

}  // namespace

Result<FileSystem> FileSystem::find(const char* mountinfo) {
  const std::string table = COVE_TRY(sys::read_file(mountinfo, kLargestMountTable));
  std::string path;
  for (std::string_view rest = table; const auto line = next_line(rest);) {
    const procfs::Mount mount = COVE_TRY(procfs::parse_mount(*line));
    if (mount.fs_type == "resctrl") path = procfs::unescape(mount.mount_point);
  }
  if (!path.empty()) return open(path);
  Error error(ErrorCode::unsupported, "linux.intelRdt: no resctrl file system is mounted");
  error.set_hint(
      "it takes a processor with Intel RDT or AMD QoS and a kernel with CONFIG_X86_CPU_RESCTRL; then, as "
      "root: "
      "mount -t resctrl resctrl /sys/fs/resctrl");
  return error;
}

Result<FileSystem> FileSystem::open(const std::string& path, const DirectoryCalls& calls) {
  UniqueFd root = COVE_TRY(sys::open_path(path.c_str(), O_PATH | O_DIRECTORY));
  if (sys::access_at(root.get(), "info", F_OK) != 0 || sys::access_at(root.get(), "tasks", F_OK) != 0) {
    return Error(ErrorCode::unsupported, fmt::format("linux.intelRdt: {} is no resctrl file system", path));
  }
  return FileSystem(std::move(root), path, calls);
}

// Adds what the kernel says of the last failure.
Error FileSystem::explain(Error error) const {
  std::array<char, 256> buffer{};
  const ssize_t got = sys::read_pseudo(root_.get(), "info/last_cmd_status", buffer);
  if (got <= 0) return error;
  const std::string_view words = trim(std::string_view(buffer.data(), static_cast<size_t>(got)));
  if (words.empty() || words == "ok") return error;
  return Error(error.code(), fmt::format("{} ({})", error.message(), words), error.sys_errno())
      .set_hint(error.hint());
}

// Whether it was made now.
Result<bool> FileSystem::make_class(const Placement& placement, bool has_schemata) {
  if (placement.clos.empty()) return false;
  if (!placement.own_clos && !has_schemata) {
    if (sys::access_at(root_.get(), placement.clos.c_str(), F_OK) == 0) return false;
    return Error(
        ErrorCode::not_found,
        fmt::format("linux.intelRdt.closID: there is no class {} below {}, and no schemata are given to "
                    "make one with",
                    quote(placement.clos), path_),
        ENOENT);
  }
  const int cause = calls_.make(root_.get(), placement.clos.c_str(), kDirectoryMode);
  if (cause == EEXIST) return false;
  if (cause != 0) return explain(make_error("class of service", placement.clos, cause));
  return true;
}

Status FileSystem::write_schemata(const std::string& clos, const std::vector<std::string>& writes) {
  const std::string file = in_group(clos, "schemata");
  for (const std::string& text : writes) {
    Status written = sys::write_existing_at(root_.get(), file.c_str(), text);
    if (!written.ok()) return explain(std::move(written.error().add_context(quote(trim(text)))));
  }
  return {};
}

uint64_t FileSystem::bandwidth_step() const {
  std::array<char, 32> buffer{};
  const ssize_t got = sys::read_pseudo(root_.get(), "info/MB/bandwidth_gran", buffer);
  if (got <= 0) return 1;
  return parse_number<uint64_t>(trim(std::string_view(buffer.data(), static_cast<size_t>(got)))).value_or(1);
}

Status FileSystem::compare_schemata(const std::string& clos, const std::vector<std::string>& writes) {
  const std::string there = COVE_TRY(sys::read_file_at(root_.get(), in_group(clos, "schemata").c_str()));
  const uint64_t step = bandwidth_step();
  for (std::string_view rest : writes) {
    while (const auto line = next_line(rest)) {
      if (COVE_TRY(schemata_hold(there, *line, step))) continue;
      Error error(ErrorCode::invalid_argument,
                  fmt::format("linux.intelRdt.closID: the class {} exists and does not have {}",
                              quote(clos.empty() ? "/" : clos), quote(*line)));
      return error.set_hint("leave the schemata out, to use the class as it is, or give another closID");
    }
  }
  return {};
}

Status FileSystem::apply_schemata(const Placement& placement, const Request& request, bool fresh) {
  const std::vector<std::string> writes = COVE_TRY(schemata_writes(request));
  if (writes.empty()) return {};
  // A class of the container's own that exists is what an earlier start left.
  if (fresh || placement.own_clos) return write_schemata(placement.clos, writes);
  return compare_schemata(placement.clos, writes);
}

Status FileSystem::make_monitoring(const Placement& placement) {
  if (placement.monitoring.empty()) return {};
  const int cause = calls_.make(root_.get(), placement.monitoring.c_str(), kDirectoryMode);
  if (cause == 0 || cause == EEXIST) return {};
  if (cause == ENOENT) {
    return Error(ErrorCode::unsupported,
                 "linux.intelRdt.enableMonitoring: this processor or kernel does not monitor");
  }
  return explain(make_error("monitoring group", placement.monitoring, cause));
}

Status FileSystem::create(const Placement& placement, const Request& request) {
  const bool has_schemata = !COVE_TRY(schemata_writes(request)).empty();
  const bool fresh = COVE_TRY(make_class(placement, has_schemata));
  Status done = apply_schemata(placement, request, fresh);
  if (done.ok()) done = make_monitoring(placement);
  if (!done.ok() && fresh) calls_.remove(root_.get(), placement.clos.c_str());
  return done;
}

Status FileSystem::join(const Placement& placement, pid_t pid) {
  const std::string text = fmt::format("{}\n", pid);
  std::vector<std::string> files{in_group(placement.clos, "tasks")};
  if (!placement.monitoring.empty()) files.push_back(in_group(placement.monitoring, "tasks"));
  for (const std::string& file : files) {
    Status written = sys::write_existing_at(root_.get(), file.c_str(), text);
    if (!written.ok()) return explain(std::move(written.error().add_context("linux.intelRdt")));
  }
  return {};
}

Status FileSystem::remove(const Placement& placement) {
  std::vector<std::string> directories;
  if (!placement.monitoring.empty()) directories.push_back(placement.monitoring);
  if (placement.own_clos) directories.push_back(placement.clos);
  for (const std::string& directory : directories) {
    const int cause = calls_.remove(root_.get(), directory.c_str());
    if (cause == 0 || cause == ENOENT) continue;
    return explain(Error::from_errno(fmt::format("remove {}/{}", path_, directory), cause));
  }
  return {};
}

Result<std::vector<DomainCounters>> FileSystem::read_counters(const Placement& placement) {
  const std::string& group = placement.monitoring.empty() ? placement.clos : placement.monitoring;
  const std::string data = in_group(group, "mon_data");
  std::vector<std::string> names = COVE_TRY(sys::list_subdirectories(root_.get(), data.c_str()));
  std::sort(names.begin(), names.end());
  std::vector<DomainCounters> found;
  for (const std::string& name : names) {
    auto domain = parse_domain(name);
    if (!domain.has_value()) continue;
    const std::string directory = in_group(data, name);
    std::vector<std::string> files = COVE_TRY(sys::list_directory(root_.get(), directory.c_str()));
    std::sort(files.begin(), files.end());
    for (const std::string& file : files) {
      std::array<char, 64> buffer{};
      const ssize_t got = sys::read_pseudo(root_.get(), in_group(directory, file).c_str(), buffer);
      if (got <= 0) continue;
      const auto value =
          parse_number<uint64_t>(trim(std::string_view(buffer.data(), static_cast<size_t>(got))));
      if (value.has_value()) domain->counters.emplace_back(file, *value);
    }
    found.push_back(*std::move(domain));
  }
  return found;
}

}  // namespace cove::resctrl

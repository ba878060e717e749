#include "sandbox/facts.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/sysmacros.h>

#include <algorithm>

#include "base/strings.h"
#include "kernel/caps/apply.h"
#include "kernel/lsm/lsm.h"
#include "kernel/procfs/mountinfo.h"
#include "launch/caller.h"
#include "launch/plan.h"
#include "sandbox/defaults.h"
#include "sys/file.h"
#include "sys/identity.h"
#include "sys/random.h"
#include "sys/tty.h"

namespace cove::sandbox {
namespace {

constexpr const char* kRunDirectory = "/run/cove";

bool maps_tty_group() {
  const Result<std::string> map = sys::read_file("/proc/self/gid_map");
  if (!map) return false;
  std::string_view rest = *map;
  while (const auto line = next_line(rest)) {
    std::vector<uint64_t> numbers;
    for (const std::string_view part : split(*line, ' ')) {
      if (const auto number = parse_number<uint64_t>(part)) numbers.push_back(*number);
    }
    constexpr uint64_t kTtyGroup = 5;
    if (numbers.size() == 3 && kTtyGroup >= numbers[0] && kTtyGroup - numbers[0] < numbers[2]) return true;
  }
  return false;
}

Status gather_caller(const Options& options, HostFacts& facts) {
  facts.caller.uid = sys::effective_uid();
  facts.caller.gid = sys::effective_gid();
  facts.permitted = COVE_TRY(caps::permitted_capabilities());
  facts.privileged = facts.caller.uid == 0 && facts.permitted.contains(CAP_SYS_ADMIN);
  facts.initial_userns = launch::in_initial_user_namespace();
  if (!facts.initial_userns) facts.tty_group_mapped = maps_tty_group();
  const auto kind = options.userns.kind;
  const bool needs_subids =
      (!facts.privileged && kind != UsernsChoice::Kind::host) || kind == UsernsChoice::Kind::keep_id;
  if (!needs_subids) return {};
  facts.caller = COVE_TRY(launch::read_caller());
  return {};
}

Status gather_lease(const Options& options, HostFacts& facts) {
  const bool whole_machine = facts.privileged && facts.initial_userns;
  if (!whole_machine || options.userns.kind != UsernsChoice::Kind::automatic) return {};
  Status made = sys::make_directory_at(AT_FDCWD, kRunDirectory, 0755);
  if (!made && made.error().sys_errno() != EEXIST) return made;
  facts.lease = COVE_TRY(idmap::lease_range(kRunDirectory));
  return {};
}

Status gather_cgroups(const Options& options, HostFacts& facts) {
  facts.cgroups = COVE_TRY(cgroup::read_layout());
  facts.cgroup_facts = COVE_TRY(cgroup::gather_facts(facts.cgroups, effective_limits(options)));
  return {};
}

bool has_mount_below(std::string_view mountinfo, const std::string& directory) {
  const std::string prefix = directory + "/";
  while (const auto line = next_line(mountinfo)) {
    const Result<procfs::Mount> mount = procfs::parse_mount(*line);
    if (mount && procfs::unescape(mount->mount_point).starts_with(prefix)) return true;
  }
  return false;
}

void gather_system_view(HostFacts& facts) {
  constexpr size_t kLargestMountTable = size_t{64} << 20;
  const Result<std::string> table = sys::read_file("/proc/self/mountinfo", kLargestMountTable);
  const std::string_view mounts = table ? std::string_view(*table) : std::string_view{};
  const auto add = [&](std::string_view path, std::vector<SystemPath>& out) {
    const std::string name(path);
    const Result<struct stat> info = sys::stat_at(AT_FDCWD, name.c_str(), AT_SYMLINK_NOFOLLOW);
    if (!info) return;
    if (S_ISLNK(info->st_mode)) {
      const Result<std::string> target = sys::read_link_at(AT_FDCWD, name.c_str());
      if (target) out.push_back({name, *target});
    } else if (S_ISDIR(info->st_mode)) {
      out.push_back({name, {}, has_mount_below(mounts, name)});
    }
  };
  for (const std::string_view path : kSystemDirectories) add(path, facts.system_directories);
  const Result<std::vector<std::string>> names = sys::list_directory(AT_FDCWD, "/etc");
  if (!names) return;
  std::vector<std::string> sorted = *names;
  std::sort(sorted.begin(), sorted.end());
  for (const std::string& name : sorted) {
    if (shows_etc_directory(name)) add("/etc/" + name, facts.etc_directories);
    if (shows_etc_file(name)) facts.etc_files.push_back("/etc/" + name);
  }
  for (const std::string_view path : kEtcSubdirectories) add(path, facts.etc_directories);
}

Status check_directory(const char* option, const std::string& path, ErrorCode code) {
  const Result<struct stat> info = sys::stat_at(AT_FDCWD, path.c_str());
  if (!info) {
    Error error = info.error();
    error.add_context(option).set_code(code);
    return error;
  }
  if (S_ISDIR(info->st_mode)) return {};
  return Error(code, fmt::format("{}: {} is not a directory", option, path));
}

Status gather_upper(const Options& options, HostFacts& facts) {
  if (options.upper.empty()) return {};
  COVE_TRY(check_directory("--upper", options.upper, ErrorCode::bind_source_missing));
  const struct stat info = COVE_TRY(sys::stat_at(AT_FDCWD, options.upper.c_str()));
  const std::string parent = launch::parent_directory(options.upper);
  const bool same_mount = COVE_TRY(sys::same_mount(options.upper.c_str(), parent.c_str()));
  if (!same_mount) {
    Error error(ErrorCode::invalid_argument,
                fmt::format("--upper: {} is a mount point of its own", options.upper));
    error.set_hint(
        "name a directory below it: overlayfs keeps its work directory beside the upper one, on one mount");
    return error;
  }
  const bool empty = COVE_TRY(sys::list_directory(AT_FDCWD, options.upper.c_str())).empty();
  facts.upper = UpperFact{info.st_uid, info.st_gid, empty};
  return {};
}

Status gather_devices(const Options& options, HostFacts& facts) {
  for (const DeviceRequest& request : options.devices) {
    Result<struct stat> info = sys::stat_at(AT_FDCWD, request.source.c_str());
    if (!info) {
      info.error().add_context("--device").set_code(ErrorCode::bind_source_missing);
      return std::move(info).error();
    }
    if (!S_ISCHR(info->st_mode) && !S_ISBLK(info->st_mode)) {
      return Error(ErrorCode::invalid_argument, fmt::format("--device: {} is not a device", request.source));
    }
    facts.devices.push_back({S_ISBLK(info->st_mode) ? 'b' : 'c', major(info->st_rdev), minor(info->st_rdev),
                             static_cast<mode_t>(info->st_mode & 0777), info->st_uid, info->st_gid});
  }
  return {};
}

void gather_terminal(const Options& options, HostFacts& facts) {
  if (!options.tty) return;
  if (const char* term = ::getenv("TERM")) facts.terminal_type = term;  // NOLINT(concurrency-mt-unsafe)
  for (const int fd : {0, 1, 2}) {
    const Result<struct winsize> size = sys::get_window_size(fd);
    if (!size || size->ws_row == 0) continue;
    facts.terminal_rows = size->ws_row;
    facts.terminal_columns = size->ws_col;
    return;
  }
}

}  // namespace

Result<std::string> new_id() {
  const uint64_t number = COVE_TRY(sys::random_number());
  return fmt::format("{:012x}", number >> 16);
}

Result<HostFacts> gather_facts(const Options& options, std::string id) {
  HostFacts facts;
  facts.id = std::move(id);
  COVE_TRY(gather_caller(options, facts));
  COVE_TRY(gather_lease(options, facts));
  COVE_TRY(gather_cgroups(options, facts));
  using Kind = NamespaceChoice::Kind;
  const bool own_root = options.mountns.kind == Kind::unset || options.mountns.kind == Kind::fresh;
  if (options.rootfs.empty()) {
    if (own_root) gather_system_view(facts);
  } else {
    COVE_TRY(check_directory("--rootfs", options.rootfs, ErrorCode::rootfs_missing));
  }
  COVE_TRY(gather_upper(options, facts));
  COVE_TRY(gather_devices(options, facts));
  gather_terminal(options, facts);
  if (options.seccomp == SeccompChoice::file) {
    constexpr size_t kLargestProfile = size_t{4} << 20;
    Result<std::string> text = sys::read_file(options.seccomp_file.c_str(), kLargestProfile);
    facts.seccomp_profile = COVE_TRY(std::move(text).context("--security-opt seccomp"));
  }
  facts.selinux = sys::exists("/sys/fs/selinux/enforce");
  facts.apparmor = !options.apparmor.empty() && lsm::enabled(lsm::Module::apparmor);
  return facts;
}

}  // namespace cove::sandbox

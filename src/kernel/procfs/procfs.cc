#include "kernel/procfs/procfs.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "sys/file.h"

namespace cove::procfs {
namespace {

constexpr uint64_t kKib = 1024;

Error malformed(std::string_view file, std::string_view line, std::string_view what) {
  return Error(ErrorCode::invalid_argument, fmt::format("{} line {}: {}", file, quote(line), what));
}

Result<CgroupEntry> parse_cgroup_line(std::string_view line) {
  constexpr std::string_view kFile = "/proc/self/cgroup";
  constexpr std::string_view kDeleted = " (deleted)";
  const Halves first = split_once(line, ':');
  const auto hierarchy = parse_number<uint32_t>(first.first);
  if (!hierarchy || !first.second) return malformed(kFile, line, "it does not begin with a hierarchy number");
  // The path may hold colons, the controllers can not.
  const Halves second = split_once(*first.second, ':');
  if (!second.second || !second.second->starts_with('/')) {
    return malformed(kFile, line, "the path is missing or not absolute");
  }
  CgroupEntry entry;
  entry.hierarchy = *hierarchy;
  if (!second.first.empty()) {
    for (const std::string_view controller : split(second.first, ',')) {
      if (controller.empty()) return malformed(kFile, line, "a controller's name is empty");
      entry.controllers.emplace_back(controller);
    }
  }
  if ((entry.hierarchy == 0) != entry.controllers.empty()) {
    return malformed(kFile, line, "hierarchy 0 and only it has no controllers");
  }
  std::string_view path = *second.second;
  if (path.ends_with(kDeleted)) {
    path.remove_suffix(kDeleted.size());
    entry.deleted = true;
  }
  entry.path = path;
  return entry;
}

Result<std::optional<uint64_t>> parse_signals(std::string_view line, std::string_view value) {
  const auto mask = parse_number<uint64_t>(value, 16);
  if (!mask) return malformed("status", line, "it is not a signal mask");
  return std::optional<uint64_t>(*mask);
}

Result<std::vector<pid_t>> parse_pids(std::string_view line, std::string_view value) {
  std::vector<pid_t> pids;
  for (const std::string_view word : split(value, '\t')) {
    const auto pid = parse_number<pid_t>(word);
    if (!pid || *pid < 0) return malformed("status", line, "it is not a list of process ids");
    pids.push_back(*pid);
  }
  return pids;
}

// "   12 kB" -> 12288
Result<uint64_t> parse_kib(std::string_view file, std::string_view line, std::string_view value) {
  constexpr std::string_view kUnit = " kB";
  if (value.ends_with(kUnit)) {
    const auto number = parse_number<uint64_t>(value.substr(0, value.size() - kUnit.size()));
    if (number && *number <= UINT64_MAX / kKib) return *number * kKib;
  }
  return malformed(file, line, "it is not a number of kB");
}

}  // namespace

Result<std::vector<CgroupEntry>> parse_cgroup(std::string_view text) {
  std::vector<CgroupEntry> entries;
  while (const auto line = next_line(text)) entries.push_back(COVE_TRY(parse_cgroup_line(*line)));
  return entries;
}

Result<std::vector<CgroupEntry>> read_self_cgroup() {
  return parse_cgroup(COVE_TRY(sys::read_file("/proc/self/cgroup")));
}

Result<ProcessStatus> parse_status(std::string_view text) {
  ProcessStatus status;
  while (const auto line = next_line(text)) {
    const Halves halves = split_once(*line, ':');
    if (!halves.second) return malformed("status", *line, "there is no colon");
    const std::string_view key = halves.first;
    const std::string_view value = trim(*halves.second);
    if (key == "SigBlk") {
      status.blocked_signals = COVE_TRY(parse_signals(*line, value));
    } else if (key == "SigIgn") {
      status.ignored_signals = COVE_TRY(parse_signals(*line, value));
    } else if (key == "SigCgt") {
      status.caught_signals = COVE_TRY(parse_signals(*line, value));
    } else if (key == "NSpid") {
      status.namespace_pids = COVE_TRY(parse_pids(*line, value));
    } else if (key == "VmHWM") {
      status.peak_resident_bytes = COVE_TRY(parse_kib("status", *line, value));
    }
  }
  return status;
}

Result<ProcessStatus> read_status(pid_t pid) {
  return parse_status(COVE_TRY(sys::read_file(fmt::format("/proc/{}/status", pid).c_str())));
}

Result<ProcessStat> parse_stat(std::string_view text) {
  // The name, in parentheses, may hold anything: the fields begin behind the last one.
  const size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return malformed("stat", text, "there is no name in parentheses");
  const std::vector<std::string_view> fields = split(trim(text.substr(name_end + 1)), ' ');
  constexpr size_t kState = 0;
  constexpr size_t kParent = 1;
  constexpr size_t kUserTime = 11;  // then those of the system, and both of the children
  constexpr size_t kTimes = 4;
  constexpr size_t kStartTime = 19;  // field 22, and the state is field 3
  if (fields.size() <= kStartTime || fields[kState].size() != 1)
    return malformed("stat", text, "fields are missing");
  const auto start_time = parse_number<uint64_t>(fields[kStartTime]);
  if (!start_time) return malformed("stat", text, "the start time is not a number");
  const auto parent = parse_number<pid_t>(fields[kParent]);
  if (!parent) return malformed("stat", text, "the parent is not a number");
  ProcessStat stat{fields[kState].front(), *start_time, *parent, 0};
  for (size_t i = kUserTime; i < kUserTime + kTimes; ++i) {
    const auto ticks = parse_number<int64_t>(fields[i]);  // signed in the kernel
    if (!ticks) return malformed("stat", text, "a time is not a number");
    stat.cpu_ticks += *ticks > 0 ? static_cast<uint64_t>(*ticks) : 0;
  }
  return stat;
}

Result<ProcessStat> read_stat(pid_t pid) {
  return parse_stat(COVE_TRY(sys::read_file(fmt::format("/proc/{}/stat", pid).c_str())));
}

Result<ProcessMemory> parse_statm(std::string_view text) {
  const std::vector<std::string_view> fields = split(trim(text), ' ');
  constexpr size_t kResident = 1;
  constexpr size_t kShared = 2;
  if (fields.size() <= kShared) return malformed("statm", text, "fields are missing");
  const auto resident = parse_number<uint64_t>(fields[kResident]);
  const auto shared = parse_number<uint64_t>(fields[kShared]);
  if (!resident || !shared) return malformed("statm", text, "it is not numbers");
  return ProcessMemory{*resident, *shared};
}

Result<ProcessMemory> read_statm(pid_t pid) {
  return parse_statm(COVE_TRY(sys::read_file(fmt::format("/proc/{}/statm", pid).c_str())));
}

Result<ProcessIo> parse_io(std::string_view text) {
  std::optional<uint64_t> read;
  std::optional<uint64_t> written;
  while (const auto line = next_line(text)) {
    const Halves halves = split_once(*line, ':');
    std::optional<uint64_t>* field = nullptr;
    if (halves.first == "read_bytes") field = &read;
    if (halves.first == "write_bytes") field = &written;
    if (field == nullptr) continue;
    *field = parse_number<uint64_t>(trim(halves.second.value_or("")));
    if (!*field) return malformed("io", *line, "it is not a number");
  }
  if (!read || !written)
    return Error(ErrorCode::invalid_argument, "io: there is no read_bytes or write_bytes");
  return ProcessIo{*read, *written};
}

Result<ProcessIo> read_io(pid_t pid) {
  return parse_io(COVE_TRY(sys::read_file(fmt::format("/proc/{}/io", pid).c_str())));
}

Result<Traffic> parse_net_dev(std::string_view text) {
  constexpr size_t kReceived = 0;
  constexpr size_t kSent = 8;
  constexpr int kHeadingLines = 2;
  for (int i = 0; i < kHeadingLines; ++i) {
    if (!next_line(text)) return malformed("net/dev", text, "there is no heading");
  }
  Traffic traffic;
  while (const auto line = next_line(text)) {
    // An interface's name may hold colons, the numbers can not.
    const size_t colon = line->rfind(':');
    if (colon == std::string_view::npos) return malformed("net/dev", *line, "there is no colon");
    if (trim(line->substr(0, colon)) == "lo") continue;
    std::vector<std::string_view> fields = split(line->substr(colon + 1), ' ');
    std::erase(fields, std::string_view());
    // The packets stand behind the bytes.
    if (fields.size() <= kSent + 1) return malformed("net/dev", *line, "fields are missing");
    uint64_t* const sums[] = {&traffic.received, &traffic.packets_received, &traffic.sent,
                              &traffic.packets_sent};
    const size_t places[] = {kReceived, kReceived + 1, kSent, kSent + 1};
    for (size_t i = 0; i < std::size(sums); ++i) {
      const auto number = parse_number<uint64_t>(fields[places[i]]);
      if (!number) return malformed("net/dev", *line, "it is not numbers");
      *sums[i] += *number;
    }
  }
  return traffic;
}

Result<Traffic> read_net_dev(pid_t pid) {
  return parse_net_dev(COVE_TRY(sys::read_file(fmt::format("/proc/{}/net/dev", pid).c_str())));
}

Result<unsigned> parse_swaps(std::string_view text) {
  const auto header = next_line(text);
  if (!header) return 0U;  // a kernel without swap gives an empty file, or none
  if (!header->starts_with("Filename")) return malformed("/proc/swaps", *header, "it is not the heading");
  unsigned areas = 0;
  while (const auto line = next_line(text)) {
    if (!trim(*line).empty()) ++areas;
  }
  return areas;
}

Result<unsigned> read_swaps() {
  auto text = sys::read_file("/proc/swaps");
  if (!text && text.error().sys_errno() == ENOENT) return 0U;  // CONFIG_SWAP=n
  return parse_swaps(COVE_TRY(std::move(text)));
}

Result<uint64_t> parse_memory_total(std::string_view text) {
  while (const auto line = next_line(text)) {
    const Halves halves = split_once(*line, ':');
    if (halves.first == "MemTotal")
      return parse_kib("/proc/meminfo", *line, trim(halves.second.value_or("")));
  }
  return Error(ErrorCode::invalid_argument, "/proc/meminfo: there is no MemTotal");
}

Result<uint64_t> read_memory_total() {
  return parse_memory_total(COVE_TRY(sys::read_file("/proc/meminfo")));
}

}  // namespace cove::procfs

// Other files of proc(5): pure parsers over their text, and thin readers. May be called from any process.
// A file that this code cannot make sense of is an error that names the file and the line, never a default.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cove::procfs {

// One line of /proc/<pid>/cgroup: "4:cpu,cpuacct:/a/b", or "0::/a/b" for cgroup v2. Source: cgroups(7).
struct CgroupEntry {
  uint32_t hierarchy = 0;                // 0: cgroup v2
  std::vector<std::string> controllers;  // a named hierarchy has "name=systemd"; empty for v2
  std::string path;                      // begins with '/', seen from the reader's cgroup namespace
  bool deleted = false;                  // the cgroup was removed while the process lives on
};
Result<std::vector<CgroupEntry>> parse_cgroup(std::string_view text);
Result<std::vector<CgroupEntry>> read_self_cgroup();

// The fields of /proc/<pid>/status that cove uses; nothing where the kernel does not print a field (kernel
// threads have no VmHWM). Source: proc_pid_status(5).
struct ProcessStatus {
  std::optional<uint64_t> blocked_signals;      // SigBlk; bit n-1 is signal n
  std::optional<uint64_t> ignored_signals;      // SigIgn
  std::optional<uint64_t> caught_signals;       // SigCgt
  std::vector<pid_t> namespace_pids;            // NSpid: outermost (the reader's) first
  std::optional<uint64_t> peak_resident_bytes;  // VmHWM
};
Result<ProcessStatus> parse_status(std::string_view text);
Result<ProcessStatus> read_status(pid_t pid);

// The fields of /proc/<pid>/stat that tell one life of a process number from another, who it belongs to and
// what it has used. Source: proc_pid_stat(5).
struct ProcessStat {
  char state = '?';         // 'R', 'S', 'Z' …
  uint64_t start_time = 0;  // clock ticks after boot
  pid_t parent = 0;
  uint64_t cpu_ticks = 0;  // clock ticks of its own and of its children that were waited for
  [[nodiscard]] bool dead() const noexcept { return state == 'Z' || state == 'X'; }
};
Result<ProcessStat> parse_stat(std::string_view text);
Result<ProcessStat> read_stat(pid_t pid);  // ENOENT or ESRCH: there is no such process

// /proc/<pid>/statm, in pages; all zero for a kernel thread. Source: proc_pid_statm(5).
struct ProcessMemory {
  uint64_t resident = 0;
  uint64_t shared = 0;  // the part of it that is file cache or shared memory
};
Result<ProcessMemory> parse_statm(std::string_view text);
Result<ProcessMemory> read_statm(pid_t pid);

// read_bytes and write_bytes of /proc/<pid>/io: what went to and came from block devices. Source:
// proc_pid_io(5).
struct ProcessIo {
  uint64_t read_bytes = 0;
  uint64_t written_bytes = 0;
};
Result<ProcessIo> parse_io(std::string_view text);
Result<ProcessIo> read_io(pid_t pid);  // EACCES: of somebody else

// Bytes and packets of /proc/<pid>/net/dev, summed over the interfaces but the loopback. Source:
// proc_pid_net(5).
struct Traffic {
  uint64_t received = 0;
  uint64_t sent = 0;
  uint64_t packets_received = 0;
  uint64_t packets_sent = 0;
};
Result<Traffic> parse_net_dev(std::string_view text);
Result<Traffic> read_net_dev(pid_t pid);

// The number of active swap areas, from /proc/swaps.
Result<unsigned> parse_swaps(std::string_view text);
Result<unsigned> read_swaps();

// MemTotal of /proc/meminfo, in bytes.
Result<uint64_t> parse_memory_total(std::string_view text);
Result<uint64_t> read_memory_total();

}  // namespace cove::procfs

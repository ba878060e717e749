// The processes of a container as ps(1) shows them, for `cove top`: no ps is run, neither here nor inside.
// Pure but for read_process(). Sources: ps(1), proc_pid_stat(5).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cove::cli {

// Of one process, as this machine sees it.
struct ProcessRow {
  pid_t pid = 0;
  pid_t parent = 0;
  uint32_t uid = 0;  // effective
  char state = '?';
  std::string name;       // of the program, at most 15 bytes
  std::string command;    // with its arguments; "[name]" where there are none
  uint32_t terminal = 0;  // device number; 0: none
  uint64_t cpu_ticks = 0;
  uint64_t start_ticks = 0;  // after boot
  uint64_t threads = 0;
  uint64_t virtual_bytes = 0;
  uint64_t resident_bytes = 0;
};

// From /proc/PID/stat, status and cmdline. Nothing: it is none.
std::optional<ProcessRow> parse_process(std::string_view stat, std::string_view status,
                                        std::string_view command_line);
// Nothing: it has ended.
std::optional<ProcessRow> read_process(pid_t pid);

// What the times are counted from.
struct Clocks {
  int64_t now = 0;      // nanoseconds since 1970
  double uptime = 0;    // seconds
  uint64_t memory = 0;  // bytes of this machine
};
Result<Clocks> read_clocks();

// A column of ps: its keyword and heading.
struct ProcessColumn {
  std::string_view keyword;
  std::string_view heading;
  std::string (*text)(const ProcessRow& row, const Clocks& clocks);
};

// The options of ps that are known: none or -ef (UID PID PPID C STIME TTY TIME CMD), aux, and -o or -eo with
// keywords. Errors list what there is.
Result<std::vector<const ProcessColumn*>> parse_columns(std::span<const std::string_view> options);

// In docker's layout: columns of at least 20.
std::string process_table(std::span<const ProcessRow> rows, std::span<const ProcessColumn* const> columns,
                          const Clocks& clocks);

}  // namespace cove::cli

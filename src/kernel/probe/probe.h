// What works on this machine, found by trying it: the engine of `cove doctor`.
//
// Each trial runs in a forked child, with private namespaces where it mounts or names anything, on mounts
// that are never attached outside of them: nothing of the host changes and nothing is left behind. Works as
// root and as an ordinary user; the findings are about the calling user. The caller must be single-threaded.
// The texts are for people; `id` and the names of Verdict are stable (docs/doctor.md).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cove::probe {

enum class Verdict : uint8_t {
  ok,       // works
  limited,  // works in part, or will stop working soon
  missing,  // does not work
  unknown,  // could not be found out
};
std::string_view verdict_name(Verdict verdict) noexcept;

struct Finding {
  std::string_view id;     // as "user-namespaces"; unique
  std::string_view title;  // as "User namespaces"
  bool essential = false;  // without it `cove run` cannot work at all
  Verdict verdict = Verdict::unknown;
  std::string detail;  // what was found
  std::string
      remedy;  // the exact commands, or what else to do; empty where there is nothing to mend, or no way
};

// Every probe, in the order of the table in probe.cc. Tens of milliseconds.
std::vector<Finding> run_probes();

// Whether `cove run` can work: no essential finding is missing or unknown.
bool is_usable(std::span<const Finding> findings) noexcept;

// A line for each finding, and one more for each remedy; then the sums.
std::string print_text(std::span<const Finding> findings);
// Version 1 of the schema in docs/doctor.md; ends in '\n'.
std::string print_json(std::span<const Finding> findings);

// A kind of limit that options can ask for, and why it cannot be had here: decided by the same functions that
// place a sandbox, without making a directory.
struct LimitSupport {
  std::string_view kind;  // "cpu", "cpuset", "memory", "pids", "io"
  Status usable;
};
std::vector<LimitSupport> limit_support();
// False: there is swap, and a limit on memory does not count it.
bool swap_is_counted();

}  // namespace cove::probe

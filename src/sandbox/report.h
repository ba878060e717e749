// The report of one run as JSON, schema "cove.report/1": docs/report.md, docs/schema/report-1.schema.json.
// Pure. Within version 1 members are only added, never renamed, retyped or left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "network/egress.h"
#include "supervise/outcome.h"

namespace cove::sandbox {

using supervise::Meter;
using supervise::Outcome;
using supervise::OutputUse;
using supervise::SetupFailure;
using supervise::Used;

inline constexpr std::string_view kReportSchema = "cove.report/1";

// A limit that was enforced. The unit is part of the key.
struct LimitInForce {
  // By name: soft and hard of a ulimit (no number: unlimited), a rate for each device.
  using ByName = std::vector<std::pair<std::string, std::optional<uint64_t>>>;
  std::string key;  // "memory_bytes"
  std::variant<uint64_t, double, std::string, ByName> value;
  std::string enforced_by;  // "cgroup-v1", "cgroup-v2", "rlimit", "tmpfs", "project-quota", "cove"
};

struct ReportTiming {
  std::string step;
  bool in_child = false;
  uint64_t nanoseconds = 0;
};

// What the report repeats of the request.
struct ReportSubject {
  std::string id;
  std::optional<std::string> name;
  std::vector<std::pair<std::string, std::string>> labels;  // of two with the same key the later one counts
  std::vector<std::string> command;
  std::vector<LimitInForce> limits;
  std::vector<std::string> waived;
  std::string egress;  // empty: nothing was held back
  std::vector<network::Denied> denied;
  std::optional<std::vector<ReportTiming>> timings;  // if they were asked for
};

// Indented, with a '\n' at its end. Text that is no valid UTF-8 has U+FFFD in the place of what is not.
std::string print_report(const ReportSubject& subject, const Outcome& outcome);

// "SIGKILL", "SIGRTMIN+3"
std::string signal_name(int signal);

}  // namespace cove::sandbox

// validate(): the process.
#include <limits>

#include "spec/checks.h"
#include "spec/words.h"

namespace cove::spec {
namespace {

constexpr int64_t kMaxOomScoreAdj = 1000;  // proc(5)
constexpr int32_t kMinNice = -20;
constexpr int32_t kMaxNice = 19;
constexpr int32_t kMaxRealtimePriority = 99;  // sched(7)
constexpr int32_t kMaxIoPriority = 7;         // ioprio_set(2)
constexpr uint32_t kPermissionBits = 0777;

bool is_capability_name(std::string_view name) {
  constexpr std::string_view kPrefix = "CAP_";
  if (!name.starts_with(kPrefix) || name.size() == kPrefix.size()) return false;
  return name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string_view::npos;
}

Status check_capability_list(const std::vector<std::string>& names, const Place& place) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (!is_capability_name(names[i])) {
      return reject(place.at(i),
                    fmt::format("{} is not a capability's name as 'CAP_CHOWN'", quote(names[i])));
    }
  }
  return {};
}

Status check_capabilities(const Capabilities& capabilities, const Place& place) {
  COVE_TRY(check_capability_list(capabilities.bounding, place.at("bounding")));
  COVE_TRY(check_capability_list(capabilities.effective, place.at("effective")));
  COVE_TRY(check_capability_list(capabilities.inheritable, place.at("inheritable")));
  COVE_TRY(check_capability_list(capabilities.permitted, place.at("permitted")));
  return check_capability_list(capabilities.ambient, place.at("ambient"));
}

Status check_rlimits(const std::vector<Rlimit>& rlimits, const Place& place) {
  for (size_t i = 0; i < rlimits.size(); ++i) {
    const Rlimit& rlimit = rlimits[i];
    COVE_TRY(require_known(kRlimits, rlimit.type, place.at(i).at("type")));
    if (rlimit.soft > rlimit.hard) {
      return reject(place.at(i).at("soft"), fmt::format("{} is above hard, {}", rlimit.soft, rlimit.hard));
    }
    for (size_t j = 0; j < i; ++j) {
      if (rlimits[j].type != rlimit.type) continue;
      return reject(place.at(i).at("type"), fmt::format("{} was given before", rlimit.type));
    }
  }
  return {};
}

// As sched_setattr(2) wants it: what does not belong to the policy must not be set.
Status check_scheduler(const Scheduler& scheduler, const Place& place) {
  COVE_TRY(require_known(kSchedulerPolicies, scheduler.policy, place.at("policy")));
  for (size_t i = 0; i < scheduler.flags.size(); ++i) {
    COVE_TRY(require_known(kSchedulerFlags, scheduler.flags[i], place.at("flags").at(i)));
  }
  const int32_t nice = scheduler.nice.value_or(0);
  if (nice < kMinNice || nice > kMaxNice) {
    return reject(place.at("nice"), fmt::format("must be from {} to {}, not {}", kMinNice, kMaxNice, nice));
  }
  const int32_t priority = scheduler.priority.value_or(0);
  const bool realtime = scheduler.policy == "SCHED_FIFO" || scheduler.policy == "SCHED_RR";
  if (priority != 0 && !realtime) {
    return reject(place.at("priority"), "counts only with SCHED_FIFO and SCHED_RR");
  }
  if (priority < 0 || priority > kMaxRealtimePriority) {
    return reject(place.at("priority"),
                  fmt::format("must be from 1 to {}, not {}", kMaxRealtimePriority, priority));
  }
  const bool timed = scheduler.runtime.value_or(0) != 0 || scheduler.deadline.value_or(0) != 0 ||
                     scheduler.period.value_or(0) != 0;
  if (timed && scheduler.policy != "SCHED_DEADLINE") {
    return reject(place, "runtime, deadline and period count only with SCHED_DEADLINE");
  }
  return {};
}

Status check_io_priority(const IoPriority& priority, const Place& place) {
  COVE_TRY(require_known(kIoPriorityClasses, priority.priority_class, place.at("class")));
  const int32_t level = priority.priority.value_or(0);
  if (level >= 0 && level <= kMaxIoPriority) return {};
  return reject(place.at("priority"), fmt::format("must be from 0 to {}, not {}", kMaxIoPriority, level));
}

Status check_environment(const std::vector<std::string>& env, const Place& place) {
  for (size_t i = 0; i < env.size(); ++i) {
    const size_t name_size = env[i].find('=');
    if (name_size == 0 || name_size == std::string::npos) {
      return reject(place.at(i), fmt::format("{} is not of the form NAME=VALUE", quote(env[i])));
    }
  }
  return {};
}

Status check_console(const Process& process, const Place& place) {
  if (!process.console_size.has_value()) return {};
  constexpr uint64_t kMax = std::numeric_limits<uint16_t>::max();  // of ioctl_tty(2)'s struct winsize
  if (process.console_size->height > kMax) {
    return reject(place.at("height"), fmt::format("must be at most {}", kMax));
  }
  if (process.console_size->width > kMax) {
    return reject(place.at("width"), fmt::format("must be at most {}", kMax));
  }
  return {};
}

Status check_affinity(const ExecCpuAffinity& affinity, const Place& place) {
  if (!affinity.initial.empty()) COVE_TRY(require_number_list(affinity.initial, place.at("initial")));
  if (!affinity.final_list.empty()) COVE_TRY(require_number_list(affinity.final_list, place.at("final")));
  return {};
}

}  // namespace

Status check_process(const Process& process, const Place& place, Warnings& warnings) {
  if (process.args.empty()) return reject(place.at("args"), "must name a program");
  COVE_TRY(require_absolute(process.cwd, place.at("cwd")));
  COVE_TRY(check_console(process, place.at("consoleSize")));
  COVE_TRY(check_environment(process.env, place.at("env")));
  if (process.user.umask.value_or(0) > kPermissionBits) {
    warn(warnings, place.at("user").at("umask"),
         fmt::format("only the permission bits of {:o} (octal) count", *process.user.umask));
  }
  if (process.capabilities.has_value()) {
    COVE_TRY(check_capabilities(*process.capabilities, place.at("capabilities")));
  }
  COVE_TRY(check_rlimits(process.rlimits, place.at("rlimits")));
  const int64_t score = process.oom_score_adj.value_or(0);
  if (score < -kMaxOomScoreAdj || score > kMaxOomScoreAdj) {
    return reject(place.at("oomScoreAdj"),
                  fmt::format("must be from {} to {}, not {}", -kMaxOomScoreAdj, kMaxOomScoreAdj, score));
  }
  if (process.scheduler.has_value()) COVE_TRY(check_scheduler(*process.scheduler, place.at("scheduler")));
  if (process.io_priority.has_value()) {
    COVE_TRY(check_io_priority(*process.io_priority, place.at("ioPriority")));
  }
  if (process.exec_cpu_affinity.has_value()) {
    COVE_TRY(check_affinity(*process.exec_cpu_affinity, place.at("execCPUAffinity")));
  }
  return {};
}

}  // namespace cove::spec

// The words that the specification knows, for validate() and for the features document.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace cove::spec {

inline constexpr std::string_view kVersionMin = "1.0.0";
inline constexpr std::string_view kVersionMax = "1.3.0";

inline constexpr std::array<std::string_view, 6> kHooks{"prestart",       "createRuntime", "createContainer",
                                                        "startContainer", "poststart",     "poststop"};

inline constexpr std::array<std::string_view, 8> kNamespaces{"cgroup", "ipc",  "mount", "network",
                                                             "pid",    "time", "user",  "uts"};

// rootfsPropagation, with the recursive ones that runc and crun take too.
inline constexpr std::array<std::string_view, 8> kPropagations{
    "private", "rprivate", "shared", "rshared", "slave", "rslave", "unbindable", "runbindable"};

inline constexpr std::array<std::string_view, 16> kRlimits{
    "RLIMIT_AS",      "RLIMIT_CORE",     "RLIMIT_CPU",        "RLIMIT_DATA",   "RLIMIT_FSIZE", "RLIMIT_LOCKS",
    "RLIMIT_MEMLOCK", "RLIMIT_MSGQUEUE", "RLIMIT_NICE",       "RLIMIT_NOFILE", "RLIMIT_NPROC", "RLIMIT_RSS",
    "RLIMIT_RTPRIO",  "RLIMIT_RTTIME",   "RLIMIT_SIGPENDING", "RLIMIT_STACK"};

inline constexpr std::array<std::string_view, 7> kSchedulerPolicies{
    "SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "SCHED_ISO", "SCHED_IDLE", "SCHED_DEADLINE"};
inline constexpr std::array<std::string_view, 7> kSchedulerFlags{
    "SCHED_FLAG_RESET_ON_FORK", "SCHED_FLAG_RECLAIM",     "SCHED_FLAG_DL_OVERRUN",
    "SCHED_FLAG_KEEP_POLICY",   "SCHED_FLAG_KEEP_PARAMS", "SCHED_FLAG_UTIL_CLAMP_MIN",
    "SCHED_FLAG_UTIL_CLAMP_MAX"};

inline constexpr std::array<std::string_view, 3> kIoPriorityClasses{"IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE",
                                                                    "IOPRIO_CLASS_IDLE"};

inline constexpr std::array<std::string_view, 2> kPersonalities{"LINUX", "LINUX32"};
inline constexpr std::array<std::string_view, 2> kClocks{"boottime", "monotonic"};

inline constexpr std::array<std::string_view, 7> kMemoryPolicyModes{
    "MPOL_DEFAULT",   "MPOL_BIND",           "MPOL_INTERLEAVE", "MPOL_WEIGHTED_INTERLEAVE",
    "MPOL_PREFERRED", "MPOL_PREFERRED_MANY", "MPOL_LOCAL"};
inline constexpr std::array<std::string_view, 3> kMemoryPolicyFlags{
    "MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES"};

template <size_t N>
[[nodiscard]] constexpr bool is_known(const std::array<std::string_view, N>& words,
                                      std::string_view word) noexcept {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace cove::spec

// How much the command may use.
#include <array>
#include <limits>

#include "cli/limit_values.h"
#include "cli/numbers.h"
#include "cli/run_request.h"
#include "kernel/rlimit/rlimit.h"

namespace cove::cli {
namespace {

using cgroup::Limits;
using sandbox::Options;

Result<uint64_t> parse_shares(std::string_view text) {
  return static_cast<uint64_t>(COVE_TRY(parse_whole(text, 2, 262'144)));
}

Result<uint64_t> parse_weight(std::string_view text) {
  return static_cast<uint64_t>(COVE_TRY(parse_whole(text, 10, 1000)));
}

Result<int> parse_oom_score(std::string_view text) {
  return static_cast<int>(COVE_TRY(parse_whole(text, -1000, 1000)));
}

Result<uint64_t> parse_memory(std::string_view text) {
  constexpr uint64_t kLeast = uint64_t{1} << 20;
  const uint64_t bytes = COVE_TRY(parse_positive_size(text));
  if (bytes < kLeast)
    return value_error("less than 1m, in which no program can start", "give 1m or more, as 64m");
  return bytes;
}

Result<cgroup::DeviceRate> parse_bps(std::string_view text, Caller& caller) {
  return resolve_rate(COVE_TRY(parse_byte_rate(text, caller)));
}

Result<cgroup::DeviceRate> parse_iops(std::string_view text, Caller& caller) {
  return resolve_rate(COVE_TRY(parse_operation_rate(text, caller)));
}

constexpr std::array kOptions{
    Option{.name = "best-effort-limits",
           .help = "Go on when a limit cannot be enforced here; the report names those that were waived",
           .set = setter<&option_flag<&Options::best_effort_limits>>},
    Option{.name = "blkio-weight",
           .placeholder = "10..1000",
           .help = "Share of the disks' time when they are busy (neutral: 500)",
           .set = setter<&limit_set<&Limits::blkio_weight, &parse_weight>>},
    Option{.name = "cpu-shares",
           .letter = 'c',
           .placeholder = "2..262144",
           .help = "Share of the processors' time when they are busy (neutral: 1024)",
           .set = setter<&limit_set<&Limits::cpu_shares, &parse_shares>>},
    Option{.name = "cpu-time",
           .placeholder = "TIME",
           .help = "Kill everything once the command and its children have used this much processor time",
           .set = setter<&option_set<&Options::cpu_time_ms, &parse_timeout_ms>>},
    Option{.name = "cpus",
           .placeholder = "NUMBER",
           .help = "Processor time in processors, as 0.5 or 2",
           .set = setter<&limit_set<&Limits::cpu_quota, &parse_cpu_quota>>},
    Option{.name = "cpuset-cpus",
           .placeholder = "LIST",
           .help = "Run on these processors only, as 0-3,5",
           .set = setter<&limit_set<&Limits::cpuset_cpus, &parse_cpu_list>>},
    Option{.name = "cpuset-mems",
           .placeholder = "LIST",
           .help = "Use the memory of these NUMA nodes only, as 0",
           .set = setter<&limit_set<&Limits::cpuset_mems, &parse_cpu_list>>},
    Option{.name = "device-read-bps",
           .placeholder = "DEVICE:BYTES",
           .help = "Bytes per second that may be read from a disk, as /dev/sda:10m",
           .use = Use::repeat,
           .set = setter<&limit_add<&Limits::read_bps, &parse_bps>>},
    Option{.name = "device-read-iops",
           .placeholder = "DEVICE:NUMBER",
           .help = "Reads per second from a disk",
           .use = Use::repeat,
           .set = setter<&limit_add<&Limits::read_iops, &parse_iops>>},
    Option{.name = "device-write-bps",
           .placeholder = "DEVICE:BYTES",
           .help = "Bytes per second that may be written to a disk",
           .use = Use::repeat,
           .set = setter<&limit_add<&Limits::write_bps, &parse_bps>>},
    Option{.name = "device-write-iops",
           .placeholder = "DEVICE:NUMBER",
           .help = "Writes per second to a disk",
           .use = Use::repeat,
           .set = setter<&limit_add<&Limits::write_iops, &parse_iops>>},
    Option{.name = "hugetlb",
           .placeholder = "PAGE:BYTES",
           .help = "Huge pages of one size, as 2m:64m",
           .use = Use::repeat,
           .set = setter<&limit_add<&Limits::hugetlb, &parse_hugetlb>>},
    Option{.name = "memory",
           .letter = 'm',
           .placeholder = "BYTES",
           .help = "Memory; beyond it the kernel kills a process of the sandbox. No swap unless "
                   "--memory-swap allows it",
           .set = setter<&limit_set<&Limits::memory_bytes, &parse_memory>>},
    Option{.name = "memory-reservation",
           .placeholder = "BYTES",
           .help = "Memory that is left alone when the machine runs short",
           .set = setter<&limit_set<&Limits::memory_reservation_bytes, &parse_positive_size>>},
    Option{.name = "memory-swap",
           .placeholder = "BYTES",
           .help = "Memory and swap together; -1 for any amount of swap. Needs --memory",
           .set = setter<&limit_set<&Limits::memory_swap_bytes, &parse_memory_swap>>},
    Option{.name = "oom-score-adj",
           .placeholder = "-1000..1000",
           .help = "How readily the kernel kills the command when the machine is out of memory",
           .set = setter<&option_set<&Options::oom_score_adj, &parse_oom_score>>},
    Option{.name = "output-limit",
           .placeholder = "BYTES",
           .help = "Pass on this much of standard output and error together, then kill everything",
           .set = setter<&option_set<&Options::output_limit_bytes, &parse_positive_size>>},
    Option{.name = "pids-limit",
           .placeholder = "NUMBER",
           .help = "Processes and threads at one time (default 1024; -1 for any number)",
           .set = setter<&limit_set<&Limits::pids_max, &parse_pids_limit>>},
    Option{.name = "timeout",
           .placeholder = "TIME",
           .help = "Kill everything after this much time, as 10s or 1m30s",
           .set = setter<&option_set<&Options::timeout_ms, &parse_timeout_ms>>},
    Option{.name = "ulimit",
           .placeholder = "NAME=SOFT[:HARD]",
           .help = "A limit of each process, as nofile=1024:4096; -1 for none",
           .use = Use::repeat,
           .set = setter<&option_add<&Options::ulimits, &rlimit::parse_limit>>},
};

}  // namespace

constinit const OptionGroup kLimitOptions{"Limits", kOptions};

}  // namespace cove::cli

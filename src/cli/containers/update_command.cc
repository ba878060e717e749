// update
#include <array>

#include "cli/containers/context.h"
#include "cli/containers/tables.h"
#include "cli/limit_values.h"
#include "cli/numbers.h"
#include "engine/operations.h"

namespace cove::cli {
namespace {

using cgroup::Limits;
using engine::Update;

template <auto Member, auto Parse>
Status set_limit(Update& update, std::string_view value) {
  update.limits.*Member = COVE_TRY(Parse(value));
  return {};
}

Result<uint64_t> parse_shares(std::string_view text) {
  constexpr int64_t kLeast = 2;
  constexpr int64_t kMost = 262'144;
  return static_cast<uint64_t>(COVE_TRY(parse_whole(text, kLeast, kMost)));
}

Result<uint64_t> parse_weight(std::string_view text) {
  constexpr int64_t kLeast = 10;
  constexpr int64_t kMost = 1000;
  return static_cast<uint64_t>(COVE_TRY(parse_whole(text, kLeast, kMost)));
}

Status set_restart(Update& update, std::string_view value) {
  update.restart = COVE_TRY(engine::parse_restart(value));
  return {};
}

constexpr std::array kUpdate{
    Option{.name = "blkio-weight",
           .placeholder = "10..1000",
           .help = "Share of the disks' time when they are busy",
           .set = setter<&set_limit<&Limits::blkio_weight, &parse_weight>>},
    Option{.name = "cpu-shares",
           .letter = 'c',
           .placeholder = "2..262144",
           .help = "Share of the processors' time when they are busy",
           .set = setter<&set_limit<&Limits::cpu_shares, &parse_shares>>},
    Option{.name = "cpus",
           .placeholder = "NUMBER",
           .help = "Processor time in processors, as 0.5 or 2",
           .set = setter<&set_limit<&Limits::cpu_quota, &parse_cpu_quota>>},
    Option{.name = "cpuset-cpus",
           .placeholder = "LIST",
           .help = "Run on these processors only, as 0-3,5",
           .set = setter<&set_limit<&Limits::cpuset_cpus, &parse_cpu_list>>},
    Option{.name = "cpuset-mems",
           .placeholder = "LIST",
           .help = "Use the memory of these NUMA nodes only, as 0",
           .set = setter<&set_limit<&Limits::cpuset_mems, &parse_cpu_list>>},
    Option{.name = "memory",
           .letter = 'm',
           .placeholder = "BYTES",
           .help = "Memory; below what is in use the kernel makes room first, and kills if it cannot",
           .set = setter<&set_limit<&Limits::memory_bytes, &parse_positive_size>>},
    Option{.name = "memory-reservation",
           .placeholder = "BYTES",
           .help = "Memory that is left alone when the machine runs short",
           .set = setter<&set_limit<&Limits::memory_reservation_bytes, &parse_positive_size>>},
    Option{.name = "memory-swap",
           .placeholder = "BYTES",
           .help = "Memory and swap together; -1 for any amount of swap",
           .set = setter<&set_limit<&Limits::memory_swap_bytes, &parse_memory_swap>>},
    Option{.name = "pids-limit",
           .placeholder = "NUMBER",
           .help = "Processes and threads at one time; -1 for any number",
           .set = setter<&set_limit<&Limits::pids_max, &parse_pids_limit>>},
    Option{.name = "restart",
           .placeholder = "no|on-failure[:N]|always|unless-stopped",
           .help = "When the container is started again after its end",
           .set = setter<&set_restart>},
};

}  // namespace

constinit const OptionGroup kUpdateOptions{"Options", kUpdate};

int update_command(const Invocation& invocation) {
  Update changes;
  return for_each_operand(invocation, "update", &changes,
                          [&](const engine::Roots& roots, std::string_view operand) -> Status {
                            for (const std::string& note : COVE_TRY(engine::update(roots, operand, changes)))
                              warn(note);
                            return {};
                          });
}

}  // namespace cove::cli

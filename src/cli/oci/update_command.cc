// update
#include <fmt/format.h>

#include <array>

#include "cli/numbers.h"
#include "cli/oci/command.h"
#include "cli/oci/tables.h"
#include "spec/runtime_spec.h"
#include "sys/file.h"

namespace cove::cli::oci {
namespace {

using Update = UpdateRequest;

// "512m"; "-1" is no limit.
Result<int64_t> parse_bytes(std::string_view text) {
  if (text == "-1") return int64_t{-1};
  return static_cast<int64_t>(COVE_TRY(parse_size(text)));
}

template <auto Member>
Status set_memory(Update& update, std::string_view value) {
  update.resources.memory.*Member = COVE_TRY(parse_bytes(value));
  return {};
}

template <auto Member>
Status set_cpu_unsigned(Update& update, std::string_view value) {
  update.resources.cpu.*Member = static_cast<uint64_t>(COVE_TRY(parse_whole(value, 0, INT64_MAX)));
  return {};
}

template <auto Member>
Status set_cpu_signed(Update& update, std::string_view value) {
  update.resources.cpu.*Member = COVE_TRY(parse_whole(value, INT64_MIN, INT64_MAX));
  return {};
}

template <auto Member>
Status set_cpu_list(Update& update, std::string_view value) {
  update.resources.cpu.*Member = value;
  return {};
}

Status set_weight(Update& update, std::string_view value) {
  update.resources.block_io.weight = static_cast<uint16_t>(COVE_TRY(parse_whole(value, 0, UINT16_MAX)));
  return {};
}

Status set_pids(Update& update, std::string_view value) {
  update.resources.pids.limit = COVE_TRY(parse_whole(value, -1, INT64_MAX));
  return {};
}

Status set_file(Update& update, std::string_view value) {
  update.resources_file = value;
  return {};
}

using spec::CpuLimits;
using spec::MemoryLimits;

constexpr std::array kUpdateTable{
    Option{.name = "resources",
           .letter = 'r',
           .placeholder = "FILE",
           .help = "The limits as JSON (linux.resources of config.json); - is standard input",
           .set = setter<&set_file>},
    Option{.name = "blkio-weight",
           .placeholder = "N",
           .help = "Weight of block I/O, 10 to 1000",
           .set = setter<&set_weight>},
    Option{.name = "cpu-period",
           .placeholder = "MICROSECONDS",
           .help = "Period of the CPU quota",
           .set = setter<&set_cpu_unsigned<&CpuLimits::period>>},
    Option{.name = "cpu-quota",
           .placeholder = "MICROSECONDS",
           .help = "CPU time in a period; -1 for no limit",
           .set = setter<&set_cpu_signed<&CpuLimits::quota>>},
    Option{.name = "cpu-burst",
           .placeholder = "MICROSECONDS",
           .help = "CPU time that may be saved up",
           .set = setter<&set_cpu_unsigned<&CpuLimits::burst>>},
    Option{.name = "cpu-share",
           .placeholder = "N",
           .help = "Share of the CPU, 2 to 262144",
           .set = setter<&set_cpu_unsigned<&CpuLimits::shares>>},
    Option{.name = "cpu-rt-period",
           .placeholder = "MICROSECONDS",
           .help = "Period of the real-time quota",
           .set = setter<&set_cpu_unsigned<&CpuLimits::realtime_period>>},
    Option{.name = "cpu-rt-runtime",
           .placeholder = "MICROSECONDS",
           .help = "Real-time CPU time in a period",
           .set = setter<&set_cpu_signed<&CpuLimits::realtime_runtime>>},
    Option{.name = "cpu-idle",
           .placeholder = "0|1",
           .help = "Run only when nobody else wants to",
           .set = setter<&set_cpu_signed<&CpuLimits::idle>>},
    Option{.name = "cpuset-cpus",
           .placeholder = "LIST",
           .help = "CPUs to run on, as 0-3,8",
           .set = setter<&set_cpu_list<&CpuLimits::cpus>>},
    Option{.name = "cpuset-mems",
           .placeholder = "LIST",
           .help = "Memory nodes to use",
           .set = setter<&set_cpu_list<&CpuLimits::mems>>},
    Option{.name = "memory",
           .placeholder = "SIZE",
           .help = "Memory, as 512m; -1 for no limit",
           .set = setter<&set_memory<&MemoryLimits::limit>>},
    Option{.name = "memory-reservation",
           .placeholder = "SIZE",
           .help = "Memory that is kept for it when memory is short",
           .set = setter<&set_memory<&MemoryLimits::reservation>>},
    Option{.name = "memory-swap",
           .placeholder = "SIZE",
           .help = "Memory and swap together; -1 for no limit",
           .set = setter<&set_memory<&MemoryLimits::swap>>},
    Option{.name = "kernel-memory",
           .placeholder = "SIZE",
           .help = "Without effect: kernels no longer have it",
           .set = setter<&set_memory<&MemoryLimits::kernel>>},
    Option{.name = "kernel-memory-tcp",
           .placeholder = "SIZE",
           .help = "Memory of TCP buffers (cgroup v1)",
           .set = setter<&set_memory<&MemoryLimits::kernel_tcp>>},
    Option{.name = "pids-limit",
           .placeholder = "N",
           .help = "Number of processes; -1 for no limit",
           .set = setter<&set_pids>},
};

Result<std::string> read_resources(const std::string& file) {
  constexpr size_t kMostBytes = size_t{4} << 20;
  if (file == "-") return sys::read_all(0, "standard input", kMostBytes);
  return sys::read_file(file.c_str(), kMostBytes);
}

}  // namespace

constexpr OptionGroup kUpdateOptions{"Options", kUpdateTable};

Result<int> update_command(Context& context, const OciCommand& command, Arguments arguments) {
  UpdateRequest request;
  const auto id = COVE_TRY(parse_id(command, arguments, &request));
  if (!id) return 0;
  spec::Resources resources = std::move(request.resources);
  if (!request.resources_file.empty()) {
    const std::string text = COVE_TRY(read_resources(request.resources_file));
    resources = COVE_TRY(spec::parse_resources(text).context(request.resources_file));
    COVE_TRY(spec::validate(resources).context(request.resources_file));
  }
  COVE_TRY(runtime::update(context.settings, *id, resources, context.warner()));
  return 0;
}

}  // namespace cove::cli::oci

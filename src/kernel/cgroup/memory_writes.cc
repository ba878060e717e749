// What is written for linux.resources.memory.
#include <fmt/format.h>

#include "kernel/cgroup/container_writer.h"
#include "kernel/cgroup/limits.h"

namespace cove::cgroup {
namespace {

// The sum that memory and swap get, or 0: as every runtime, no limit on memory means none on both.
int64_t wanted_swap(const MemoryResources& memory) noexcept {
  const int64_t swap = memory.swap.value_or(0);
  return swap == 0 && memory.limit.value_or(0) < 0 ? -1 : swap;
}

Status check_in_use(const Writer& out) {
  const MemoryResources& memory = out.resources().memory;
  if (!memory.check_before_update || out.current() == nullptr) return {};
  const auto refuse_below = [](std::string_view field, int64_t limit,
                               std::optional<uint64_t> used) -> Status {
    if (limit <= 0 || !used || static_cast<uint64_t>(limit) >= *used) return {};
    Error error(
        ErrorCode::limit_unenforceable,
        fmt::format("linux.resources.memory.{}: {} bytes are less than the {} in use", field, limit, *used));
    error.set_hint("choose a higher limit, or take memory.checkBeforeUpdate away: processes are killed then");
    return error;
  };
  COVE_TRY(refuse_below("limit", memory.limit.value_or(0), out.current()->memory_usage));
  return refuse_below("swap", memory.swap.value_or(0), out.current()->memory_swap_usage);
}

// The limit must never be above that on the sum, also between the two writes.
Status write_v1_memory(Writer& out) {
  const MemoryResources& memory = out.resources().memory;
  const int64_t limit = memory.limit.value_or(0);
  const int64_t swap = wanted_swap(memory);
  const IfMissing no_swap = swap < 0 || !out.context().swap_present ? IfMissing::skip : IfMissing::fail;
  const auto put_limit = [&] {
    if (limit != 0) out.put("memory.limit", "memory.limit_in_bytes", limit_text(limit, true));
  };
  const auto put_swap = [&] {
    if (swap != 0) out.put("memory.swap", "memory.memsw.limit_in_bytes", limit_text(swap, true), no_swap);
  };
  const Current* now = out.current();
  const uint64_t old_sum = now != nullptr ? now->memory_swap_limit.value_or(kUnlimited) : kUnlimited;
  if (swap == 0 && limit > 0 && static_cast<uint64_t>(limit) > old_sum) {
    return Error(
        ErrorCode::invalid_argument,
        fmt::format("linux.resources.memory.limit: {} is more than the limit on memory and swap together "
                    "({}): memory.swap has to be set with it",
                    limit, old_sum));
  }
  const bool sum_grows_first =
      now != nullptr && (swap < 0 || static_cast<uint64_t>(swap) >= now->memory_limit.value_or(kUnlimited));
  if (sum_grows_first) put_swap();
  put_limit();
  if (!sum_grows_first) put_swap();
  return {};
}

Status write_v2_swap(Writer& out) {
  const MemoryResources& memory = out.resources().memory;
  const int64_t swap = wanted_swap(memory);
  if (swap == 0) return {};
  if (swap < 0) {
    out.put("memory.swap", "memory.swap.max", "max", IfMissing::skip);
    return {};
  }
  auto limit = static_cast<uint64_t>(memory.limit.value_or(0));
  if (limit == 0 && out.current() != nullptr) limit = out.current()->memory_limit.value_or(0);
  if (limit == 0 || limit == kUnlimited || limit > static_cast<uint64_t>(swap)) {
    return Error(
        ErrorCode::invalid_argument,
        "linux.resources.memory.swap: it is memory plus swap, and needs a memory.limit that is not more");
  }
  out.put("memory.swap", "memory.swap.max", fmt::format("{}", static_cast<uint64_t>(swap) - limit),
          out.context().swap_present ? IfMissing::fail : IfMissing::skip);
  return {};
}

void write_v1_memory_switches(Writer& out) {
  const MemoryResources& memory = out.resources().memory;
  if (memory.kernel_tcp.value_or(0) != 0) {
    // No limit is what there is without the file.
    out.put("memory.kernelTCP", "memory.kmem.tcp.limit_in_bytes", limit_text(*memory.kernel_tcp, true),
            *memory.kernel_tcp < 0 ? IfMissing::skip : IfMissing::fail);
  }
  if (memory.swappiness) out.put("memory.swappiness", "memory.swappiness", *memory.swappiness);
  const bool changes = memory.disable_oom_killer && (*memory.disable_oom_killer || out.current() != nullptr);
  if (changes) {
    out.put("memory.disableOOMKiller", "memory.oom_control", *memory.disable_oom_killer ? "1" : "0");
  }
}

}  // namespace

Status write_memory(Writer& out) {
  const MemoryResources& memory = out.resources().memory;
  COVE_TRY(check_in_use(out));
  if (memory.kernel.value_or(0) > 0) out.note("memory.kernel", "the kernel has no such limit any more");
  if (out.v1()) {
    // Before anything else: an old kernel refuses it once there are children.
    if (memory.use_hierarchy.value_or(false) && out.current() == nullptr) {
      out.put("memory.useHierarchy", "memory.use_hierarchy", "1", IfMissing::skip);
    }
    COVE_TRY(write_v1_memory(out));
  } else {
    if (memory.limit.value_or(0) != 0)
      out.put("memory.limit", "memory.max", limit_text(*memory.limit, false));
    COVE_TRY(write_v2_swap(out));
  }
  if (const int64_t reservation = memory.reservation.value_or(0); reservation != 0) {
    // A v2 reservation is protection: none is 0.
    out.put("memory.reservation", out.v1() ? "memory.soft_limit_in_bytes" : "memory.low",
            out.v1() ? limit_text(reservation, true) : fmt::format("{}", reservation < 0 ? 0 : reservation));
  }
  if (out.v1()) write_v1_memory_switches(out);
  return {};
}

}  // namespace cove::cgroup

// What a running container uses. Called by the process that the user started.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "engine/store.h"

namespace cove::engine {

// Nothing where neither the container's cgroup nor /proc tells.
struct Usage {
  std::optional<uint64_t> cpu_ns;          // since its start
  std::optional<uint64_t> memory_bytes;    // as Docker counts: without file cache that nobody used lately
  std::optional<uint64_t> memory_limit;    // the machine's memory if it has none of its own
  std::optional<uint64_t> received, sent;  // bytes; of its own network namespace, without the loopback
  std::optional<uint64_t> packets_received, packets_sent;
  std::optional<uint64_t> read, written;  // bytes, of block devices
  std::optional<uint64_t> pids;           // processes and threads in a cgroup, else processes
};

// Of one that runs. What its cgroup has no controller for is the sum over its processes: their memory is then
// what is theirs alone, and what has ended is not counted but for the CPU time of children of those that
// live. What cannot be read is left out: the container may end at any moment.
Usage read_usage(const Container& container);

// Share of one CPU in per cent over an interval, as Docker: 200 is two CPUs. Nothing if the counter went
// back, or no time has passed.
std::optional<double> cpu_percent(uint64_t before_ns, uint64_t now_ns, uint64_t interval_ns) noexcept;
// The part of `memory_bytes` that counts: file cache that nobody used lately can go at any time.
uint64_t memory_in_use(uint64_t usage, uint64_t inactive_file) noexcept;

}  // namespace cove::engine

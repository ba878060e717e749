// A few threads that do a list of things; the first failure ends them all.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/result.h"

namespace cove::transfer {

// Calls `make` once in each of at most `threads` threads, and what it gives for each index below `count`. The
// flag that it gets is true from the first failure on.
template <typename Make>
Status for_each_in_parallel(size_t count, size_t threads, Make make) {
  std::atomic<size_t> next = 0;
  std::atomic<bool> cancelled = false;
  std::mutex mutex;
  std::optional<Error> first;
  const auto work = [&] {
    auto one = make(&cancelled);
    while (!cancelled.load()) {
      const size_t index = next.fetch_add(1);
      if (index >= count) return;
      if (Status status = one(index); !status.ok()) {
        const std::lock_guard lock(mutex);
        if (!first.has_value()) first = std::move(status).error();
        cancelled.store(true);
      }
    }
  };
  std::vector<std::thread> others;
  const size_t wanted = std::min(count, threads);
  others.reserve(wanted);
  for (size_t i = 1; i < wanted; ++i) others.emplace_back(work);
  work();
  for (std::thread& other : others) other.join();
  if (first.has_value()) return *std::move(first);
  return {};
}

}  // namespace cove::transfer

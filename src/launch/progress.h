// A page that the processes of one launch share: which step the child is in and how long each took. It is
// read after a silent death, when no message came.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <utility>

#include "base/result.h"

namespace cove::launch {

inline constexpr size_t kMaxSteps = 40;

struct Progress {
  std::atomic<uint32_t> step;  // index into the child's step list; its size once the command is executed
  std::array<uint64_t, kMaxSteps> step_ns;
  uint64_t setup_user_us;  // the child's own rusage before exec
  uint64_t setup_system_us;
  uint64_t joined_us;  // of that, user and system, what was used before the v1 cgroups were joined
};

// Owns the mapping (MAP_SHARED, so that fork-like clones share it).
class ProgressPage {
 public:
  static Result<ProgressPage> create();
  ProgressPage() = default;
  ProgressPage(ProgressPage&& other) noexcept : page_(std::exchange(other.page_, nullptr)) {}
  ProgressPage& operator=(ProgressPage&& other) noexcept {
    std::swap(page_, other.page_);
    return *this;
  }
  ProgressPage(const ProgressPage&) = delete;
  ProgressPage& operator=(const ProgressPage&) = delete;
  ~ProgressPage();

  Progress& operator*() const noexcept { return *page_; }
  Progress* operator->() const noexcept { return page_; }

 private:
  Progress* page_ = nullptr;
};

}  // namespace cove::launch

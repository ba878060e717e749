// The caller's standard streams, exchanged for others while a process is launched. Internal to libcove;
// called by the embedding program, which is single-threaded.
#pragma once

#include <cove/container.h>

#include <array>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::libcove {

class Redirection {
 public:
  // Errors: one of the descriptors, or the standard stream whose place it takes, is not open.
  static Result<Redirection> apply(const Streams& streams);
  Redirection(Redirection&&) noexcept = default;
  Redirection& operator=(Redirection&&) = delete;
  // Puts the caller's own back.
  ~Redirection();

 private:
  Redirection() = default;
  std::array<UniqueFd, 3> saved_;  // not valid: unchanged
};

}  // namespace cove::libcove

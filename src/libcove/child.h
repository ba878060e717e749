// A process that the library waits for. Internal to libcove.
#pragma once

#include <cove/container.h>
#include <sys/types.h>

#include <optional>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::libcove {

Failure to_failure(const Error& error);

class Child {
 public:
  Child() = default;
  // `own`: it is a child of the calling process, whose status can be collected.
  static Result<Child> open(pid_t pid, bool own);

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  [[nodiscard]] Status kill(int signal) const;
  // `timeout_ms`: -1 for ever. Nothing: it goes on.
  Result<std::optional<ExitStatus>> wait(int timeout_ms);

 private:
  pid_t pid_ = 0;
  bool own_ = false;
  UniqueFd pidfd_;  // not valid: it had ended before
  std::optional<ExitStatus> ended_;
};

}  // namespace cove::libcove

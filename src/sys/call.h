// Helpers for the wrappers in sys/: the one place that turns -1 and errno into an Error.
#pragma once

#include <fmt/format.h>

#include <cerrno>
#include <string>
#include <utility>

#include "base/result.h"

namespace cove::sys {

template <typename... Args>
[[gnu::cold]] Error last_error(fmt::format_string<Args...> format, Args&&... args) {
  const int saved = errno;
  return Error::from_errno(fmt::format(format, std::forward<Args>(args)...), saved);
}

// Repeats a call that a signal interrupted.
template <typename Call>
auto retry_interrupted(Call call) {
  decltype(call()) outcome;
  do {
    outcome = call();
  } while (outcome == -1 && errno == EINTR);
  return outcome;
}

}  // namespace cove::sys

// What every reader of the runtime specification promises of any input.
#pragma once

#include <string>

#include "base/result.h"
#include "require.h"

namespace cove::fuzz {

// An error has a reason of one line.
template <typename T>
void require_reason(const Result<T>& result) {
  const std::string message = result.error().message();
  require(!message.empty() && message.find('\n') == std::string::npos);
  require(result.error().code() == ErrorCode::invalid_argument);
}

// What is accepted survives writing and reading. The first text may still differ from those after it: it has
// -0.0 as "-0", which is read as 0.
template <typename T>
void require_round_trip(const T& object, std::string (*print)(const T&),
                        Result<T> (*parse)(std::string_view)) {
  const auto once = parse(print(object));
  require(once.ok());
  const auto twice = parse(print(*once));
  require(twice.ok() && print(*twice) == print(*once));
}

}  // namespace cove::fuzz

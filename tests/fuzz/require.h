// What every fuzz target holds its code to.
#pragma once

#include <cstdlib>
#include <string>

#include "base/result.h"

namespace cove::fuzz {

inline void require(bool condition) {
  if (!condition) std::abort();
}

// Whether it was accepted. An error says something, and on one line.
template <typename T>
bool sound(const Result<T>& result) {
  if (result.ok()) return true;
  const std::string message = result.error().message();
  require(!message.empty());
  require(message.find('\n') == std::string::npos);
  return false;
}

}  // namespace cove::fuzz

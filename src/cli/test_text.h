// For the unit tests of this folder: a Result's error as text.
#pragma once

#include <string>

#include "base/result.h"

namespace cove::cli {

template <typename T>
std::string failure(const Result<T>& result) {
  return result.ok() ? "(no error)" : result.error().message();
}

template <typename T>
std::string hint(const Result<T>& result) {
  return result.ok() ? "(no error)" : result.error().hint();
}

}  // namespace cove::cli

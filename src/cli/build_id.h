// Which build a program is of. Made by cmake/build_id.cmake.
#pragma once

#include <string_view>

namespace cove::cli {

// 32 hexadecimal digits: the same in all programs that were made from the same sources in the same way.
[[nodiscard]] std::string_view build_id() noexcept;

}  // namespace cove::cli

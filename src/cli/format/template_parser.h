// Template text -> tree. Pure; for template.cc only.
#pragma once

#include <string_view>

#include "base/result.h"
#include "cli/format/template_tree.h"

namespace cove::cli::format::tree {

inline constexpr size_t kLongestTemplate = size_t{64} << 10;
inline constexpr size_t kDeepestTemplate = 100;  // constructs and parentheses within each other

Result<Tree> parse_template(std::string_view text);

}  // namespace cove::cli::format::tree

// Types of the properties that JSON documents have, for plain data.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cove::fields {

// A JSON object whose keys are free, in the order of the text; keys are unique.
template <typename T>
using Map = std::vector<std::pair<std::string, T>>;
using StringMap = Map<std::string>;
// Written even if it is empty.
using StringList = std::optional<std::vector<std::string>>;

}  // namespace cove::fields

// Completion scripts for shells, from the tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/option.h"

namespace cove::cli {

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

// What may stand for a value, as its placeholder tells.
enum class ValueSource : uint8_t {
  none,       // anything: nothing to offer
  words,      // fixed_words()
  directory,  // a directory of this machine
  file,       // any file of this machine
};
ValueSource value_source(const Option& option) noexcept;

// The lower-case words between the | of a placeholder: "none|host|ns:PATH" gives "none", "host" and "ns:".
std::vector<std::string_view> fixed_words(std::string_view placeholder);

}  // namespace cove::cli

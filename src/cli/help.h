// Help for the terminal, from the tables.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/command.h"

namespace cove::cli {

// What placeholders stand for.
struct ValueForm {
  std::string_view name;
  std::string_view help;
};
std::span<const ValueForm> value_forms() noexcept;

std::string overview_text();  // `cove` alone
// `cove COMMAND --help`
std::string command_help(const Command& command, std::string_view program = "cove");
// "cove run [OPTIONS] [--] COMMAND [ARG...]"
std::string usage_line(const Command& command, std::string_view program = "cove");
std::string option_synopsis(const Option& option);  // "-v, --volume HOST:TARGET[:OPTIONS]"

}  // namespace cove::cli

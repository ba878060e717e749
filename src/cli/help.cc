#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/text_layout.h"

namespace cove::cli {
namespace {

constexpr size_t kHelpColumn = 31;

constexpr std::array kForms{
    ValueForm{"BYTES", "a number with b, k, m, g, t or p behind it, powers of 1024: 4096, 64m, 1.5g"},
    ValueForm{"TIME", "seconds, or numbers with d, h, m, s, ms, us or ns behind them: 90, 1m30s, 500ms"},
    ValueForm{"LIST", "numbers and ranges: 0-3,5"},
    ValueForm{"HOST", "a path of this machine, from the root or from the working directory"},
    ValueForm{"TARGET", "an absolute path inside the sandbox"},
    ValueForm{"ns:PATH", "the namespace that this file is, as /proc/PID/ns/net or one of `ip netns`"},
    ValueForm{"pid:N", "the namespace of the process with this number"},
};

void append_option(std::string& out, const Option& option) {
  std::string line = option.letter != 0 ? "  " : "      ";
  line += option_synopsis(option);
  out += line;
  size_t column = line.size();
  if (column + 1 >= kHelpColumn) {
    out += '\n';
    column = 0;
  }
  out.append(kHelpColumn - column, ' ');
  append_wrapped(out, option.help, kHelpColumn, kHelpColumn);
  out += '\n';
}

void append_subcommands(std::string& out, const Command& command) {
  if (command.subcommands == nullptr) return;
  out += "\nCommands:\n";
  for (const Command& subcommand : command.subcommands->commands) {
    if (subcommand.hidden) continue;
    const std::string_view name = subcommand.name.substr(command.name.size() + 1);
    out += fmt::format("  {:<12} {}\n", name, subcommand.summary);
  }
}

// The forms that the command's placeholders name.
bool uses_form(const Command& command, const ValueForm& form) noexcept {
  for (const OptionGroup* group : command.groups) {
    for (const Option& option : group->options) {
      if (option.placeholder.find(form.name) != std::string_view::npos) return true;
    }
  }
  return false;
}

}  // namespace

std::span<const ValueForm> value_forms() noexcept {
  return kForms;
}

std::string option_synopsis(const Option& option) {
  std::string text;
  if (option.letter != 0) text += fmt::format("-{}, ", option.letter);
  text += fmt::format("--{}", option.name);
  if (!option.alias.empty()) text += fmt::format(", --{}", option.alias);
  if (!option.is_flag()) text += fmt::format(" {}", option.placeholder);
  return text;
}

std::string usage_line(const Command& command, std::string_view program) {
  std::string line = fmt::format("{} {}", program, command.name);
  if (!command.groups.empty()) line += " [OPTIONS]";
  if (command.subcommands != nullptr) line += " COMMAND";
  if (command.operands == Operands::command) line += " [--]";
  if (!command.operands_text.empty()) line += fmt::format(" {}", command.operands_text);
  return line;
}

std::string command_help(const Command& command, std::string_view program) {
  std::string out = fmt::format("Usage: {}\n\n", usage_line(command, program));
  append_paragraphs(out, command.summary);
  if (!command.description.empty()) {
    out += '\n';
    append_paragraphs(out, command.description);
  }
  append_subcommands(out, command);
  for (const OptionGroup* group : command.groups) {
    out += fmt::format("\n{}:\n", group->title);
    for (const Option& option : group->options) append_option(out, option);
  }
  bool first = true;
  for (const ValueForm& form : kForms) {
    if (!uses_form(command, form)) continue;
    if (first) out += "\nValues:\n";
    first = false;
    out += fmt::format("  {:<9}", form.name);
    append_wrapped(out, form.help, 11, 11);
    out += '\n';
  }
  return out;
}

std::string overview_text() {
  std::string out =
      "cove runs a command in an isolated Linux environment.\n"
      "\n"
      "Usage: cove COMMAND [OPTIONS] ...\n"
      "\n"
      "Commands:\n";
  for (const Command& command : all_commands()) {
    if (!command.hidden) out += fmt::format("  {:<12} {}\n", command.name, command.summary);
  }
  out +=
      "\n"
      "Try:\n"
      "  cove run -- echo hello\n"
      "  cove run --memory 64m --timeout 10s -- python3 -c 'print(6 * 7)'\n"
      "  cove explain -- true\n"
      "\n"
      "`cove help COMMAND` describes a command and its options.\n";
  return out;
}

}  // namespace cove::cli

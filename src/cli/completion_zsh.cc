#include <fmt/format.h>

#include "cli/command.h"
#include "cli/completion.h"

namespace cove::cli {
namespace {

// For a description inside [...] inside '...' of an _arguments specification.
std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// ":message:action" of an option with a value.
std::string value_action(const Option& option) {
  const std::string message = escape(option.placeholder);
  switch (value_source(option)) {
    case ValueSource::directory:
      return fmt::format(":{}:_files -/", message);
    case ValueSource::file:
      return fmt::format(":{}:_files", message);
    case ValueSource::none:
      return fmt::format(":{}: ", message);
    case ValueSource::words:
      break;
  }
  std::string words;
  for (const std::string_view word : fixed_words(option.placeholder)) {
    if (!words.empty()) words += ' ';
    words += escape(word);
  }
  return fmt::format(":{}:({})", message, words);
}

void append_option(std::string& out, const Option& option) {
  std::vector<std::string> forms;
  if (option.letter != 0) forms.push_back(fmt::format("-{}{}", option.letter, option.is_flag() ? "" : "+"));
  for (const std::string_view name : {option.name, option.alias}) {
    if (!name.empty()) forms.push_back(fmt::format("--{}{}", name, option.is_flag() ? "" : "="));
  }
  std::string exclude;
  if (option.use == Use::once) {
    for (const std::string& form : forms) {
      if (!exclude.empty()) exclude += ' ';
      exclude += form.substr(0, form.find_first_of("+="));
    }
    exclude = fmt::format("({})", exclude);
  }
  for (const std::string& form : forms) {
    out += fmt::format("        '{}{}{}[{}]{}' \\\n", option.use == Use::repeat ? "*" : "", exclude, form,
                       escape(option.help), option.is_flag() ? "" : value_action(option));
  }
}

std::string operands(const Command& command) {
  if (command.operands == Operands::command)
    return "'(-)1:command: _command_names -e' '*::arguments:_normal'";
  if (command.operands_text == "[COMMAND]") return "'1:command:->commands'";
  std::string words;
  for (const std::string_view word : fixed_words(command.operands_text)) words += fmt::format("{} ", word);
  if (words.empty()) return {};
  words.pop_back();
  return fmt::format("'1:{}:({})'", escape(command.operands_text), words);
}

std::string options_call(const Command& command) {
  std::string out = "      _arguments -s -S \\\n";
  for (const OptionGroup* group : command.groups) {
    for (const Option& option : group->options) append_option(out, option);
  }
  return out + fmt::format("        '--help[Describe the command]' {}\n", operands(command));
}

std::string subcommands_call(const Command& parent) {
  std::string out = "      cove_commands=(\n";
  std::string cases;
  for (const Command& subcommand : parent.subcommands->commands) {
    if (subcommand.hidden) continue;
    const std::string_view name = subcommand.name.substr(parent.name.size() + 1);
    out += fmt::format("    '{}:{}'\n", name, escape(subcommand.summary));
    cases += fmt::format("      {})\n{}      ;;\n", name, options_call(subcommand));
  }
  return out + "      )\n      _arguments -C '1:command:->commands' '*::arguments:->arguments' && return\n" +
         "      if [[ $state == commands ]]; then\n      _describe command cove_commands\n      else\n" +
         "      case $line[1] in\n" + cases + "      esac\n      fi\n";
}

}  // namespace

std::string zsh_completion() {
  std::string out =
      "#compdef cove\n"
      "# zsh completion for cove, made by `cove completion zsh`\n"
      "\n"
      "_cove() {\n"
      "  local curcontext=$curcontext state line\n"
      "  local -a cove_commands=(\n";
  for (const Command& command : all_commands()) {
    if (!command.hidden) out += fmt::format("    '{}:{}'\n", command.name, escape(command.summary));
  }
  out +=
      "  )\n"
      "  _arguments -C '1:command:->commands' '*::arguments:->arguments' && return\n"
      "  case $state in\n"
      "    commands) _describe command cove_commands ;;\n"
      "    arguments)\n"
      "      curcontext=${curcontext%:*}-$line[1]:\n"
      "      case $line[1] in\n";
  for (const Command& command : all_commands()) {
    if (command.hidden) continue;
    out += fmt::format("      {})\n", command.name);
    out += command.subcommands != nullptr ? subcommands_call(command) : options_call(command);
    if (command.operands_text == "[COMMAND]")
      out += "      [[ $state == commands ]] && _describe command cove_commands\n";
    out += "      ;;\n";
  }
  out +=
      "      esac\n"
      "      ;;\n"
      "  esac\n"
      "}\n"
      "\n"
      "if [[ $funcstack[1] == _cove ]]; then\n"
      "  _cove \"$@\"\n"
      "else\n"
      "  compdef _cove cove\n"
      "fi\n";
  return out;
}

}  // namespace cove::cli

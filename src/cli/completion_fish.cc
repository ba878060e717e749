#include <fmt/format.h>

#include "cli/command.h"
#include "cli/completion.h"

namespace cove::cli {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string value_arguments(const Option& option) {
  switch (value_source(option)) {
    case ValueSource::directory:
      return " -x -a '(__fish_complete_directories)'";
    case ValueSource::file:
      return " -r -F";
    case ValueSource::none:
      return " -x";
    case ValueSource::words:
      break;
  }
  std::string words;
  for (const std::string_view word : fixed_words(option.placeholder)) {
    if (!words.empty()) words += ' ';
    words += word;
  }
  return fmt::format(" -x -a '{}'", words);
}

std::string option_line(const Command& command, const Option& option) {
  std::string out =
      fmt::format("complete -c cove -n '__fish_cove_options {}' -l {}", command.name, option.name);
  if (!option.alias.empty()) out += fmt::format(" -l {}", option.alias);
  if (option.letter != 0) out += fmt::format(" -s {}", option.letter);
  out += fmt::format(" -d {}", quoted(option.help));
  if (!option.is_flag()) out += value_arguments(option);
  return out + "\n";
}

std::string subcommand_lines(const Command& parent) {
  std::string out;
  for (const Command& subcommand : parent.subcommands->commands) {
    if (subcommand.hidden) continue;
    out += fmt::format("complete -c cove -n '__fish_cove_options {}' -a {} -d {}\n", parent.name,
                       subcommand.name.substr(parent.name.size() + 1), quoted(subcommand.summary));
    for (const OptionGroup* group : subcommand.groups) {
      for (const Option& option : group->options) out += option_line(subcommand, option);
    }
  }
  return out;
}

std::string command_lines(const Command& command) {
  std::string out = fmt::format("complete -c cove -n __fish_use_subcommand -a {} -d {}\n", command.name,
                                quoted(command.summary));
  if (command.subcommands != nullptr) return out + subcommand_lines(command);
  for (const OptionGroup* group : command.groups) {
    for (const Option& option : group->options) out += option_line(command, option);
  }
  if (command.operands == Operands::command) {
    out +=
        fmt::format("complete -c cove -n '__fish_cove_inside {}' -x -a '(__fish_cove_complete_inside {})'\n",
                    command.name, command.name);
  } else if (command.operands_text == "[COMMAND]") {
    for (const Command& other : all_commands()) {
      if (other.hidden) continue;
      out += fmt::format("complete -c cove -n '__fish_seen_subcommand_from {}' -a {} -d {}\n", command.name,
                         other.name, quoted(other.summary));
    }
  } else {
    for (const std::string_view word : fixed_words(command.operands_text)) {
      out += fmt::format("complete -c cove -n '__fish_seen_subcommand_from {}' -a {}\n", command.name, word);
    }
  }
  return out;
}

constexpr std::string_view kHead = R"(# fish completion for cove, made by `cove completion fish`

# The number of the word at which the command that is run inside begins; 0 while the options go on. $argv: how
# many words the command's name has, and the options that take a value.
function __fish_cove_begin
    set -l words (commandline -opc)
    set -l i (math $argv[1] + 2)
    while test $i -le (count $words)
        switch $words[$i]
            case --
                echo (math $i + 1)
                return
            case '-*'
                if contains -- $words[$i] $argv[2..-1]
                    set i (math $i + 1)
                end
            case '*'
                echo $i
                return
        end
        set i (math $i + 1)
    end
    echo 0
end
)";

// The two conditions need to know which options swallow the next word.
std::string functions(const Command& with_options) {
  std::string valued;
  for (const OptionGroup* group : with_options.groups) {
    for (const Option& option : group->options) {
      if (option.is_flag()) continue;
      valued += fmt::format(" --{}", option.name);
      if (!option.alias.empty()) valued += fmt::format(" --{}", option.alias);
      if (option.letter != 0) valued += fmt::format(" -{}", option.letter);
    }
  }
  return fmt::format(R"(
function __fish_cove_options
    set -l words (commandline -opc)
    set -l depth (count $argv)
    test (count $words) -gt $depth; and test "$words[2..(math $depth + 1)]" = "$argv"
    and test (__fish_cove_begin $depth{0}) = 0
end

function __fish_cove_inside
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test $words[2] = $argv[1]
    and begin
        test (__fish_cove_begin 1{0}) != 0; or not string match -q -- '-*' (commandline -ct)
    end
end

function __fish_cove_complete_inside
    set -l begin (__fish_cove_begin 1{0})
    set -l words (commandline -opc) (commandline -ct)
    if test $begin = 0; or test $begin -ge (count $words)
        __fish_complete_command
    else
        complete -C (string join ' ' -- (string escape -- $words[$begin..-1]))
    end
end

complete -c cove -f
)",
                     valued);
}

}  // namespace

std::string fish_completion() {
  std::string out(kHead);
  out += functions(*find_command("explain"));  // the options of `cove run`, and --format
  for (const Command& command : all_commands()) {
    if (!command.hidden) out += command_lines(command);
  }
  return out;
}

}  // namespace cove::cli

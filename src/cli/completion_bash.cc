// The bash script needs nothing but bash itself. Bash splits words at "=" and ":" (COMP_WORDBREAKS), so the
// words are put together again first.
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/completion.h"

namespace cove::cli {
namespace {

constexpr std::string_view kHead = R"(# bash completion for cove, made by `cove completion bash`

# The words before the cursor, put together again where bash has split them at "=" and ":". A word of "--name=value"
# becomes two.
__cove_words() {
  local i word glue=
  words=()
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $word == : || $glue ]]; then
      words[${#words[@]} - 1]+=$word
      glue=
      [[ $word == : ]] && glue=1
    elif [[ $word == = && ${words[${#words[@]} - 1]} == --* ]]; then
      [[ $i == "$COMP_CWORD" ]] && words+=("")
    else
      words+=("$word")
    fi
  done
}

# Offers those of the words $1 that continue $2. What stands before the last colon of $2 is on the line already.
__cove_offer() {
  local colon=
  [[ $2 == *:* ]] && colon=${2%"${2##*:}"}
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
  COMPREPLY=("${COMPREPLY[@]#"$colon"}")
}

# Completes the command that is run inside, which begins at word $1 of words.
__cove_inside() {
  if ((${#words[@]} - 1 == $1)); then
    mapfile -t COMPREPLY < <(compgen -c -- "$current")
  else
    compopt -o filenames 2> /dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}

_cove() {
  local words current previous flags valued directories files operands i
  declare -A choices=()
  __cove_words
  COMPREPLY=()
  current=${words[${#words[@]} - 1]}
  if ((${#words[@]} == 1)); then
    __cove_offer "$commands_of_cove" "$current"
    return
  fi
  case ${words[0]} in
)";

// After the first case, which puts the two words of a sub-command together.
constexpr std::string_view kSecondCase = R"(  esac
  case ${words[0]} in
)";

constexpr std::string_view kTail = R"(    *) return ;;
  esac
  for ((i = 1; i < ${#words[@]} - 1; i++)); do
    if [[ ${words[i]} == -- ]]; then
      ((i++))
      break
    elif [[ ${words[i]} != -?* ]]; then
      break
    elif [[ " $valued " == *" ${words[i]} "* ]]; then
      ((i++))
    fi
  done
  if ((i > ${#words[@]} - 1)); then
    previous=${words[${#words[@]} - 2]}
    if [[ ${choices[$previous]-} ]]; then
      __cove_offer "${choices[$previous]}" "$current"
      [[ ${COMPREPLY[0]-} == *[:=] ]] && compopt -o nospace 2> /dev/null
    elif [[ " $directories " == *" $previous "* ]]; then
      compopt -o filenames 2> /dev/null
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
    elif [[ " $files " == *" $previous "* ]]; then
      compopt -o filenames 2> /dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
  elif ((i == ${#words[@]} - 1)) && [[ $current == -* && ${words[i - 1]} != -- ]]; then
    __cove_offer "$flags $valued --help" "$current"
  elif [[ $operands == COMMAND ]]; then
    __cove_inside "$i"
  elif [[ $operands ]]; then
    __cove_offer "$operands" "$current"
  fi
} &&
  complete -F _cove cove
)";

void append_word(std::string& list, const Option& option) {
  if (option.letter != 0) list += fmt::format("-{} ", option.letter);
  list += fmt::format("--{} ", option.name);
  if (!option.alias.empty()) list += fmt::format("--{} ", option.alias);
}

std::string joined(const std::vector<std::string_view>& words) {
  std::string list;
  for (const std::string_view word : words) {
    if (!list.empty()) list += ' ';
    list += word;
  }
  return list;
}

std::string visible_commands() {
  std::string names;
  for (const Command& command : all_commands()) {
    if (!command.hidden) names += fmt::format("{} ", command.name);
  }
  names.pop_back();
  return names;
}

std::string operand_words(const Command& command) {
  if (command.operands == Operands::command) return "COMMAND";
  if (command.operands_text == "[COMMAND]") return visible_commands();
  return joined(fixed_words(command.operands_text));
}

std::string command_case(const Command& command) {
  std::string flags;
  std::string valued;
  std::string directories;
  std::string files;
  std::string choices;
  for (const OptionGroup* group : command.groups) {
    for (const Option& option : group->options) {
      append_word(option.is_flag() ? flags : valued, option);
      if (value_source(option) == ValueSource::directory) append_word(directories, option);
      if (value_source(option) == ValueSource::file) append_word(files, option);
      if (value_source(option) != ValueSource::words) continue;
      const std::string words = joined(fixed_words(option.placeholder));
      choices += fmt::format("        [--{}]='{}'\n", option.name, words);
      if (option.letter != 0) choices += fmt::format("        [-{}]='{}'\n", option.letter, words);
      if (!option.alias.empty()) choices += fmt::format("        [--{}]='{}'\n", option.alias, words);
    }
  }
  std::string out = fmt::format("    '{}')\n", command.name);
  out += fmt::format("      flags='{}'\n      valued='{}'\n", flags, valued);
  out += fmt::format("      directories='{}'\n      files='{}'\n", directories, files);
  out += fmt::format("      operands='{}'\n", operand_words(command));
  if (!choices.empty()) out += fmt::format("      choices=(\n{}      )\n", choices);
  out += "      ;;\n";
  return out;
}

std::string subcommand_case(const Command& parent) {
  std::string names;
  for (const Command& subcommand : parent.subcommands->commands) {
    if (!subcommand.hidden) names += fmt::format("{} ", subcommand.name.substr(parent.name.size() + 1));
  }
  return fmt::format(R"(    {})
      if ((${{#words[@]}} == 2)); then
        __cove_offer '{}' "$current"
        return
      fi
      words=("${{words[0]}} ${{words[1]}}" "${{words[@]:2}}")
      ;;
)",
                     parent.name, names);
}

}  // namespace

std::string bash_completion() {
  std::string out(kHead);
  const std::string_view placeholder = "$commands_of_cove";
  out.replace(out.find(placeholder), placeholder.size(), visible_commands());
  for (const Command& command : all_commands()) {
    if (!command.hidden && command.subcommands != nullptr) out += subcommand_case(command);
  }
  out += kSecondCase;
  for (const Command* command : every_command()) {
    if (!command->hidden && command->subcommands == nullptr) out += command_case(*command);
  }
  out += kTail;
  return out;
}

}  // namespace cove::cli

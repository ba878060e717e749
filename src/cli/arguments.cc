#include "cli/arguments.h"

#include <fmt/format.h>

#include <bitset>
#include <string>
#include <utility>

#include "base/strings.h"
#include "cli/spelling.h"

namespace cove::cli {
namespace {

constexpr size_t kMostOptions = 128;  // per command; a unit test holds the tables to it

Error usage_error(const Syntax& syntax, std::string message) {
  Error error(ErrorCode::invalid_argument, std::move(message));
  error.set_hint(fmt::format("`{} {} --help` lists the options", syntax.program, syntax.command));
  return error;
}

class Parser {
 public:
  Parser(const Syntax& syntax, std::span<char* const> arguments, void* target)
      : syntax_(syntax), arguments_(arguments), target_(target) {}

  Result<ParsedArguments> run();

 private:
  [[nodiscard]] bool interspersed() const noexcept;
  [[nodiscard]] bool is_long(std::string_view argument) const noexcept;
  [[nodiscard]] Status check_operands() const;
  Status parse_long(std::string_view argument);
  Status parse_letters(std::string_view argument);
  Status apply_flag(const Option& option, std::string_view shown, std::optional<std::string_view> value);
  Status apply_value(const Option& option, std::string_view shown, std::string_view value);
  Result<std::string_view> next_value(const Option& option, std::string_view shown);
  Status mark_seen(const Option& option, std::string_view shown);
  Status mark_seen_at(size_t index, const Option& option, std::string_view shown);
  [[nodiscard]] Error unknown_long(std::string_view name) const;
  [[nodiscard]] Error unknown_letter(char letter, std::string_view argument) const;

  const Syntax& syntax_;
  std::span<char* const> arguments_;  // what is left
  std::vector<char*> operands_;
  void* target_;
  std::bitset<kMostOptions> seen_;
  bool help_ = false;
};

Result<ParsedArguments> Parser::run() {
  while (!arguments_.empty() && !help_) {
    const std::string_view argument = arguments_.front();
    if (argument.size() < 2 || argument.front() != '-') {
      if (!interspersed()) break;
      operands_.push_back(arguments_.front());
      arguments_ = arguments_.subspan(1);
      continue;
    }
    arguments_ = arguments_.subspan(1);
    if (argument == "--") break;
    COVE_TRY(is_long(argument) ? parse_long(argument) : parse_letters(argument));
  }
  if (help_) return ParsedArguments{{}, true};
  operands_.insert(operands_.end(), arguments_.begin(), arguments_.end());
  COVE_TRY(check_operands());
  return ParsedArguments{std::move(operands_), false};
}

bool Parser::interspersed() const noexcept {
  if (syntax_.operands == Operands::several) return true;
  return syntax_.grammar == Grammar::runc && syntax_.operands != Operands::command;
}

// With runc one dash is enough for a long name; a single letter is still one.
bool Parser::is_long(std::string_view argument) const noexcept {
  if (argument.starts_with("--")) return true;
  if (syntax_.grammar != Grammar::runc) return false;
  const std::string_view name = split_once(argument.substr(1), '=').first;
  return name.size() > 1 && find_option(syntax_, name) != nullptr;
}

Status Parser::check_operands() const {
  if (syntax_.operands == Operands::none && !operands_.empty()) {
    return usage_error(syntax_, fmt::format("{} {} takes no argument, but got {}", syntax_.program,
                                            syntax_.command, quote(operands_.front())));
  }
  if (syntax_.operands == Operands::command && operands_.empty()) {
    Error error(ErrorCode::invalid_argument,
                fmt::format("{} {} needs a command to run", syntax_.program, syntax_.command));
    error.set_hint(fmt::format("put it after the options: {} {} [OPTIONS] [--] COMMAND [ARG...]",
                               syntax_.program, syntax_.command));
    return error;
  }
  return {};
}

Status Parser::parse_long(std::string_view argument) {
  const size_t dashes = argument.starts_with("--") ? 2 : 1;
  const auto [name, value] = split_once(argument.substr(dashes), '=');
  if (name == "help") {
    help_ = true;
    return {};
  }
  const Option* option = find_option(syntax_, name);
  if (option == nullptr) return unknown_long(name);
  const std::string_view shown = argument.substr(0, name.size() + dashes);
  COVE_TRY(mark_seen(*option, shown));
  if (option->is_flag()) return apply_flag(*option, shown, value);
  if (value) return apply_value(*option, shown, *value);
  return apply_value(*option, shown, COVE_TRY(next_value(*option, shown)));
}

Status Parser::parse_letters(std::string_view argument) {
  for (std::string_view rest = argument.substr(1); !rest.empty();) {
    const char letter = rest.front();
    rest.remove_prefix(1);
    const Option* option = find_option(syntax_, letter);
    if (option == nullptr && letter == 'h') {
      help_ = true;
      return {};
    }
    if (option == nullptr) return unknown_letter(letter, argument);
    const std::string shown{'-', letter};
    COVE_TRY(mark_seen(*option, shown));
    const bool assigned = rest.starts_with('=');
    if (!option->is_flag()) {
      if (rest.empty()) return apply_value(*option, shown, COVE_TRY(next_value(*option, shown)));
      return apply_value(*option, shown, assigned ? rest.substr(1) : rest);
    }
    if (assigned) return apply_flag(*option, shown, rest.substr(1));
    COVE_TRY(apply_flag(*option, shown, std::nullopt));
  }
  return {};
}

Status Parser::apply_flag(const Option& option, std::string_view shown,
                          std::optional<std::string_view> value) {
  const std::optional<bool> truth = value ? parse_bool(*value) : true;
  if (!truth) {
    Error error(ErrorCode::invalid_argument,
                fmt::format("{} {}: neither true nor false", shown, quote(*value)));
    error.set_hint(fmt::format("write {}, {}=true or {}=false", shown, shown, shown));
    return error;
  }
  return option.set(target_, *truth ? "true" : "false").context(shown);
}

Status Parser::apply_value(const Option& option, std::string_view shown, std::string_view value) {
  if (value.empty() && syntax_.grammar == Grammar::docker) {
    Error error(ErrorCode::invalid_argument, fmt::format("{}: the value is empty", shown));
    error.set_hint(fmt::format("give a value, {} {}, or leave the option out", shown, option.placeholder));
    return error;
  }
  auto outcome = option.set(target_, value);
  if (!outcome.ok()) outcome.error().add_context(fmt::format("{} {}", shown, quote(value)));
  return outcome;
}

Result<std::string_view> Parser::next_value(const Option& option, std::string_view shown) {
  const bool missing = arguments_.empty();
  const bool docker = syntax_.grammar == Grammar::docker;
  if (missing || (docker && std::string_view(arguments_.front()).starts_with("--"))) {
    Error error(ErrorCode::invalid_argument,
                fmt::format("{} needs a value: {} {}", shown, shown, option.placeholder));
    if (!missing) {
      error.set_hint(fmt::format("if {} is the value, write {}={}", quote(arguments_.front()), shown,
                                 arguments_.front()));
    }
    return error;
  }
  const std::string_view value = arguments_.front();
  arguments_ = arguments_.subspan(1);
  return value;
}

Status Parser::mark_seen(const Option& option, std::string_view shown) {
  size_t index = 0;
  for (const OptionGroup* group : syntax_.groups) {
    for (const Option& candidate : group->options) {
      if (&candidate == &option) return mark_seen_at(index, option, shown);
      ++index;
    }
  }
  return {};
}

Status Parser::mark_seen_at(size_t index, const Option& option, std::string_view shown) {
  if (option.use == Use::once && seen_.test(index) && syntax_.grammar == Grammar::docker) {
    Error error(ErrorCode::invalid_argument, fmt::format("{} is given twice", shown));
    error.set_hint(fmt::format("--{} holds one value; leave one of the two out", option.name));
    return error;
  }
  seen_.set(index);
  return {};
}

Error Parser::unknown_long(std::string_view name) const {
  NearestWord nearest(name);
  for (const OptionGroup* group : syntax_.groups) {
    for (const Option& option : group->options) {
      nearest.consider(option.name);
      if (!option.alias.empty()) nearest.consider(option.alias);
    }
  }
  nearest.consider("help");
  const std::string shown = quote(fmt::format("--{}", name));
  if (nearest.word().empty()) return usage_error(syntax_, fmt::format("unknown option {}", shown));
  return usage_error(syntax_, fmt::format("unknown option {}; did you mean --{}?", shown, nearest.word()));
}

Error Parser::unknown_letter(char letter, std::string_view argument) const {
  const std::string shown = quote(std::string{'-', letter});
  // "-memory" reads as -m with the rest as its value or as unknown letters: the second dash was forgotten.
  const std::string_view name = split_once(argument.substr(1), '=').first;
  if (name.size() > 1 && find_option(syntax_, name) != nullptr) {
    return usage_error(
        syntax_, fmt::format("unknown option {} in {}; did you mean --{}?", shown, quote(argument), name));
  }
  if (argument.size() == 2) return usage_error(syntax_, fmt::format("unknown option {}", shown));
  return usage_error(syntax_, fmt::format("unknown option {} in {}", shown, quote(argument)));
}

}  // namespace

Result<ParsedArguments> parse_arguments(const Syntax& syntax, std::span<char* const> arguments,
                                        void* target) {
  return Parser(syntax, arguments, target).run();
}

const Option* find_option(const Syntax& syntax, std::string_view name) noexcept {
  if (name.empty()) return nullptr;
  for (const OptionGroup* group : syntax.groups) {
    for (const Option& option : group->options) {
      if (option.name == name || option.alias == name) return &option;
    }
  }
  return nullptr;
}

const Option* find_option(const Syntax& syntax, char letter) noexcept {
  if (letter == 0) return nullptr;
  for (const OptionGroup* group : syntax.groups) {
    for (const Option& option : group->options) {
      if (option.letter == letter) return &option;
    }
  }
  return nullptr;
}

std::optional<bool> parse_bool(std::string_view text) noexcept {
  for (const std::string_view word : {"true", "1", "t", "T", "TRUE", "True"}) {
    if (text == word) return true;
  }
  for (const std::string_view word : {"false", "0", "f", "F", "FALSE", "False"}) {
    if (text == word) return false;
  }
  return std::nullopt;
}

}  // namespace cove::cli

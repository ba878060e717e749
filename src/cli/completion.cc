// cove completion bash|zsh|fish
#include "cli/completion.h"

#include "base/strings.h"
#include "cli/command.h"
#include "cli/numbers.h"

namespace cove::cli {

std::vector<std::string_view> fixed_words(std::string_view placeholder) {
  constexpr std::string_view kFixed = "abcdefghijklmnopqrstuvwxyz-:=";
  std::vector<std::string_view> words;
  for (const std::string_view part : split(placeholder, '|')) {
    const std::string_view word = part.substr(0, part.find_first_not_of(kFixed));
    if (!word.empty() && word.front() >= 'a' && word.front() <= 'z') words.push_back(word);
  }
  return words;
}

ValueSource value_source(const Option& option) noexcept {
  const std::string_view placeholder = option.placeholder;
  if (placeholder == "DIR" && option.name != "workdir") return ValueSource::directory;
  if (placeholder == "FILE" || placeholder.starts_with("HOST") || placeholder.starts_with("DEVICE")) {
    return ValueSource::file;
  }
  return fixed_words(placeholder).empty() ? ValueSource::none : ValueSource::words;
}

int completion_command(const Invocation& invocation) {
  const Parsed parsed = parse_command_line("completion", invocation, nullptr);
  if (parsed.exit_status) return *parsed.exit_status;
  const std::string_view shell = parsed.operands.size() == 1 ? parsed.operands.front() : "";
  if (shell == "bash") return print(bash_completion());
  if (shell == "zsh") return print(zsh_completion());
  if (shell == "fish") return print(fish_completion());
  return fail(
      value_error("cove completion needs the name of a shell", "write cove completion bash, zsh or fish"));
}

}  // namespace cove::cli

#include "registry/challenge.h"

#include <algorithm>
#include <optional>

namespace cove::registry {
namespace {

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lower(std::string_view text) {
  std::string lowered(text);
  std::ranges::transform(lowered, lowered.begin(), [](char c) { return lower(c); });
  return lowered;
}

bool is_token_letter(
    char c) noexcept {  // RFC 9110, section 5.6.2; "/" and ":" for values that ought to be quoted
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
         std::string_view("!#$%&'*+-.^_`|~/:").find(c) != std::string_view::npos;
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

  void skip(std::string_view letters) noexcept {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(letters), rest_.size()));
  }

  bool take(char c) noexcept {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view token() noexcept {
    const size_t length = std::ranges::find_if_not(rest_, is_token_letter) - rest_.begin();
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }

  // A token or a quoted string; nothing when the quotes never end.
  std::optional<std::string> value() {
    if (!take('"')) return std::string(token());
    std::string text;
    while (!rest_.empty()) {
      if (take('"')) return text;
      if (take('\\') && rest_.empty()) break;
      text += rest_.front();
      rest_.remove_prefix(1);
    }
    return std::nullopt;
  }

 private:
  std::string_view rest_;
};

std::string* parameter(Challenge& challenge, std::string_view name) noexcept {
  if (name == "realm") return &challenge.realm;
  if (name == "service") return &challenge.service;
  if (name == "scope") return &challenge.scope;
  return name == "error" ? &challenge.error : nullptr;
}

}  // namespace

std::vector<Challenge> parse_challenges(std::string_view header) {
  std::vector<Challenge> challenges;
  Scanner scanner(header);
  while (true) {
    scanner.skip(" \t,");
    const std::string word = lower(scanner.token());
    if (word.empty()) return challenges;
    scanner.skip(" \t");
    if (!scanner.take('=')) {  // a scheme
      if (challenges.size() == kMostChallenges) return challenges;
      challenges.emplace_back();
      challenges.back().scheme = word;
      continue;
    }
    scanner.skip(" \t=");  // more of "=" ends a token68, which no scheme of ours has
    std::optional<std::string> value = scanner.value();
    if (!value.has_value() || challenges.empty()) return challenges;
    if (std::string* place = parameter(challenges.back(), word); place != nullptr) *place = *std::move(value);
  }
}

}  // namespace cove::registry

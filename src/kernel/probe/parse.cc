#include "kernel/probe/parse.h"

#include <array>

#include "base/strings.h"

namespace cove::probe {
namespace {

// The next word off the front of `text`; empty at its end.
std::string_view next_word(std::string_view& text) {
  text = trim(text);
  const size_t end = text.find_first_of(" \t");
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(word.size());
  return word;
}

struct Share {
  uint64_t used = 0;
  uint64_t most = 0;
};
std::optional<Share> parse_share(std::string_view text) {
  const auto [used_text, most_text] = split_once(text, '/');
  const auto used = parse_number<uint64_t>(used_text);
  const auto most = most_text ? parse_number<uint64_t>(*most_text) : std::nullopt;
  if (!used || !most) return std::nullopt;
  return Share{*used, *most};
}

}  // namespace

std::optional<KeyQuota> parse_key_quota(std::string_view key_users, uint32_t uid) {
  while (const auto line = next_line(key_users)) {
    const auto [uid_text, rest] = split_once(*line, ':');
    if (!rest || parse_number<uint32_t>(trim(uid_text)) != uid) continue;
    std::string_view words = *rest;
    (void)next_word(words);  // references
    (void)next_word(words);  // keys, instantiated keys
    const auto keys = parse_share(next_word(words));
    const auto bytes = parse_share(next_word(words));
    if (!keys || !bytes) return std::nullopt;
    return KeyQuota{keys->used, keys->most, bytes->used, bytes->most};
  }
  return std::nullopt;
}

std::optional<std::string_view> find_variable(std::string_view environ, std::string_view name) {
  for (const std::string_view variable : split(environ, '\0')) {
    const auto [found, value] = split_once(variable, '=');
    if (found == name && value) return value;
  }
  return std::nullopt;
}

}  // namespace cove::probe

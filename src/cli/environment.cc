#include "cli/environment.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "cli/numbers.h"

namespace cove::cli {
namespace {

constexpr bool is_alphanumeric(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool consists_of(std::string_view text, std::string_view extra) noexcept {
  return std::all_of(text.begin(), text.end(), [extra](char c) {
    return is_alphanumeric(c) || extra.find(c) != std::string_view::npos;
  });
}

std::string_view trim_front(std::string_view text) noexcept {
  const size_t first = text.find_first_not_of(" \t\v\f\r");
  return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

Error bad_variable(std::string problem) {
  return value_error(std::move(problem), "write NAME=value, or NAME alone for the caller's own value");
}

}  // namespace

Result<KeyValue> parse_key_value(std::string_view text, bool bare_allowed) {
  const auto [key, value] = split_once(text, '=');
  if (key.empty()) return value_error("nothing stands before the =", "write KEY=VALUE");
  if (!value && !bare_allowed) return value_error("has no =", "write KEY=VALUE");
  return KeyValue(key, value.value_or(""));
}

Status add_variable(std::string_view text, const Caller& caller, std::vector<std::string>& env) {
  const auto [name, value] = split_once(text, '=');
  if (name.empty()) return bad_variable("the variable has no name");
  if (text.find('\0') != std::string_view::npos) return bad_variable("a variable holds no NUL byte");
  if (value) {
    env.emplace_back(text);
  } else if (const auto own = caller.variable(name)) {
    env.push_back(fmt::format("{}={}", name, *own));
  }
  return {};
}

Status add_env_file(std::string_view content, const Caller& caller, std::vector<std::string>& env) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (content.starts_with(kByteOrderMark)) content.remove_prefix(kByteOrderMark.size());
  size_t number = 0;
  while (const auto whole = next_line(content)) {
    ++number;
    std::string_view line = *whole;
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = trim_front(line);
    if (line.empty() || line.front() == '#') continue;
    const std::string_view name = split_once(line, '=').first;
    if (name.find_first_of(" \t\v\f\r") != std::string_view::npos) {
      return bad_variable(fmt::format("line {}: the name {} has white space in it", number, quote(name)));
    }
    COVE_TRY(add_variable(line, caller, env).context(fmt::format("line {}", number)));
  }
  return {};
}

Result<KeyValue> parse_sysctl(std::string_view text) {
  KeyValue setting = COVE_TRY(parse_key_value(text, false));
  const auto bad = [](std::string problem) {
    return value_error(std::move(problem), "write it as net.ipv4.ip_forward=1");
  };
  if (setting.second.empty()) return bad("the value is empty");
  if (!consists_of(setting.first, "_-."))
    return bad(fmt::format("{} is no sysctl's name", quote(setting.first)));
  const auto parts = split(setting.first, '.');
  const bool hollow =
      std::any_of(parts.begin(), parts.end(), [](std::string_view part) { return part.empty(); });
  if (hollow || parts.size() < 2) return bad(fmt::format("{} is no sysctl's name", quote(setting.first)));
  return setting;
}

Result<std::string> parse_host_name(std::string_view text) {
  constexpr size_t kLongest = 64;  // __NEW_UTS_LEN
  constexpr std::string_view kHint = "use letters, digits, -, _ and ., at most 64 in all, as web-1";
  if (text.size() > kLongest) return value_error("longer than 64 bytes", std::string(kHint));
  const auto edge = [](char c) { return c == '-' || c == '.'; };
  if (text.empty() || !consists_of(text, "-_.") || edge(text.front()) || edge(text.back())) {
    return value_error("not a host name", std::string(kHint));
  }
  return std::string(text);
}

Result<std::string> parse_object_name(std::string_view text) {
  constexpr size_t kLongest = 64;
  if (text.empty() || text.size() > kLongest || !is_alphanumeric(text.front()) || !consists_of(text, "_.-")) {
    return value_error("not a name",
                       "begin with a letter or digit; then letters, digits, _, . and -, at most 64 in all");
  }
  return std::string(text);
}

}  // namespace cove::cli

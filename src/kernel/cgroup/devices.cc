#include "kernel/cgroup/devices.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"

namespace cove::cgroup {
namespace {

constexpr uint32_t kLastMajor = (1U << 12) - 1;  // MINORBITS is 20
constexpr uint32_t kLastMinor = (1U << 20) - 1;

bool same_devices(const DeviceRule& a, const DeviceRule& b) noexcept {
  return a.type == b.type && a.major == b.major && a.minor == b.minor;
}

bool covers(const DeviceRule& rule, DeviceType type, uint32_t major, uint32_t minor) noexcept {
  return rule.type == type && rule.major.value_or(major) == major && rule.minor.value_or(minor) == minor;
}

// Whether some device is meant by both.
bool overlaps(const DeviceRule& a, const DeviceRule& b) noexcept {
  return a.type == b.type && (!a.major || !b.major || *a.major == *b.major) &&
         (!a.minor || !b.minor || *a.minor == *b.minor);
}

bool within(const DeviceRule& inner, const DeviceRule& outer) noexcept {
  return (!outer.major || outer.major == inner.major) && (!outer.minor || outer.minor == inner.minor);
}

// A rule of the default's own kind takes exceptions away, wholly or by some of their access bits.
Status take_away(DevicePolicy& policy, const DeviceRule& rule) {
  auto& list = policy.exceptions;
  for (DeviceRule& exception : list) {
    if (!overlaps(exception, rule) || (exception.access & rule.access) == 0) continue;
    if (!within(exception, rule)) {
      Error error(ErrorCode::invalid_argument,
                  fmt::format("device rule {} {}: it would cut a hole into the wider rule {} {}",
                              rule.allow ? "allow" : "deny", print_device_rule(rule),
                              exception.allow ? "allow" : "deny", print_device_rule(exception)));
      error.set_hint("list the wanted devices one by one instead of by a wildcard");
      return error;
    }
    exception.access = static_cast<uint8_t>(exception.access & ~rule.access);
  }
  list.erase(
      std::remove_if(list.begin(), list.end(), [](const DeviceRule& left) { return left.access == 0; }),
      list.end());
  return {};
}

void add_exception(DevicePolicy& policy, const DeviceRule& rule) {
  for (DeviceRule& exception : policy.exceptions) {
    if (same_devices(exception, rule)) {
      exception.access |= rule.access;
      return;
    }
  }
  policy.exceptions.push_back(rule);
}

std::string number_or_star(std::optional<uint32_t> number) {
  return number ? fmt::format("{}", *number) : "*";
}

std::optional<DeviceType> parse_type(std::string_view text) noexcept {
  if (text == "a") return DeviceType::all;
  if (text == "b") return DeviceType::block;
  if (text == "c") return DeviceType::character;
  return std::nullopt;
}

// True if `text` is "*" (out stays empty) or a number up to `last`.
bool parse_star_or_number(std::string_view text, uint32_t last, std::optional<uint32_t>& out) noexcept {
  if (text == "*") return true;
  out = parse_number<uint32_t>(text);
  return out && *out <= last;
}

bool parse_access(std::string_view text, uint8_t& access) noexcept {
  access = 0;
  for (const char c : text) {
    const uint8_t bit = c == 'r' ? kDeviceRead : c == 'w' ? kDeviceWrite : c == 'm' ? kDeviceMknod : 0;
    if (bit == 0 || (access & bit) != 0) return false;
    access |= bit;
  }
  return access != 0;
}

bool is_plain_all(const DeviceRule& rule) noexcept {
  return !rule.major && !rule.minor && rule.access == kDeviceAllAccess;
}

}  // namespace

std::vector<DeviceRule> default_device_rules() {
  constexpr auto kChar = DeviceType::character;
  return {
      {false, DeviceType::all, {}, {}, kDeviceAllAccess},
      {true, kChar, {}, {}, kDeviceMknod},
      {true, DeviceType::block, {}, {}, kDeviceMknod},
      {true, kChar, 1, 3, kDeviceAllAccess},     // null
      {true, kChar, 1, 5, kDeviceAllAccess},     // zero
      {true, kChar, 1, 7, kDeviceAllAccess},     // full
      {true, kChar, 1, 8, kDeviceAllAccess},     // random
      {true, kChar, 1, 9, kDeviceAllAccess},     // urandom
      {true, kChar, 5, 0, kDeviceAllAccess},     // tty
      {true, kChar, 5, 1, kDeviceAllAccess},     // console
      {true, kChar, 5, 2, kDeviceAllAccess},     // ptmx
      {true, kChar, 136, {}, kDeviceAllAccess},  // pts/*
  };
}

Result<DeviceRule> parse_device_rule(bool allow, std::string_view text) {
  const auto refuse = [&] {
    return Error(
        ErrorCode::invalid_argument,
        fmt::format(
            "device rule {}: it is not \"TYPE MAJOR:MINOR ACCESS\", as \"c 1:3 rwm\" (type a, b or c; "
            "major 0..{} or *, minor 0..{} or *; access of r, w, m)",
            quote(text), kLastMajor, kLastMinor));
  };
  DeviceRule rule;
  rule.allow = allow;
  const auto words = split(text, ' ');
  const auto type = parse_type(words[0]);
  if (!type) return refuse();
  rule.type = *type;
  if (words.size() == 1 && *type == DeviceType::all) return rule;
  if (words.size() != 3) return refuse();
  const Halves numbers = split_once(words[1], ':');
  if (!parse_star_or_number(numbers.first, kLastMajor, rule.major) ||
      !parse_star_or_number(numbers.second.value_or(""), kLastMinor, rule.minor) ||
      !parse_access(words[2], rule.access)) {
    return refuse();
  }
  if (*type == DeviceType::all && !is_plain_all(rule)) return refuse();
  return rule;
}

std::string print_device_rule(const DeviceRule& rule) {
  if (rule.type == DeviceType::all) return "a *:* rwm";
  std::string text = fmt::format("{} {}:{} ", rule.type == DeviceType::block ? 'b' : 'c',
                                 number_or_star(rule.major), number_or_star(rule.minor));
  if ((rule.access & kDeviceRead) != 0) text += 'r';
  if ((rule.access & kDeviceWrite) != 0) text += 'w';
  if ((rule.access & kDeviceMknod) != 0) text += 'm';
  return text;
}

Result<DevicePolicy> reduce_device_rules(std::span<const DeviceRule> rules) {
  DevicePolicy policy;
  for (const DeviceRule& rule : rules) {
    if (rule.access == 0 || rule.access > kDeviceAllAccess ||
        (rule.type == DeviceType::all && !is_plain_all(rule)) || rule.major.value_or(0) > kLastMajor ||
        rule.minor.value_or(0) > kLastMinor) {
      return Error(
          ErrorCode::invalid_argument,
          fmt::format(
              "device rule {}: a type of a goes with *:* rwm; access is not empty; major 0..{}, minor "
              "0..{}",
              print_device_rule(rule), kLastMajor, kLastMinor));
    }
    if (rule.type == DeviceType::all) {
      policy = DevicePolicy{rule.allow, {}};
    } else if (rule.allow == policy.default_allow) {
      COVE_TRY(take_away(policy, rule));
    } else {
      add_exception(policy, rule);
    }
  }
  return policy;
}

bool device_allowed(const DevicePolicy& policy, DeviceType type, uint32_t major, uint32_t minor,
                    uint8_t access) noexcept {
  for (const DeviceRule& exception : policy.exceptions) {
    if (!covers(exception, type, major, minor)) continue;
    const bool hit =
        policy.default_allow ? (exception.access & access) != 0 : (access & ~exception.access) == 0;
    if (hit) return !policy.default_allow;
  }
  return policy.default_allow;
}

bool rules_allow(std::span<const DeviceRule> rules, DeviceType type, uint32_t major, uint32_t minor,
                 uint8_t access) noexcept {
  for (; !rules.empty(); rules = rules.first(rules.size() - 1)) {
    const DeviceRule& rule = rules.back();
    const bool covered = (rule.type == DeviceType::all || rule.type == type) &&
                         rule.major.value_or(major) == major && rule.minor.value_or(minor) == minor;
    if (!covered) continue;
    const bool whole = rule.type == DeviceType::all && is_plain_all(rule);
    if (!rule.allow && (whole || (access & rule.access) != 0)) return false;
    if (!rule.allow) continue;
    access = static_cast<uint8_t>(access & ~rule.access);
    if (access == 0) return true;
  }
  return false;
}

}  // namespace cove::cgroup

#include "kernel/caps/capability.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace cove::caps {
namespace {

constexpr std::string_view kPrefix = "CAP_";
constexpr std::array<std::string_view, kCapabilityCount> kNames{
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",
    "CAP_NET_ADMIN",
    "CAP_NET_RAW",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_NICE",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_MKNOD",
    "CAP_LEASE",
    "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL",
    "CAP_SETFCAP",
    "CAP_MAC_OVERRIDE",
    "CAP_MAC_ADMIN",
    "CAP_SYSLOG",
    "CAP_WAKE_ALARM",
    "CAP_BLOCK_SUSPEND",
    "CAP_AUDIT_READ",
    "CAP_PERFMON",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
};
static_assert(CAP_LAST_CAP < kCapabilityCount);

// The C library's own is subject to the locale.
constexpr char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool same_word(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return upper(x) == upper(y); });
}

}  // namespace

std::string_view capability_name(unsigned capability) noexcept {
  return capability < kCapabilityCount ? kNames[capability] : std::string_view{};
}

std::optional<unsigned> capability_number(std::string_view name) noexcept {
  for (unsigned number = 0; number < kCapabilityCount; ++number) {
    const std::string_view full = kNames[number];
    if (same_word(name, full) || same_word(name, full.substr(kPrefix.size()))) return number;
  }
  return std::nullopt;
}

Result<CapabilitySet> parse_capability(std::string_view name) {
  if (same_word(name, "ALL")) return CapabilitySet::all();
  if (const auto number = capability_number(name)) return CapabilitySet{*number};
  Error error(ErrorCode::invalid_argument, fmt::format("unknown capability {}", quote(name)));
  error.set_hint("use ALL or a name of capabilities(7), for example NET_ADMIN");
  return error;
}

std::string print_capabilities(CapabilitySet set) {
  if (set.empty()) return "none";
  std::string text;
  for (unsigned number = 0; number < 64; ++number) {
    if (!set.contains(number)) continue;
    if (!text.empty()) text += ' ';
    if (number < kCapabilityCount) {
      text += kNames[number];
    } else {
      text += fmt::format("CAP_{}", number);
    }
  }
  return text;
}

}  // namespace cove::caps

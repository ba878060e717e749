#include "cli/plan_words.h"

#include <fmt/format.h>
#include <sys/mount.h>

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace cove::cli {
namespace {

using launch::MountKind;
using launch::MountPlan;
using launch::RootKind;

struct AttributeName {
  uint64_t attribute;
  std::string_view name;
};
constexpr std::array kAttributes{
    AttributeName{MOUNT_ATTR_RDONLY, "ro"},
    AttributeName{MOUNT_ATTR_NOSUID, "nosuid"},
    AttributeName{MOUNT_ATTR_NODEV, "nodev"},
    AttributeName{MOUNT_ATTR_NOEXEC, "noexec"},
    AttributeName{MOUNT_ATTR_NOATIME, "noatime"},
    AttributeName{MOUNT_ATTR_NODIRATIME, "nodiratime"},
    AttributeName{MOUNT_ATTR_NOSYMFOLLOW, "nosymfollow"},
};

// " (size=65536, nosuid)"; nothing if there is nothing to say.
std::string settings(const MountPlan& mount) {
  std::vector<std::string> words;
  for (const auto& [key, value] : mount.options)
    words.push_back(value.empty() ? key : fmt::format("{}={}", key, value));
  for (const std::string_view name : attribute_names(mount.attributes)) words.emplace_back(name);
  if (mount.kind == MountKind::bind && !mount.recursive) words.emplace_back("without the mounts below it");
  if (mount.propagation != 0 && mount.propagation != MS_PRIVATE)
    words.emplace_back(propagation_name(mount.propagation));
  if (mount.idmapped) words.emplace_back("with the sandbox's ids");
  if (mount.optional && mount.kind == MountKind::bind) words.emplace_back("if it exists");
  if (words.empty()) return {};
  return fmt::format(" ({})", fmt::join(words, ", "));
}

// "this machine's /a"; for what is shown in the same place as outside, "this machine's own".
std::string source_in_words(const MountPlan& mount) {
  return mount.source == mount.target ? "this machine's own" : fmt::format("this machine's {}", mount.source);
}

std::string device_in_words(const MountPlan& mount) {
  const auto& device = mount.device;
  const std::string_view kind = device.type == 'b' ? "block" : "character";
  if (!mount.source.empty()) return source_in_words(mount);
  return fmt::format("a {} device node, {}:{}", kind, device.major, device.minor);
}

}  // namespace

std::string_view mount_kind_name(MountKind kind) noexcept {
  switch (kind) {
    case MountKind::bind:
      return "bind";
    case MountKind::filesystem:
      return "filesystem";
    case MountKind::overlay:
      return "overlay";
    case MountKind::directory:
      return "directory";
    case MountKind::symlink:
      return "symlink";
    case MountKind::file:
      return "file";
    case MountKind::copy:
      return "copy";
    case MountKind::device:
      return "device";
    case MountKind::mask:
      return "mask";
    case MountKind::seal:
      return "seal";
    case MountKind::read_only:
      return "read-only";
    case MountKind::change:
      return "change";
  }
  return "unknown";
}

std::string_view root_kind_name(RootKind kind) noexcept {
  switch (kind) {
    case RootKind::none:
      return "none";
    case RootKind::bind:
      return "bind";
    case RootKind::overlay:
      return "overlay";
    case RootKind::tmpfs:
      return "tmpfs";
  }
  return "unknown";
}

std::vector<std::string_view> attribute_names(uint64_t attributes) {
  std::vector<std::string_view> names;
  for (const AttributeName& known : kAttributes) {
    if ((attributes & known.attribute) != 0) names.push_back(known.name);
  }
  return names;
}

std::string_view propagation_name(uint64_t propagation) noexcept {
  switch (propagation) {
    case MS_SHARED:
      return "shared";
    case MS_SLAVE:
      return "slave";
    default:
      return "private";
  }
}

std::string bytes_in_words(uint64_t bytes) {
  constexpr std::array<std::string_view, 6> kUnits{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  constexpr uint64_t kUnit = 1024;
  uint64_t number = bytes;
  size_t unit = 0;
  while (number >= kUnit && number % kUnit == 0 && unit < kUnits.size()) {
    number /= kUnit;
    ++unit;
  }
  if (unit == 0) return fmt::format("{} bytes", bytes);
  return fmt::format("{} {}", number, kUnits[unit - 1]);
}

std::string nanoseconds_in_words(int64_t nanoseconds) {
  struct Unit {
    uint64_t nanoseconds;
    std::string_view name;
  };
  constexpr uint64_t kSecond = 1'000'000'000;
  constexpr std::array kUnits{Unit{86'400 * kSecond, "d"},
                              Unit{3'600 * kSecond, "h"},
                              Unit{60 * kSecond, "min"},
                              Unit{kSecond, "s"},
                              Unit{1'000'000, "ms"},
                              Unit{1'000, "us"},
                              Unit{1, "ns"}};
  if (nanoseconds == 0) return "0 s";
  // The negation of the smallest number is beyond the signed type.
  uint64_t left =
      nanoseconds < 0 ? uint64_t{0} - static_cast<uint64_t>(nanoseconds) : static_cast<uint64_t>(nanoseconds);
  std::string out = nanoseconds < 0 ? "-" : "";
  bool first = true;
  for (const Unit& unit : kUnits) {
    const uint64_t count = left / unit.nanoseconds;
    left %= unit.nanoseconds;
    if (count == 0) continue;
    out += fmt::format("{}{} {}", first ? "" : " ", count, unit.name);
    first = false;
  }
  return out;
}

std::string mount_in_words(const MountPlan& mount) {
  switch (mount.kind) {
    case MountKind::bind:
      return source_in_words(mount) + settings(mount);
    case MountKind::filesystem:
      return fmt::format("a new {}{}", mount.type, settings(mount));
    case MountKind::overlay: {
      const std::string writes =
          mount.upper.empty() ? "writes are thrown away" : fmt::format("writes go to {}", mount.upper);
      return fmt::format("an overlay over {}; {}{}", source_in_words(mount), writes, settings(mount));
    }
    case MountKind::directory:
      return fmt::format("an empty directory, mode {:o}", mount.mode);
    case MountKind::symlink:
      return fmt::format("a link to {}", mount.source);
    case MountKind::file:
      return fmt::format("a file of {} bytes that cove writes", mount.content.size());
    case MountKind::copy:
      return fmt::format("a copy of {}{}", source_in_words(mount), mount.optional ? ", if there is one" : "");
    case MountKind::device:
      return device_in_words(mount);
    case MountKind::mask:
      return "hidden";
    case MountKind::seal:
      return "made read-only";
    case MountKind::read_only:
      return "made read-only, with all below it";
    case MountKind::change:
      return "the mount that is there, with other settings";
  }
  return {};
}

std::string user_name(const userdb::UserSpec& user) {
  std::string name = user.uid ? fmt::format("{}", *user.uid) : user.user;
  if (user.has_group()) name += user.gid ? fmt::format(":{}", *user.gid) : ":" + user.group;
  return name;
}

std::string shell_word(std::string_view word) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:=,@%+";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string_view::npos) return std::string(word);
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'') {
      out += "'\\''";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + "'";
}

}  // namespace cove::cli

#include "archive/entry_rules.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace cove::archive {
namespace {

constexpr size_t kMostWarnings = 20;
constexpr size_t kMostParts = 512;

}  // namespace

Error refused(const Entry& entry, std::string_view why) {
  return Error(ErrorCode::invalid_argument, fmt::format("{}: {}", quote(entry.path), why));
}

Result<std::vector<std::string_view>> path_parts(const std::string& stored, bool first_counts) {
  std::vector<std::string_view> parts;
  bool counts = first_counts && stored.starts_with('.');
  for (const std::string_view part : split(stored, '/')) {
    if (part.empty() || (part == "." && !counts)) continue;
    counts = false;
    if (part == "..") {
      return Error(ErrorCode::invalid_argument,
                   fmt::format("{}: the path leads out of the archive's directory", quote(stored)));
    }
    parts.push_back(part);
  }
  if (parts.size() > kMostParts)
    return Error(ErrorCode::invalid_argument,
                 fmt::format("{}: more than {} directories within each other", quote(stored), kMostParts));
  return parts;
}

bool keeps_attribute(std::string_view name, bool special, bool layer) noexcept {
  if (name == "security.capability") return special;
  if (name.starts_with("system.posix_acl_")) return layer;
  return name.starts_with("user.") && !is_overlay_attribute(name);
}

std::string_view why_left_out(const Entry& entry, bool devices, bool layer) noexcept {
  const bool device = entry.type == Type::character || entry.type == Type::block;
  if (device && !devices) return layer ? "only root can make devices" : "devices are not copied";
  if (layer && entry.type == Type::character && entry.device_major == 0 && entry.device_minor == 0)
    return "on an overlay, device 0:0 says that something is gone";
  return {};
}

void Warnings::left_out(std::string_view what, std::string_view why) {
  if (texts_.size() < kMostWarnings) texts_.push_back(fmt::format("left out {}: {}", what, why));
}

}  // namespace cove::archive

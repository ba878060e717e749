#include "archive/whiteout.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "sys/file.h"
#include "sys/inode.h"

namespace cove::archive {
namespace {

constexpr const char* kTrustedOpaque = "trusted.overlay.opaque";
constexpr const char* kUserOpaque = "user.overlay.opaque";

}  // namespace

Result<std::optional<Whiteout>> parse_whiteout(std::string_view name) {
  if (!name.starts_with(kWhiteoutPrefix)) return std::optional<Whiteout>();
  Whiteout whiteout;
  const std::string_view hidden = name.substr(kWhiteoutPrefix.size());
  if (name == kOpaqueName) {
    whiteout.opaque = true;
  } else if (hidden.starts_with(kWhiteoutPrefix)) {
    whiteout.other = true;
  } else if (hidden.empty() || hidden == "." || hidden == "..") {
    return Error(ErrorCode::invalid_argument, fmt::format("a whiteout of {}", quote(hidden)));
  } else {
    whiteout.name = hidden;
  }
  return std::optional(std::move(whiteout));
}

bool is_whiteout(const struct stat& info) noexcept {
  return S_ISCHR(info.st_mode) && info.st_rdev == 0;
}

Status make_whiteout(int dir_fd, const std::string& name) {
  return sys::make_device_at(dir_fd, name.c_str(), S_IFCHR, 0, 0, 0);
}

Status set_opaque(int fd, bool trusted) {
  if (trusted) COVE_TRY(sys::set_attribute(fd, kTrustedOpaque, "y"));
  Status set = sys::set_attribute(fd, kUserOpaque, "y");
  if (!set) set.error().set_hint("layers need a file system with extended attributes");
  return set;
}

bool is_opaque(int fd) {
  for (const char* name : {kTrustedOpaque, kUserOpaque}) {
    const auto value = sys::get_attribute(fd, name, 16);
    if (value && *value && **value == "y") return true;
  }
  return false;
}

bool is_overlay_attribute(std::string_view name) noexcept {
  return name.starts_with("trusted.overlay.") || name.starts_with("user.overlay.");
}

}  // namespace cove::archive

// What a layer of an image says is gone: in an archive a file named ".wh.NAME" or ".wh..wh..opq", on an
// overlay a character device 0:0 or an attribute. Sources: the OCI image specification, layer.md
// ("Whiteouts"); Documentation/filesystems/overlayfs.rst.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::archive {

inline constexpr std::string_view kWhiteoutPrefix = ".wh.";
inline constexpr std::string_view kOpaqueName = ".wh..wh..opq";

struct Whiteout {
  std::string name;     // in the same directory; empty for the other two
  bool opaque = false;  // nothing of the lower layers is seen in the directory
  bool other = false;   // AUFS's own housekeeping: it means nothing
};
// Of an entry's last name. ErrorCode::invalid_argument: it hides nothing that could be there ("..").
Result<std::optional<Whiteout>> parse_whiteout(std::string_view name);

[[nodiscard]] bool is_whiteout(const struct stat& info) noexcept;
Status make_whiteout(int dir_fd, const std::string& name);

// Only who has CAP_SYS_ADMIN on the machine may use "trusted." attributes; overlays in a user namespace look
// at "user." ones (mount option userxattr). Who may writes both, so that the layer is right for both.
Status set_opaque(int fd, bool trusted);
[[nodiscard]] bool is_opaque(int fd);
// Overlayfs's own: no layer brings them along.
[[nodiscard]] bool is_overlay_attribute(std::string_view name) noexcept;

}  // namespace cove::archive

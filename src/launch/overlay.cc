#include "launch/overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include "kernel/mount/tree.h"
#include "sys/file.h"
#include "sys/mount.h"
#include "sys/process.h"

namespace cove::launch {
namespace {

// Overlayfs wants the attributes of the upper directory's root on the overlay's root: a new scratch directory
// gets the lower's.
Status copy_directory_metadata(int from_fd, int to_dir_fd, const char* name) {
  const struct stat info = COVE_TRY(sys::stat_fd(from_fd));
  COVE_TRY(sys::change_mode_at(to_dir_fd, name, info.st_mode & 07777));
  // An owner that is not mapped into the user namespace stays ours.
  static_cast<void>(sys::change_owner_at(to_dir_fd, name, info.st_uid, info.st_gid, AT_SYMLINK_NOFOLLOW));
  return {};
}

Error explain(Error error, const OverlayRequest& request) {
  if (error.sys_errno() == EPERM || error.sys_errno() == ENODEV) error.set_code(ErrorCode::overlay_userns);
  if (error.sys_errno() == EINVAL) {
    error.set_hint(
        "other file systems are mounted below its directory, which an overlay in a user namespace cannot "
        "take "
        "apart: unmount them, or use --rw");
  }
  if (error.sys_errno() == EACCES && !request.upper.empty()) {
    error.set_hint(fmt::format("the sandbox's ids must be able to search {}: chmod o+x it",
                               parent_directory(request.upper)));
  }
  error.add_context(fmt::format("overlay on {}", request.name));
  return error;
}

}  // namespace

Result<UniqueFd> mount_overlay(InitContext& context, const OverlayRequest& request) {
  const int staging = context.staging.get();
  const uint32_t number = context.overlays++;
  // Relative names of our own, since option strings are split at ':' and ',': no path of the user's gets into
  // them.
  const std::string lower = fmt::format("lower{}", number);
  COVE_TRY(sys::make_directory_at(staging, lower.c_str(), 0755));
  COVE_TRY(sys::attach_mount_at(request.lower_fd, staging, lower.c_str()));
  std::string upper = fmt::format("upper{}", number);
  std::string work = fmt::format("work{}", number);
  COVE_TRY(sys::make_directory_at(staging, upper.c_str(), 0755));
  if (request.upper.empty()) {
    COVE_TRY(sys::make_directory_at(staging, work.c_str(), 0755));
    COVE_TRY(copy_directory_metadata(request.lower_fd, staging, upper.c_str()));
  } else {
    // Upper and work must be seen through one mount: their common parent.
    COVE_TRY(sys::attach_mount_at(request.upper_parent_fd, staging, upper.c_str()));
  }
  std::vector<std::pair<std::string, std::string>> options;
  if (request.upper.empty()) {
    COVE_TRY(sys::change_directory_fd(staging));
    options = {{"lowerdir", lower}, {"upperdir", upper}, {"workdir", work}};
  } else {
    // From inside the upper directory none of its names is needed.
    const std::string inside = upper + "/" + base_name(request.upper);
    const UniqueFd directory =
        COVE_TRY(sys::open_at(staging, inside.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW));
    COVE_TRY(sys::change_directory_fd(directory.get()));
    options = {{"lowerdir", "../../" + lower},
               {"upperdir", "."},
               {"workdir", "../" + base_name(work_directory(request.upper))}};
  }
  if (request.userxattr) options.emplace_back("userxattr", "");
  Result<UniqueFd> mounted = mount::make_filesystem("overlay", options, 0);
  if (!mounted) return explain(std::move(mounted).error(), request);
  return mounted;
}

}  // namespace cove::launch

#include "launch/overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include "kernel/mount/tree.h"
#include "sys/file.h"
#include "sys/mount.h"
#include "sys/process.h"
#include "sys/statfs.h"

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

// What the upper directory is on, if it lacks what overlayfs asks of it: RENAME_WHITEOUT and extended
// attributes.
std::string_view unfit_for_writes(const OverlayRequest& request) {
  if (request.upper.empty()) return {};
  const auto name = sys::file_system_name(fmt::format("/proc/self/fd/{}", request.upper_parent_fd).c_str());
  for (const std::string_view unfit : {"nfs", "smb2", "v9fs", "fuse", "overlayfs"}) {
    if (name && *name == unfit) return unfit;
  }
  return {};
}

Error explain(Error error, const OverlayRequest& request) {
  const int cause = error.sys_errno();
  const std::string_view unfit = unfit_for_writes(request);
  if (!unfit.empty() && (cause == EINVAL || cause == EACCES || cause == EPERM)) {
    error.set_code(ErrorCode::unsupported);
    error.set_hint(
        "name a directory on a local disk: XDG_DATA_HOME or COVE_DATA_ROOT for containers, --upper for a "
        "sandbox");
    error.add_context(
        fmt::format("{} is on {}, where the kernel can't keep an overlay's writes", request.upper, unfit));
  } else if (cause == EPERM || cause == ENODEV) {
    error.set_code(ErrorCode::overlay_userns);
  } else if (cause == EINVAL) {
    error.set_hint(
        "other file systems are mounted below its directory, which an overlay in a user namespace cannot "
        "take apart: unmount them, or use --rw");
  } else if (cause == EACCES && !request.upper.empty()) {
    error.set_hint(fmt::format("the sandbox's ids must be able to search {}: chmod o+x it",
                               parent_directory(request.upper)));
  }
  error.add_context(fmt::format("overlay on {}", request.name));
  return error;
}

using Options = std::vector<std::pair<std::string, std::string>>;

// Where the parts of one overlay are, below the staging directory. The names are our own, since option
// strings are split at ':' and ',': no path of the user's gets into them.
struct Places {
  std::string lower, upper, work;
  std::vector<std::string> lowers;  // the topmost first
};

// Since Linux 6.5 each layer is an option of its own.
Options lower_options(const Places& places, const std::string& base) {
  if (places.lowers.empty()) return {{"lowerdir", base + places.lower}};
  Options options;
  for (const std::string& lower : places.lowers) options.emplace_back("lowerdir+", base + lower);
  return options;
}

void add_attributes(const OverlayRequest& request, Options& options) {
  if (request.userxattr) options.emplace_back("userxattr", "");
}

// A short name for each layer: a digit, a letter, then two of them.
std::string short_name(size_t number) {
  constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const size_t base = kDigits.size();
  if (number < base) return std::string{kDigits[number]};
  return {kDigits[number / base - 1], kDigits[number % base]};
}

// Before that, all are one option of at most 255 bytes (fsconfig(2)): links in a directory of their own have
// the shortest names that there are, so about 100 fit.
Result<Options> old_options_for(int staging, const Places& places, const OverlayRequest& request,
                                uint32_t number) {
  constexpr size_t kLongestOption = 255;
  const std::string links = fmt::format("links{}", number);
  COVE_TRY(sys::make_directory_at(staging, links.c_str(), 0755));
  const UniqueFd directory = COVE_TRY(sys::open_at(staging, links.c_str(), O_RDONLY | O_DIRECTORY));
  std::string joined;
  for (size_t i = 0; i < places.lowers.size(); ++i) {
    const std::string name = short_name(i);
    COVE_TRY(sys::make_symlink_at(("../" + places.lowers[i]).c_str(), directory.get(), name.c_str()));
    if (!joined.empty()) joined += ':';
    joined += name;
  }
  if (joined.size() > kLongestOption) {
    Error error(ErrorCode::unsupported, fmt::format("an overlay of {} layers", places.lowers.size()));
    error.set_hint("Linux before 6.5 takes about 100: use a later kernel, or fewer layers");
    return error;
  }
  const std::string upper =
      request.upper.empty() ? places.upper : fmt::format("{}/{}", places.upper, base_name(request.upper));
  const std::string work = request.upper.empty()
                               ? places.work
                               : fmt::format("{}/{}", places.upper, base_name(work_directory(request.upper)));
  COVE_TRY(sys::make_symlink_at(("../" + upper).c_str(), directory.get(), "upper"));
  COVE_TRY(sys::make_symlink_at(("../" + work).c_str(), directory.get(), "work"));
  COVE_TRY(sys::change_directory_fd(directory.get()));
  Options options{{"lowerdir", joined}, {"upperdir", "upper"}, {"workdir", "work"}};
  add_attributes(request, options);
  return options;
}

Status make_places(int staging, const Places& places, const OverlayRequest& request) {
  COVE_TRY(sys::make_directory_at(staging, places.lower.c_str(), 0755));
  COVE_TRY(sys::attach_mount_at(request.lower_fd, staging, places.lower.c_str()));
  COVE_TRY(sys::make_directory_at(staging, places.upper.c_str(), 0755));
  // Upper and work must be seen through one mount: their common parent.
  if (!request.upper.empty())
    return sys::attach_mount_at(request.upper_parent_fd, staging, places.upper.c_str());
  COVE_TRY(sys::make_directory_at(staging, places.work.c_str(), 0755));
  if (places.lowers.empty()) return copy_directory_metadata(request.lower_fd, staging, places.upper.c_str());
  const UniqueFd top = COVE_TRY(sys::open_at(staging, places.lowers.front().c_str(), O_RDONLY | O_DIRECTORY));
  return copy_directory_metadata(top.get(), staging, places.upper.c_str());
}

// And enters the directory that they are seen from.
Result<Options> new_options_for(int staging, const Places& places, const OverlayRequest& request) {
  Options options;
  if (request.upper.empty()) {
    COVE_TRY(sys::change_directory_fd(staging));
    options = lower_options(places, "");
    options.emplace_back("upperdir", places.upper);
    options.emplace_back("workdir", places.work);
  } else {
    // From inside the upper directory none of its names is needed.
    const std::string inside = places.upper + "/" + base_name(request.upper);
    const UniqueFd directory =
        COVE_TRY(sys::open_at(staging, inside.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW));
    COVE_TRY(sys::change_directory_fd(directory.get()));
    options = lower_options(places, "../../");
    options.emplace_back("upperdir", ".");
    options.emplace_back("workdir", "../" + base_name(work_directory(request.upper)));
  }
  add_attributes(request, options);
  return options;
}

}  // namespace

Result<UniqueFd> mount_overlay(InitContext& context, const OverlayRequest& request) {
  const int staging = context.staging.get();
  const uint32_t number = context.overlays++;
  Places places{
      fmt::format("lower{}", number), fmt::format("upper{}", number), fmt::format("work{}", number), {}};
  if (request.lowers != nullptr) {
    for (const std::string& lower : *request.lowers)
      places.lowers.push_back(fmt::format("{}/{}", places.lower, lower));
  }
  COVE_TRY(make_places(staging, places, request));
  const Options options = COVE_TRY(new_options_for(staging, places, request));
  Result<UniqueFd> mounted = mount::make_filesystem("overlay", options, 0);
  if (!mounted && mounted.error().sys_errno() == EINVAL && !places.lowers.empty()) {
    const Options old = COVE_TRY(old_options_for(staging, places, request, number));
    mounted = mount::make_filesystem("overlay", old, 0);
  }
  if (!mounted) return explain(std::move(mounted).error(), request);
  return mounted;
}

}  // namespace cove::launch

#include "kernel/mount/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <string>
#include <vector>

#include "sys/file.h"

namespace cove::mount {
namespace {

constexpr int kMaxDepth = 128;

Status copy_entries(int from_fd, int to_fd, int depth);

Status set_metadata(int to_fd, const char* name, const struct stat& info) {
  // The owner first: changing it clears the set-user-ID bits.
  Status owned = sys::change_owner_at(to_fd, name, info.st_uid, info.st_gid, AT_SYMLINK_NOFOLLOW);
  // An owner that is not mapped into the user namespace: then it is ours.
  if (!owned && owned.error().sys_errno() != EINVAL) return owned;
  return S_ISLNK(info.st_mode) ? Status() : sys::change_mode_at(to_fd, name, info.st_mode & 07777);
}

Status copy_file(int from_fd, int to_fd, const char* name) {
  const UniqueFd in = COVE_TRY(sys::open_at(from_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  const UniqueFd out = COVE_TRY(sys::open_at(to_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
  return sys::copy_content(in.get(), out.get(), name);
}

Status copy_symlink(int from_fd, int to_fd, const char* name) {
  const std::string content = COVE_TRY(sys::read_link_at(from_fd, name));
  return sys::make_symlink_at(content.c_str(), to_fd, name);
}

Status copy_subdirectory(int from_fd, int to_fd, const char* name, int depth) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
  COVE_TRY(sys::make_directory_at(to_fd, name, 0700));
  const UniqueFd in = COVE_TRY(sys::open_at(from_fd, name, kFlags));
  const UniqueFd out = COVE_TRY(sys::open_at(to_fd, name, kFlags));
  return copy_entries(in.get(), out.get(), depth + 1);
}

Status copy_entry(int from_fd, int to_fd, const char* name, int depth) {
  const struct stat info = COVE_TRY(sys::stat_at(from_fd, name, AT_SYMLINK_NOFOLLOW));
  switch (info.st_mode & S_IFMT) {
    case S_IFDIR:
      COVE_TRY(copy_subdirectory(from_fd, to_fd, name, depth));
      break;
    case S_IFREG:
      COVE_TRY(copy_file(from_fd, to_fd, name));
      break;
    case S_IFLNK:
      COVE_TRY(copy_symlink(from_fd, to_fd, name));
      break;
    case S_IFSOCK:
      return {};
    default:
      COVE_TRY(sys::make_device_at(to_fd, name, info.st_mode & S_IFMT, 0600, major(info.st_rdev),
                                   minor(info.st_rdev)));
      break;
  }
  return set_metadata(to_fd, name, info);
}

Status copy_entries(int from_fd, int to_fd, int depth) {
  if (depth > kMaxDepth) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("more than {} directories within each other", kMaxDepth));
  }
  const std::vector<std::string> names = COVE_TRY(sys::list_directory(from_fd, "."));
  for (const std::string& name : names) {
    COVE_TRY(copy_entry(from_fd, to_fd, name.c_str(), depth).context(name));
  }
  return {};
}

}  // namespace

Status copy_directory(int from_fd, int to_fd) {
  const struct stat info = COVE_TRY(sys::stat_fd(from_fd));
  COVE_TRY(copy_entries(from_fd, to_fd, 0));
  return set_metadata(to_fd, ".", info);
}

}  // namespace cove::mount

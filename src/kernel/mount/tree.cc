#include "kernel/mount/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "sys/file.h"
#include "sys/mount.h"

namespace cove::mount {
namespace {

constexpr int kMaxDepth = 128;  // parts of a path; PATH_MAX would allow 2,048

Result<UniqueFd> open_directory(int root_fd, const std::string& path, int depth);

// Where a link to nothing, of which `path` is the name, leads: below the same root.
Result<std::string> follow_link(const Parent& parent, const std::string& path) {
  const std::string link = COVE_TRY(sys::read_link_at(parent.directory.get(), parent.name.c_str()));
  if (link.starts_with('/')) return link;
  std::string_view directory = path;
  while (directory.ends_with('/')) directory.remove_suffix(1);
  directory = directory.substr(0, directory.rfind('/') + 1);
  return fmt::format("{}{}", directory, link);
}

Result<Parent> open_parent_bounded(int root_fd, const std::string& path, int depth) {
  std::string_view rest = path;
  while (rest.ends_with('/')) rest.remove_suffix(1);
  const size_t slash = rest.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? rest : rest.substr(slash + 1);
  if (name.empty() || name == "." || name == ".." || depth > kMaxDepth) {
    return Error(ErrorCode::invalid_argument, fmt::format("path {} inside the root cannot be created", path));
  }
  const std::string directory(slash == std::string_view::npos ? std::string_view{} : rest.substr(0, slash));
  return Parent{COVE_TRY(open_directory(root_fd, directory.empty() ? "/" : directory, depth + 1)),
                std::string(name)};
}

Result<UniqueFd> open_directory(int root_fd, const std::string& path, int depth) {
  constexpr int kFlags = O_PATH | O_DIRECTORY;
  const int fd = sys::try_open_in_root(root_fd, path.c_str(), kFlags);
  if (fd >= 0) return UniqueFd(fd);
  if (fd != -ENOENT) return Error::from_errno(fmt::format("open directory {} inside the root", path), -fd);
  const Parent parent = COVE_TRY(open_parent_bounded(root_fd, path, depth));
  const Status made = sys::make_directory_at(parent.directory.get(), parent.name.c_str(), 0755);
  // As in mount(8)'s world a link to nothing names what is to be made; loops have not come this far (ELOOP).
  if (!made && made.error().sys_errno() == EEXIST)
    return open_directory(root_fd, COVE_TRY(follow_link(parent, path)), depth + 1);
  if (!made) return Error(made.error());
  return sys::open_in_root(root_fd, path.c_str(), kFlags);
}

Result<UniqueFd> open_file(int root_fd, const std::string& path, int depth) {
  const Parent parent = COVE_TRY(open_parent_bounded(root_fd, path, depth));
  const Result<UniqueFd> file = sys::open_at(parent.directory.get(), parent.name.c_str(),
                                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644);
  if (!file && file.error().sys_errno() == EEXIST)
    return open_file(root_fd, COVE_TRY(follow_link(parent, path)), depth + 1);
  if (!file) return Error(file.error());
  return sys::open_in_root(root_fd, path.c_str(), O_PATH);
}

}  // namespace

Result<UniqueFd> make_filesystem(const char* type, Options options, uint64_t attributes,
                                 const std::string& source) {
  const UniqueFd context = COVE_TRY(sys::fs_open(type));
  // Only a name, for mount tables; without it they say "none".
  COVE_TRY(sys::fs_set_string(context.get(), "source", source.empty() ? type : source.c_str()));
  for (const auto& [key, value] : options) {
    if (value.empty()) {
      COVE_TRY(sys::fs_set_flag(context.get(), key.c_str()));
    } else {
      COVE_TRY(sys::fs_set_string(context.get(), key.c_str(), value.c_str()));
    }
  }
  return sys::fs_mount(context.get(), type, attributes);
}

Result<Parent> open_parent(int root_fd, const std::string& path) {
  return open_parent_bounded(root_fd, path, 0);
}

Result<UniqueFd> open_target(int root_fd, const std::string& path, Target missing) {
  const int fd = sys::try_open_in_root(root_fd, path.c_str(), O_PATH);
  if (fd >= 0) return UniqueFd(fd);
  if (fd != -ENOENT || missing == Target::must_exist) {
    return Error::from_errno(fmt::format("open {} inside the root", path), -fd);
  }
  if (missing == Target::directory) return open_directory(root_fd, path, 0);
  return open_file(root_fd, path, 0);
}

Result<bool> make_read_only(int root_fd, const std::string& path) {
  const int fd = sys::try_open_in_root(root_fd, path.c_str(), O_PATH);
  if (fd == -ENOENT) return false;
  if (fd < 0) return Error::from_errno(fmt::format("open {} inside the root", path), -fd);
  const UniqueFd target(fd);
  const UniqueFd copy =
      COVE_TRY(sys::open_tree(target.get(), "", OPEN_TREE_CLONE | AT_RECURSIVE | AT_EMPTY_PATH));
  COVE_TRY(sys::set_mount_attributes(copy.get(), {.set = MOUNT_ATTR_RDONLY}, true));
  COVE_TRY(sys::attach_mount(copy.get(), target.get()));
  return true;
}

Result<UniqueFd> Masker::open_cover(bool directory) {
  if (directory) {
    if (!empty_directory_.valid()) {
      const std::pair<std::string, std::string> options[] = {{"mode", "555"}, {"nr_inodes", "1"}};
      empty_directory_ = COVE_TRY(make_filesystem(
          "tmpfs", options, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC));
      // An attached mount can be cloned on every kernel, a detached one only since Linux 6.15: so the first
      // use attaches this one, and the later uses clone it.
      return sys::duplicate_fd(empty_directory_.get());
    }
    return sys::open_tree(empty_directory_.get(), "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
  }
  if (!null_device_.valid()) {
    UniqueFd null = COVE_TRY(sys::open_in_root(root_fd_, "/dev/null", O_PATH));
    const struct stat info = COVE_TRY(sys::stat_fd(null.get()));
    if (!S_ISCHR(info.st_mode) || info.st_rdev != makedev(1, 3)) {
      return Error(ErrorCode::device_denied,
                   "/dev/null inside the root is not the null device: it cannot mask a file");
    }
    null_device_ = std::move(null);
  }
  return sys::open_tree(null_device_.get(), "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
}

Result<bool> Masker::mask(const std::string& path) {
  const int fd = sys::try_open_in_root(root_fd_, path.c_str(), O_PATH);
  if (fd == -ENOENT || fd == -ENOTDIR) return false;
  if (fd < 0) return Error::from_errno(fmt::format("open {} inside the root", path), -fd);
  const UniqueFd target(fd);
  const struct stat info = COVE_TRY(sys::stat_fd(target.get()));
  const UniqueFd cover = COVE_TRY(open_cover(S_ISDIR(info.st_mode)));
  COVE_TRY(sys::attach_mount(cover.get(), target.get()));
  return true;
}

}  // namespace cove::mount

#include "sys/inode.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>

#include "sys/call.h"
#include "sys/openat2.h"

namespace cove::sys {

Result<UniqueFd> open_beneath(int dir_fd, const char* path, int flags, mode_t mode) {
  const int fd = try_openat2(dir_fd, path, flags, mode, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
  if (fd < 0) return Error::from_errno(fmt::format("open {}", path), -fd);
  return UniqueFd(fd);
}

namespace {

std::array<struct timespec, 2> both_times(const FileTime& time) {
  const struct timespec value { time.seconds, static_cast<long>(time.nanoseconds) };
  return {value, value};
}

}  // namespace

Status set_time_at(int dir_fd, const char* name, const FileTime& time) {
  const auto times = both_times(time);
  if (::utimensat(dir_fd, name, times.data(), AT_SYMLINK_NOFOLLOW) != 0)
    return last_error("set the time of {}", name);
  return {};
}

Status set_time_fd(int fd, const FileTime& time) {
  const auto times = both_times(time);
  if (::futimens(fd, times.data()) != 0) return last_error("set the time of descriptor {}", fd);
  return {};
}

Status make_link_at(int from_dir_fd, const char* from, int to_dir_fd, const char* to) {
  if (::linkat(from_dir_fd, from, to_dir_fd, to, 0) != 0) return last_error("link {} to {}", to, from);
  return {};
}

Result<std::vector<std::string>> list_attributes(int fd) {
  const ssize_t size = ::flistxattr(fd, nullptr, 0);
  if (size < 0 && errno == EOPNOTSUPP) return std::vector<std::string>();
  if (size < 0) return last_error("list attributes");
  std::string text(static_cast<size_t>(size), '\0');
  const ssize_t got = ::flistxattr(fd, text.data(), text.size());
  if (got < 0) return last_error("list attributes");
  text.resize(static_cast<size_t>(got));
  std::vector<std::string> names;
  for (size_t at = 0; at < text.size();) {
    names.emplace_back(text.c_str() + at);
    at += names.back().size() + 1;
  }
  return names;
}

Result<std::optional<std::string>> get_attribute(int fd, const std::string& name, size_t limit) {
  std::string value(limit, '\0');
  const ssize_t got = ::fgetxattr(fd, name.c_str(), value.data(), value.size());
  // Removed meanwhile, or one that is closed to us.
  if (got < 0 && (errno == ENODATA || errno == EPERM || errno == EOPNOTSUPP))
    return std::optional<std::string>();
  if (got < 0) return last_error("read attribute {}", name);
  value.resize(static_cast<size_t>(got));
  return std::optional(std::move(value));
}

Status set_attribute(int fd, const std::string& name, std::string_view value) {
  if (::fsetxattr(fd, name.c_str(), value.data(), value.size(), 0) != 0)
    return last_error("set attribute {}", name);
  return {};
}

Status change_mode_fd(int fd, mode_t mode) {
  if (::fchmod(fd, mode) != 0) return last_error("change mode of descriptor {}", fd);
  return {};
}

Status set_size(int fd, uint64_t bytes) {
  if (::ftruncate(fd, static_cast<off_t>(bytes)) != 0) return last_error("set the size of descriptor {}", fd);
  return {};
}

Status reserve_space(int fd, uint64_t bytes) {
  if (::fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(bytes)) == 0 || errno == EOPNOTSUPP)
    return {};
  Error error = last_error("reserve {} bytes in descriptor {}", bytes, fd);
  if (error.sys_errno() == ENOSPC || error.sys_errno() == EDQUOT) error.set_code(ErrorCode::disk_full);
  return error;
}

Status skip_forward(int fd, uint64_t bytes) {
  if (::lseek(fd, static_cast<off_t>(bytes), SEEK_CUR) < 0) return last_error("seek in descriptor {}", fd);
  return {};
}

Status write_at(int fd, uint64_t offset, std::string_view content) {
  while (!content.empty()) {
    const ssize_t put = ::pwrite(fd, content.data(), content.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) {
      Error error = last_error("write to descriptor {}", fd);
      if (error.sys_errno() == ENOSPC || error.sys_errno() == EDQUOT) error.set_code(ErrorCode::disk_full);
      return error;
    }
    content.remove_prefix(static_cast<size_t>(put));
    offset += static_cast<uint64_t>(put);
  }
  return {};
}

void start_writing(int fd, uint64_t offset, uint64_t size) noexcept {
  static_cast<void>(
      ::sync_file_range(fd, static_cast<off_t>(offset), static_cast<off_t>(size), SYNC_FILE_RANGE_WRITE));
}

Status rewind(int fd) {
  if (::lseek(fd, 0, SEEK_SET) < 0) return last_error("seek in descriptor {}", fd);
  return {};
}

Result<uint64_t> filesystem_type(int fd) {
  struct statfs info {};
  if (::fstatfs(fd, &info) != 0) return last_error("statfs descriptor {}", fd);
  return static_cast<uint64_t>(info.f_type);
}

Result<size_t> read_some(int fd, char* buffer, size_t size) {
  const ssize_t got = retry_interrupted([&] { return ::read(fd, buffer, size); });
  if (got < 0) return last_error("read descriptor {}", fd);
  return static_cast<size_t>(got);
}

}  // namespace cove::sys

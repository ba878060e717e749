#include "sys/file.h"

#include <dirent.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <memory>

#include "sys/call.h"
#include "sys/openat2.h"

namespace cove::sys {

Result<UniqueFd> open_at(int dir_fd, const char* path, int flags, mode_t mode) {
  const int fd = retry_interrupted([&] { return ::openat(dir_fd, path, flags | O_CLOEXEC, mode); });
  if (fd < 0) return last_error("open {}", path);
  return UniqueFd(fd);
}

int try_open_in_root(int root_fd, const char* path, int flags, mode_t mode) noexcept {
  return try_openat2(root_fd, path, flags, mode, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

int try_openat2(int dir_fd, const char* path, int flags, mode_t mode, uint64_t resolve) noexcept {
  struct open_how how {};
  how.flags = static_cast<uint64_t>(flags) | O_CLOEXEC;
  how.mode = mode;
  how.resolve = resolve;
  long fd = -1;
  constexpr int kTries = 64;
  for (int tries = 0; tries < kTries; ++tries) {
    fd = ::syscall(SYS_openat2, dir_fd, path, &how, sizeof how);
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR)) break;
  }
  return fd >= 0 ? static_cast<int>(fd) : -errno;
}

Result<UniqueFd> open_in_root(int root_fd, const char* path, int flags, mode_t mode) {
  const int fd = try_open_in_root(root_fd, path, flags, mode);
  if (fd < 0) return Error::from_errno(fmt::format("open {} inside the root", path), -fd);
  return UniqueFd(fd);
}

Result<std::string> read_all(int fd, std::string_view name, size_t limit) {
  std::string content;
  std::array<char, 4096> buffer;
  while (true) {
    const ssize_t got = retry_interrupted([&] { return ::read(fd, buffer.data(), buffer.size()); });
    if (got < 0) return last_error("read {}", name);
    if (got == 0) return content;
    content.append(buffer.data(), static_cast<size_t>(got));
    if (content.size() > limit) return Error::from_errno(fmt::format("read {}", name), EFBIG);
  }
}

Result<std::string> read_file_at(int dir_fd, const char* path, size_t limit) {
  const UniqueFd fd = COVE_TRY(open_at(dir_fd, path, O_RDONLY));
  return read_all(fd.get(), path, limit);
}

namespace {

Result<std::string> read_regular(const UniqueFd& fd, const char* path, size_t limit) {
  const struct stat info = COVE_TRY(stat_fd(fd.get()));
  if (!S_ISREG(info.st_mode)) {
    return Error(ErrorCode::invalid_argument, fmt::format("{} is not a regular file", path));
  }
  return read_all(fd.get(), path, limit);
}

}  // namespace

Result<std::string> read_regular_file(const char* path, size_t limit) {
  const UniqueFd fd = COVE_TRY(open_path(path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  return read_regular(fd, path, limit);
}

Result<std::string> read_untrusted_file(int root_fd, const char* path, size_t limit) {
  const UniqueFd fd = COVE_TRY(open_in_root(root_fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  return read_regular(fd, path, limit);
}

Status write_existing_at(int dir_fd, const char* path, std::string_view content) {
  const UniqueFd fd = COVE_TRY(open_at(dir_fd, path, O_WRONLY));
  const ssize_t written =
      retry_interrupted([&] { return ::write(fd.get(), content.data(), content.size()); });
  if (written < 0) return last_error("write {} to {}", content, path);
  if (static_cast<size_t>(written) != content.size()) {
    return Error::from_errno(fmt::format("write {} to {}", content, path), EIO);
  }
  return {};
}

Status write_all(int fd, std::string_view content, std::string_view name) {
  while (!content.empty()) {
    const ssize_t written = retry_interrupted([&] { return ::write(fd, content.data(), content.size()); });
    if (written < 0) {
      Error error = last_error("write {}", name);
      if (error.sys_errno() == ENOSPC || error.sys_errno() == EDQUOT) error.set_code(ErrorCode::disk_full);
      return error;
    }
    content.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

Status copy_content(int from_fd, int to_fd, std::string_view name) {
  constexpr size_t kChunk = size_t{1} << 30;
  while (true) {
    const ssize_t copied = retry_interrupted([&] { return ::sendfile(to_fd, from_fd, nullptr, kChunk); });
    if (copied < 0) return last_error("copy {}", name);
    if (copied == 0) return {};
  }
}

Status replace_file_at(int dir_fd, const char* name, std::string_view content, mode_t mode) {
  const std::string temporary = fmt::format("{}.tmp{}", name, ::getpid());
  const auto write_temporary = [&]() -> Status {
    const UniqueFd fd =
        COVE_TRY(open_at(dir_fd, temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode));
    COVE_TRY(write_all(fd.get(), content, temporary));
    if (::renameat(dir_fd, temporary.c_str(), dir_fd, name) != 0)
      return last_error("rename {} to {}", temporary, name);
    return {};
  };
  Status status = write_temporary();
  if (!status) ::unlinkat(dir_fd, temporary.c_str(), 0);
  return status;
}

Status replace_file(const char* path, std::string_view content, mode_t mode) {
  return replace_file_at(AT_FDCWD, path, content, mode);
}

Status rename_at(int from_dir_fd, const char* from, int to_dir_fd, const char* to) {
  if (::renameat(from_dir_fd, from, to_dir_fd, to) != 0) return last_error("rename {} to {}", from, to);
  return {};
}

Status make_directory_at(int dir_fd, const char* path, mode_t mode) {
  if (::mkdirat(dir_fd, path, mode) != 0) return last_error("create directory {}", path);
  return {};
}

Status make_directories(const std::string& path, mode_t mode) {
  for (size_t at = path.find('/', 1);; at = path.find('/', at + 1)) {
    const std::string part = path.substr(0, at);
    if (::mkdir(part.c_str(), mode) != 0 && errno != EEXIST) return last_error("create directory {}", part);
    if (at == std::string::npos) return {};
  }
}

Status remove_directory_at(int dir_fd, const char* path) {
  if (::unlinkat(dir_fd, path, AT_REMOVEDIR) != 0) return last_error("remove directory {}", path);
  return {};
}

Status remove_file_at(int dir_fd, const char* path) {
  if (::unlinkat(dir_fd, path, 0) != 0) return last_error("remove {}", path);
  return {};
}

Status make_symlink_at(const char* content, int dir_fd, const char* path) {
  if (::symlinkat(content, dir_fd, path) != 0) return last_error("create symbolic link {}", path);
  return {};
}

Result<std::string> read_link_at(int dir_fd, const char* path) {
  std::array<char, 4096> buffer;
  const ssize_t length = ::readlinkat(dir_fd, path, buffer.data(), buffer.size());
  if (length < 0) return last_error("read link {}", path);
  return std::string(buffer.data(), static_cast<size_t>(length));
}

Status make_device_at(int dir_fd, const char* path, mode_t type, mode_t mode, unsigned major,
                      unsigned minor) {
  if (::mknodat(dir_fd, path, type | mode, makedev(major, minor)) != 0)
    return last_error("create device {}", path);
  return {};
}

Result<struct stat> stat_fd(int fd) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return last_error("stat descriptor {}", fd);
  return info;
}

Result<struct stat> stat_at(int dir_fd, const char* path, int flags) {
  struct stat info {};
  if (::fstatat(dir_fd, path, &info, flags) != 0) return last_error("stat {}", path);
  return info;
}

bool exists(const char* path) noexcept {
  return ::access(path, F_OK) == 0;
}

Status check_access(const char* path, int mode) {
  if (::faccessat(AT_FDCWD, path, mode, AT_EACCESS) != 0) return last_error("access {}", path);
  return {};
}

Status change_owner_at(int dir_fd, const char* path, uid_t uid, gid_t gid, int flags) {
  if (::fchownat(dir_fd, path, uid, gid, flags) != 0)
    return last_error("change owner of {} to {}:{}", path, uid, gid);
  return {};
}

Status change_mode_at(int dir_fd, const char* path, mode_t mode) {
  if (::fchmodat(dir_fd, path, mode, 0) != 0) return last_error("change mode of {} to {:o}", path, mode);
  return {};
}

Result<std::vector<std::string>> list_directory(int dir_fd, const char* path) {
  UniqueFd fd = COVE_TRY(open_at(dir_fd, path, O_RDONLY | O_DIRECTORY));
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(fd.get()), &::closedir);
  if (stream == nullptr) return last_error("list {}", path);
  static_cast<void>(fd.release());  // the stream closes it
  std::vector<std::string> names;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());  // NOLINT(concurrency-mt-unsafe): the stream is ours alone
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return last_error("list {}", path);
  return names;
}

Result<UniqueFd> duplicate_fd(int fd) {
  const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
  if (copy < 0) return last_error("duplicate descriptor {}", fd);
  return UniqueFd(copy);
}

Status duplicate_fd_to(int fd, int target) {
  if (fd == target) {
    // dup2(2) would leave O_CLOEXEC as it is.
    if (::fcntl(fd, F_SETFD, 0) != 0) return last_error("keep descriptor {} over exec", fd);
    return {};
  }
  if (::dup2(fd, target) < 0) return last_error("duplicate descriptor {} to {}", fd, target);
  return {};
}

Status set_nonblocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) return last_error("set O_NONBLOCK");
  return {};
}

bool is_open_for(int fd, int access) noexcept {
  const int flags = ::fcntl(fd, F_GETFL);
  return flags >= 0 && ((flags & O_ACCMODE) == O_RDWR || (flags & O_ACCMODE) == access);
}

Result<PipePair> make_pipe(int flags) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), flags | O_CLOEXEC) != 0) return last_error("create pipe");
  return PipePair{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Status unlock(int fd) {
  if (::flock(fd, LOCK_UN) != 0) return last_error("unlock");
  return {};
}

Status lock_exclusive(int fd, bool wait) {
  if (retry_interrupted([&] { return ::flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB); }) != 0)
    return last_error("lock descriptor {}", fd);
  return {};
}

Status lock_shared(int fd, bool wait) {
  if (retry_interrupted([&] { return ::flock(fd, wait ? LOCK_SH : LOCK_SH | LOCK_NB); }) != 0)
    return last_error("lock descriptor {}", fd);
  return {};
}

}  // namespace cove::sys

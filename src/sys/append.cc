#include "sys/append.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/call.h"

namespace cove::sys {

int try_create_at(int dir_fd, const char* name, int flags, mode_t mode) noexcept {
  const int fd = retry_interrupted([&] { return ::openat(dir_fd, name, flags | O_CREAT | O_CLOEXEC, mode); });
  return fd >= 0 ? fd : -errno;
}

ssize_t write_parts(int fd, std::span<const struct iovec> parts) noexcept {
  const ssize_t written =
      retry_interrupted([&] { return ::writev(fd, parts.data(), static_cast<int>(parts.size())); });
  return written >= 0 ? written : -errno;
}

ssize_t read_at(int fd, std::span<char> buffer, off_t offset) noexcept {
  size_t got = 0;
  while (got < buffer.size()) {
    const ssize_t count = retry_interrupted([&] {
      return ::pread(fd, buffer.data() + got, buffer.size() - got, offset + static_cast<off_t>(got));
    });
    if (count < 0) return -errno;
    if (count == 0) break;
    got += static_cast<size_t>(count);
  }
  return static_cast<ssize_t>(got);
}

int64_t try_size(int fd) noexcept {
  struct stat info {};
  return ::fstat(fd, &info) == 0 ? int64_t{info.st_size} : -int64_t{errno};
}

FileIdentity identity_of(int fd) noexcept {
  struct stat info {};
  if (::fstat(fd, &info) != 0) return {};
  return {info.st_dev, info.st_ino};
}

FileIdentity identity_at(int dir_fd, const char* name) noexcept {
  struct stat info {};
  if (::fstatat(dir_fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0) return {};
  return {info.st_dev, info.st_ino};
}

int try_truncate(int fd, off_t size) noexcept {
  return retry_interrupted([&] { return ::ftruncate(fd, size); }) == 0 ? 0 : errno;
}

int try_rename_at(int dir_fd, const char* from, const char* to) noexcept {
  return ::renameat(dir_fd, from, dir_fd, to) == 0 ? 0 : errno;
}

int try_remove_at(int dir_fd, const char* name) noexcept {
  return ::unlinkat(dir_fd, name, 0) == 0 ? 0 : errno;
}

int try_sync(int fd) noexcept {
  return ::fsync(fd) == 0 ? 0 : errno;
}

Result<std::span<char>> map_private(size_t size) {
  void* address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED) return last_error("map {} bytes", size);
  return std::span(static_cast<char*>(address), size);
}

}  // namespace cove::sys

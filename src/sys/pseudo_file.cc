#include "sys/pseudo_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string_view>

#include "base/unique_fd.h"
#include "sys/call.h"

namespace cove::sys {

int try_open_at(int dir_fd, const char* path, int flags) noexcept {
  const int fd = retry_interrupted([&] { return ::openat(dir_fd, path, flags | O_CLOEXEC); });
  return fd >= 0 ? fd : -errno;
}

ssize_t read_pseudo(int dir_fd, const char* path, std::span<char> buffer) noexcept {
  const UniqueFd fd(try_open_at(dir_fd, path, O_RDONLY));
  if (!fd.valid()) return -errno;
  const ssize_t got = retry_interrupted([&] { return ::read(fd.get(), buffer.data(), buffer.size()); });
  return got >= 0 ? got : -errno;
}

ssize_t read_pseudo_fd(int fd, std::span<char> buffer) noexcept {
  const ssize_t got = retry_interrupted([&] { return ::pread(fd, buffer.data(), buffer.size(), 0); });
  return got >= 0 ? got : -errno;
}

int write_pseudo_fd(int fd, std::string_view content) noexcept {
  const ssize_t written = retry_interrupted([&] { return ::write(fd, content.data(), content.size()); });
  if (written < 0) return errno;
  return static_cast<size_t>(written) == content.size() ? 0 : EIO;
}

int write_pseudo(int dir_fd, const char* path, std::string_view content) noexcept {
  const UniqueFd fd(try_open_at(dir_fd, path, O_WRONLY));
  if (!fd.valid()) return errno;
  return write_pseudo_fd(fd.get(), content);
}

int try_make_directory_at(int dir_fd, const char* path, mode_t mode) noexcept {
  return ::mkdirat(dir_fd, path, mode) == 0 ? 0 : errno;
}

int try_remove_directory_at(int dir_fd, const char* path) noexcept {
  return ::unlinkat(dir_fd, path, AT_REMOVEDIR) == 0 ? 0 : errno;
}

int access_at(int dir_fd, const char* path, int mode) noexcept {
  return ::faccessat(dir_fd, path, mode, AT_EACCESS) == 0 ? 0 : errno;
}

Result<uint64_t> file_system_type(const char* path) {
  struct statfs info {};
  if (retry_interrupted([&] { return ::statfs(path, &info); }) != 0) return last_error("statfs {}", path);
  return static_cast<uint64_t>(info.f_type);
}

bool in_initial_namespace(const char* name) noexcept {
  // The inode numbers of the first namespaces are fixed: include/linux/proc_ns.h, PROC_*_INIT_INO.
  constexpr ino_t kFirstUser = 0xEFFFFFFD;
  constexpr ino_t kFirstCgroup = 0xEFFFFFFB;
  std::array<char, 64> path{};
  static_cast<void>(std::snprintf(path.data(), path.size(), "/proc/self/ns/%s", name));
  struct stat info {};
  if (::stat(path.data(), &info) != 0) return false;
  return info.st_ino == (std::string_view(name) == "user" ? kFirstUser : kFirstCgroup);
}

int try_signal_process(pid_t pid, int signal) noexcept {
  return ::kill(pid, signal) == 0 ? 0 : errno;
}

void sleep_microseconds(uint64_t microseconds) noexcept {
  constexpr uint64_t kPerSecond = 1'000'000;
  struct timespec left {};
  left.tv_sec = static_cast<time_t>(microseconds / kPerSecond);
  left.tv_nsec = static_cast<long>(microseconds % kPerSecond * 1000);
  while (::nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

}  // namespace cove::sys

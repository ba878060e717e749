#include "sys/pseudo_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "base/unique_fd.h"
#include "sys/call.h"

namespace cove::sys {

int try_open_at(int dir_fd, const char* path, int flags) noexcept {
  const int fd = retry_interrupted([&] { return ::openat(dir_fd, path, flags | O_CLOEXEC); });
  return fd >= 0 ? fd : -errno;
}

ssize_t read_some(int fd, std::span<char> buffer) noexcept {
  const ssize_t got = retry_interrupted([&] { return ::read(fd, buffer.data(), buffer.size()); });
  return got >= 0 ? got : -errno;
}

ssize_t read_pseudo(int dir_fd, const char* path, std::span<char> buffer) noexcept {
  const UniqueFd fd(try_open_at(dir_fd, path, O_RDONLY));
  if (!fd.valid()) return -errno;
  return read_some(fd.get(), buffer);
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

int try_set_attribute(const char* path, const char* name, std::string_view value) noexcept {
  return ::setxattr(path, name, value.data(), value.size(), 0) == 0 ? 0 : errno;
}

bool has_attribute(const char* path, const char* name) noexcept {
  return ::getxattr(path, name, nullptr, 0) >= 0;
}

int access_at(int dir_fd, const char* path, int mode) noexcept {
  return ::faccessat(dir_fd, path, mode, AT_EACCESS) == 0 ? 0 : errno;
}

std::optional<uint64_t> mount_id_of(const char* path) noexcept {
  struct statx info {};
  if (::statx(AT_FDCWD, path, AT_NO_AUTOMOUNT, STATX_MNT_ID, &info) != 0) return std::nullopt;
  if ((info.stx_mask & STATX_MNT_ID) == 0) return std::nullopt;
  return info.stx_mnt_id;
}

Result<std::vector<std::string>> list_subdirectories(int dir_fd, const char* path) {
  UniqueFd fd(try_open_at(dir_fd, path, O_RDONLY | O_DIRECTORY));
  if (!fd.valid()) return last_error("list {}", path);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(fd.get()), &::closedir);
  if (stream == nullptr) return last_error("list {}", path);
  static_cast<void>(fd.release());  // the stream closes it
  std::vector<std::string> names;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());  // NOLINT(concurrency-mt-unsafe): the stream is ours alone
    if (entry == nullptr) break;
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (entry->d_type == DT_DIR && name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return last_error("list {}", path);
  return names;
}

bool is_effective_root() noexcept {
  return ::geteuid() == 0;
}

bool in_initial_namespace(const char* name) noexcept {
  // The inode numbers of the first namespaces are fixed: include/linux/proc_ns.h, PROC_*_INIT_INO.
  struct First {
    std::string_view name;
    ino_t inode;
  };
  constexpr std::array kFirst{First{"user", 0xEFFFFFFD}, First{"cgroup", 0xEFFFFFFB},
                              First{"pid", 0xEFFFFFFC}, First{"uts", 0xEFFFFFFE}, First{"ipc", 0xEFFFFFFF}};
  const std::string path = std::string("/proc/self/ns/").append(name);
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return false;
  for (const First& first : kFirst) {
    if (first.name == name) return info.st_ino == first.inode;
  }
  return false;
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

#include "sys/notice.h"

#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "sys/call.h"

namespace cove::sys {

Result<UniqueFd> make_event_fd() {
  UniqueFd fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!fd.valid()) return last_error("create eventfd");
  return fd;
}

Result<uint64_t> read_event_fd(int fd) {
  uint64_t count = 0;
  const ssize_t got = retry_interrupted([&] { return ::read(fd, &count, sizeof count); });
  if (got < 0 && errno == EAGAIN) return uint64_t{0};
  if (got != static_cast<ssize_t>(sizeof count)) return last_error("read eventfd");
  return count;
}

Result<UniqueFd> open_inotify() {
  UniqueFd fd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!fd.valid()) return last_error("open inotify (see /proc/sys/fs/inotify/max_user_instances)");
  return fd;
}

Status watch_content(int inotify_fd, const char* path) {
  if (::inotify_add_watch(inotify_fd, path, IN_MODIFY) < 0) return last_error("watch {}", path);
  return {};
}

Status watch_directory(int inotify_fd, int dir_fd) {
  const std::string path = fmt::format("/proc/self/fd/{}", dir_fd);
  constexpr uint32_t kEvents = IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_ONLYDIR;
  if (::inotify_add_watch(inotify_fd, path.c_str(), kEvents) < 0)
    return last_error("watch directory (see /proc/sys/fs/inotify/max_user_watches)");
  return {};
}

Status watch_entries(int inotify_fd, const char* path) {
  constexpr uint32_t kEvents = IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_ONLYDIR;
  if (::inotify_add_watch(inotify_fd, path, kEvents) < 0)
    return last_error("watch {} (see /proc/sys/fs/inotify/max_user_watches)", path);
  return {};
}

Result<EntryChanges> read_entry_changes(int inotify_fd) {
  EntryChanges changes;
  std::array<char, 4096> buffer;
  while (true) {
    const ssize_t got = retry_interrupted([&] { return ::read(inotify_fd, buffer.data(), buffer.size()); });
    if (got < 0 && errno == EAGAIN) return changes;
    if (got <= 0) return last_error("read inotify");
    struct inotify_event event {};
    for (size_t at = 0; at + sizeof event <= static_cast<size_t>(got); at += sizeof event + event.len) {
      std::memcpy(&event, &buffer.at(at), sizeof event);
      if ((event.mask & (IN_Q_OVERFLOW | IN_DELETE_SELF | IN_IGNORED)) != 0) changes.all = true;
      // The name ends in zeros.
      if (event.len != 0) changes.names.emplace_back(&buffer.at(at + sizeof event));
    }
  }
}

Status drain_inotify(int inotify_fd) {
  std::array<char, 4096> buffer;
  while (true) {
    const ssize_t got = retry_interrupted([&] { return ::read(inotify_fd, buffer.data(), buffer.size()); });
    if (got < 0 && errno == EAGAIN) return {};
    if (got < 0) return last_error("read inotify");
    if (got == 0) return {};
  }
}

}  // namespace cove::sys

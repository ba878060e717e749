#include "store/file_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "sys/file.h"

namespace cove::store {

Result<std::optional<UniqueFd>> open_locked(int root_fd, const std::string& name, bool wait) {
  for (;;) {
    UniqueFd file = COVE_TRY(sys::open_at(root_fd, name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
    Status locked = sys::lock_exclusive(file.get(), wait);
    if (!locked && locked.error().sys_errno() == EWOULDBLOCK) return std::optional<UniqueFd>();
    COVE_TRY(std::move(locked));
    const struct stat opened = COVE_TRY(sys::stat_fd(file.get()));
    const Result<struct stat> named = sys::stat_at(root_fd, name.c_str(), AT_SYMLINK_NOFOLLOW);
    if (named && named->st_ino == opened.st_ino) return std::optional(std::move(file));
  }
}

}  // namespace cove::store

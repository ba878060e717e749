#include "sys/statfs.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include "sys/call.h"

namespace cove::sys {

bool mounted_noexec(int fd) noexcept {
  struct statvfs info {};
  return ::fstatvfs(fd, &info) == 0 && (info.f_flag & ST_NOEXEC) != 0;
}

Result<std::string> read_head(int fd, size_t size) {
  std::string head(size, '\0');
  size_t filled = 0;
  while (filled < size) {
    const ssize_t got = retry_interrupted(
        [&] { return ::pread(fd, head.data() + filled, size - filled, static_cast<off_t>(filled)); });
    if (got < 0) return last_error("read a program's first bytes");
    if (got == 0) break;
    filled += static_cast<size_t>(got);
  }
  head.resize(filled);
  return head;
}

}  // namespace cove::sys

#include "sys/lock.h"

#include <fcntl.h>

#include "sys/call.h"

namespace cove::sys {

Result<bool> try_lock_byte(int fd, off_t offset) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = offset;
  lock.l_len = 1;
  if (retry_interrupted([&] { return ::fcntl(fd, F_OFD_SETLK, &lock); }) == 0) return true;
  if (errno == EAGAIN || errno == EACCES) return false;
  return last_error("lock byte {} of descriptor {}", offset, fd);
}

}  // namespace cove::sys

#include "sys/lock.h"

#include <fcntl.h>

#include "sys/call.h"

namespace cove::sys {

namespace {

struct flock one_byte(short type, off_t offset) noexcept {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = offset;
  lock.l_len = 1;
  return lock;
}

}  // namespace

Result<bool> try_lock_byte(int fd, off_t offset) {
  struct flock lock = one_byte(F_WRLCK, offset);
  if (retry_interrupted([&] { return ::fcntl(fd, F_OFD_SETLK, &lock); }) == 0) return true;
  if (errno == EAGAIN || errno == EACCES) return false;
  return last_error("lock byte {} of descriptor {}", offset, fd);
}

Status unlock_byte(int fd, off_t offset) {
  struct flock lock = one_byte(F_UNLCK, offset);
  if (::fcntl(fd, F_OFD_SETLK, &lock) != 0) return last_error("unlock byte {} of descriptor {}", offset, fd);
  return {};
}

}  // namespace cove::sys

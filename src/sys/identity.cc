#include "sys/identity.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/call.h"

namespace cove::sys {
namespace {

Result<uint64_t> mount_id(const char* path) {
  struct statx info {};
  if (::statx(AT_FDCWD, path, 0, STATX_MNT_ID, &info) != 0) return last_error("stat {}", path);
  return uint64_t{info.stx_mnt_id};
}

}  // namespace

uid_t effective_uid() noexcept {
  return ::geteuid();
}

gid_t effective_gid() noexcept {
  return ::getegid();
}

Result<bool> same_mount(const char* first, const char* second) {
  return COVE_TRY(mount_id(first)) == COVE_TRY(mount_id(second));
}

}  // namespace cove::sys

#include "sys/boot.h"

#include <errno.h>
#include <unistd.h>

#include "base/strings.h"
#include "sys/file.h"

namespace cove::sys {

Result<std::string> boot_id() {
  const std::string text = COVE_TRY(read_file("/proc/sys/kernel/random/boot_id"));
  return std::string(trim(text));
}

Status sync_file_system(int fd) {
  if (::syncfs(fd) == 0) return {};
  return Error::from_errno("write the file system to the disk", errno);
}

}  // namespace cove::sys

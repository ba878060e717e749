#include "sys/replace.h"

#include <fcntl.h>
#include <unistd.h>

#include "sys/call.h"
#include "sys/file.h"

namespace cove::sys {

Status replace_locked_file_at(int dir_fd, const char* name, std::string_view content, mode_t mode,
                              Durability durability) {
  const std::string temporary = fmt::format("{}{}", name, kLockedSuffix);
  const auto write_temporary = [&]() -> Status {
    const UniqueFd fd =
        COVE_TRY(open_at(dir_fd, temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode));
    COVE_TRY(write_all(fd.get(), content, temporary));
    if (durability != Durability::none && ::fsync(fd.get()) != 0)
      return last_error("write {} to the disk", temporary);
    COVE_TRY(rename_at(dir_fd, temporary.c_str(), dir_fd, name));
    if (durability == Durability::full && ::fsync(dir_fd) != 0)
      return last_error("write the directory of {} to the disk", name);
    return {};
  };
  Status status = write_temporary();
  if (!status) ::unlinkat(dir_fd, temporary.c_str(), 0);
  return status;
}

}  // namespace cove::sys

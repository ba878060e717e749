#include "store/room.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include "base/unique_fd.h"
#include "sys/file.h"
#include "sys/inode.h"
#include "sys/random.h"

namespace cove::store {

bool is_disk_full(const Error& error) noexcept {
  return error.code() == ErrorCode::disk_full || error.sys_errno() == ENOSPC || error.sys_errno() == EDQUOT;
}

Result<Room> Room::take(int root_fd, uint64_t bytes) {
  std::string name = fmt::format("partial/room-{:016x}", COVE_TRY(sys::random_number()));
  const UniqueFd file =
      COVE_TRY(sys::open_at(root_fd, name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
  Room room(root_fd, std::move(name));
  COVE_TRY(sys::reserve_space(file.get(), bytes).context("images"));
  return room;
}

void Room::give_up() noexcept {
  if (!name_.empty()) static_cast<void>(sys::remove_file_at(root_, name_.c_str()));
  name_.clear();
}

}  // namespace cove::store

// Room on a disk that may be full. Internal to this module.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "base/result.h"

namespace cove::store {

// Whether it is for want of room, on the disk or in somebody's quota.
[[nodiscard]] bool is_disk_full(const Error& error) noexcept;

// A file that has room taken until the end of its life: what is given up then is there for what must not fail
// half way.
class Room {
 public:
  // `root_fd`: DATA/images. ErrorCode::disk_full.
  static Result<Room> take(int root_fd, uint64_t bytes);
  Room(Room&& other) noexcept : root_(other.root_), name_(std::exchange(other.name_, {})) {}
  Room& operator=(Room&&) = delete;
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;
  ~Room() { give_up(); }

  void give_up() noexcept;

 private:
  Room(int root_fd, std::string name) : root_(root_fd), name_(std::move(name)) {}

  int root_;
  std::string name_;  // below partial/
};

}  // namespace cove::store

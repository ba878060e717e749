// What an event loop over many descriptors waits on. Source: epoll(7).
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <span>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::sys {

class Epoll {
 public:
  static Result<Epoll> open();

  // `events`: EPOLLIN, EPOLLOUT; `key` comes back with them. A descriptor leaves when it is closed.
  Status add(int fd, uint32_t events, uint64_t key);
  Status change(int fd, uint32_t events, uint64_t key);

  // Waits until something is ready or the CLOCK_MONOTONIC time `deadline_ns` has come; kNever of poll.h: no
  // deadline. Gives the number of `events` that were filled; 0 at the deadline.
  Result<size_t> wait(std::span<struct epoll_event> events, uint64_t deadline_ns);

 private:
  explicit Epoll(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace cove::sys

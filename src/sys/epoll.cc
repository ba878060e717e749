#include "sys/epoll.h"

#include <algorithm>

#include "sys/call.h"
#include "sys/poll.h"
#include "sys/process.h"

namespace cove::sys {

Result<Epoll> Epoll::open() {
  UniqueFd fd(::epoll_create1(EPOLL_CLOEXEC));
  if (!fd.valid()) return last_error("open epoll");
  return Epoll(std::move(fd));
}

Status Epoll::add(int fd, uint32_t events, uint64_t key) {
  struct epoll_event event {};
  event.events = events;
  event.data.u64 = key;
  if (::epoll_ctl(fd_.get(), EPOLL_CTL_ADD, fd, &event) != 0) return last_error("watch descriptor {}", fd);
  return {};
}

Status Epoll::change(int fd, uint32_t events, uint64_t key) {
  struct epoll_event event {};
  event.events = events;
  event.data.u64 = key;
  if (::epoll_ctl(fd_.get(), EPOLL_CTL_MOD, fd, &event) != 0) return last_error("watch descriptor {}", fd);
  return {};
}

Result<size_t> Epoll::wait(std::span<struct epoll_event> events, uint64_t deadline_ns) {
  constexpr uint64_t kMillisecond = 1'000'000;
  constexpr uint64_t kLongest = 60'000;
  while (true) {
    int timeout = -1;
    if (deadline_ns != kNever) {
      const uint64_t now = monotonic_nanoseconds();
      const uint64_t left = deadline_ns > now ? (deadline_ns - now + kMillisecond - 1) / kMillisecond : 0;
      timeout = static_cast<int>(std::min(left, kLongest));
    }
    const int ready = ::epoll_wait(fd_.get(), events.data(), static_cast<int>(events.size()), timeout);
    if (ready >= 0) return static_cast<size_t>(ready);
    if (errno != EINTR) return last_error("wait for events");
  }
}

}  // namespace cove::sys

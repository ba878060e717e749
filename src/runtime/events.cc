#include <array>

#include "kernel/cgroup/oom_watch.h"
#include "runtime/event_text.h"
#include "runtime/operations.h"
#include "sys/file.h"
#include "sys/poll.h"
#include "sys/process.h"

namespace cove::runtime {
namespace {

Error not_running() {
  return Error(ErrorCode::invalid_argument, "the container is not running: it has no statistics");
}

bool runs(const Container& container) {
  return container.status != spec::ContainerStatus::stopped &&
         container.status != spec::ContainerStatus::creating;
}

// Polls the container's process, the news of lacking memory, and the clock.
class EventLoop {
 public:
  EventLoop(const Container& container, std::chrono::nanoseconds interval, const Emit& emit)
      : record_(container.record), interval_ns_(static_cast<uint64_t>(interval.count())), emit_(emit) {}

  Status run();

 private:
  Status emit_stats();
  Status take_oom();

  const Record& record_;
  uint64_t interval_ns_;
  const Emit& emit_;
  std::optional<cgroup::OomWatch> watch_;
};

Status EventLoop::emit_stats() {
  const Result<cgroup::Stats> stats = cgroup::read_stats(record_.cgroup);
  // It may just have gone.
  if (!stats && stats.error().code() == ErrorCode::not_found) return {};
  if (!stats) return stats.error();
  return emit_(print_stats_event(record_.id, *stats));
}

Status EventLoop::take_oom() {
  const cgroup::OomWatch::News news = COVE_TRY(watch_->read());
  for (uint64_t i = 0; i < news.oom; ++i) COVE_TRY(emit_(print_oom_event(record_.id)));
  if (news.removed) watch_.reset();
  return {};
}

Status EventLoop::run() {
  const UniqueFd process = COVE_TRY(sys::open_pidfd(record_.pid));
  Result<cgroup::OomWatch> watch = cgroup::OomWatch::open(record_.cgroup);
  if (watch) watch_.emplace(std::move(*watch));
  uint64_t next = sys::monotonic_nanoseconds() + interval_ns_;
  while (true) {
    std::array<struct pollfd, 2> entries{
        {{.fd = process.get(), .events = POLLIN, .revents = 0},
         {.fd = watch_ ? watch_->fd() : -1, .events = POLLIN, .revents = 0}}};
    COVE_TRY(sys::poll_until(entries, next));
    if (watch_ && entries[1].revents != 0) COVE_TRY(take_oom());
    if (entries[0].revents != 0) return {};
    if (sys::monotonic_nanoseconds() < next) continue;
    COVE_TRY(emit_stats());
    next += interval_ns_;
  }
}

}  // namespace

Status print_stats(const Settings& settings, std::string_view id, const Emit& emit) {
  const Container container = COVE_TRY(open_container(settings, id, false));
  if (!runs(container)) return not_running();
  const cgroup::Stats stats = COVE_TRY(cgroup::read_stats(container.record.cgroup));
  return emit(print_stats_event(container.record.id, stats));
}

Status watch_events(const Settings& settings, std::string_view id, std::chrono::milliseconds interval,
                    const Emit& emit) {
  const Container container = COVE_TRY(open_container(settings, id, false));
  if (!runs(container)) return not_running();
  settings.trace("container {}: statistics each {} ms, and shortages of memory", id, interval.count());
  return EventLoop(container, interval, emit).run();
}

}  // namespace cove::runtime

#include "supervise/supervise.h"

#include <utility>

#include "supervise/supervisor.h"

namespace cove::supervise {
namespace {

// A process that sleeps uninterruptibly may keep the rest from counting as frozen; the user does not wait for
// it.
constexpr unsigned kFreezeMs = 500;

}  // namespace

Result<Outcome> supervise(launch::Launched& launched, const SuperviseOptions& options) {
  Subject subject;
  subject.pid = launched.pid;
  subject.pidfd = launched.pidfd.get();
  subject.ends = StdioEnds{std::move(launched.console), std::move(launched.stdout_pipe),
                           std::move(launched.stderr_pipe)};
  subject.started_ns = launched.started_ns;
  subject.setup = SetupCost{launched.setup_user_us, launched.setup_system_us, launched.counted_setup_us};
  if (launched.keeper.armed()) subject.spared.push_back(launched.keeper.pid());
  subject.usage = [&] { return launched.cgroup.usage(); };
  subject.kill_cgroup = [&] { return launched.cgroup.kill_all(); };
  subject.freeze_cgroup = [&](bool still) {
    const Status status = still ? launched.cgroup.freeze(kFreezeMs) : launched.cgroup.thaw(kFreezeMs);
    static_cast<void>(status);
  };
  subject.guard_terminal = [&](int fd, const struct termios& original) {
    return launched.keeper.armed() ? launched.keeper.guard_terminal(fd, original) : Status();
  };
  Supervisor supervisor(std::move(subject), options);
  return supervisor.run();
}

Result<Outcome> supervise_guest(launch::Launched& launched, const GuestOptions& options) {
  Subject subject;
  subject.pid = launched.pid;
  subject.pidfd = launched.pidfd.get();
  subject.ends = StdioEnds{std::move(launched.console), {}, {}};
  subject.started_ns = launched.started_ns;
  subject.usage = [] { return cgroup::Usage{}; };
  subject.kill_cgroup = [&] { return options.kill_all ? options.kill_all() : Status(); };
  subject.freeze_cgroup = [](bool) {};
  subject.guard_terminal = [](int, const struct termios&) { return Status(); };
  SuperviseOptions supervision;
  supervision.own_pid_namespace = false;
  supervision.interactive = options.interactive;
  supervision.timeout_ms = options.timeout_ms;
  supervision.account = false;
  Supervisor supervisor(std::move(subject), supervision);
  return supervisor.run();
}

}  // namespace cove::supervise

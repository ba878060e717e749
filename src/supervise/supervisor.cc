#include "supervise/supervisor.h"

#include <algorithm>
#include <array>
#include <csignal>

#include "base/log.h"
#include "supervise/deadline.h"
#include "supervise/descendants.h"
#include "sys/process.h"

namespace cove::supervise {
namespace {

enum Entry : size_t { process_entry, signal_entry, stdio_entries };
constexpr size_t kEntries = stdio_entries + Stdio::kPollEntries;

// How long a reader of cove's output may stand still before the rest is dropped, after a limit or signal has
// ended the sandbox. A command that returns by itself waits for its reader like any other, until a signal
// ends cove.
constexpr uint64_t kFlushGraceNs = 1000 * kNsPerMs;

uint64_t ms_to_ns(uint64_t ms) {
  return ms > sys::kNever / kNsPerMs ? sys::kNever : ms * kNsPerMs;
}

uint64_t setup_ns(const SetupCost& setup) {
  return setup.counted_us * 1000;
}

}  // namespace

Supervisor::Supervisor(Subject subject, const SuperviseOptions& options)
    : subject_(std::move(subject)),
      options_(options),
      forwarder_({subject_.pid, subject_.pidfd, options.own_pid_namespace}) {}

Result<Outcome> Supervisor::run() {
  Status status = start();
  if (status.ok()) status = loop();
  stdio_.console().restore();
  if (!status.ok()) {
    abandon();
    return status.error();
  }
  return outcome();
}

Status Supervisor::start() {
  signal_fd_ = COVE_TRY(sys::open_signal_fd(supervised_signals(!options_.own_pid_namespace)));
  if (options_.cpu_time_ms) {
    COVE_TRY(cpu_used_ns());
    cpu_check_ns_ = 0;
  }
  StdioOptions stdio{options_.streams, options_.interactive, options_.output_limit_bytes, &forwarder_};
  COVE_TRY(stdio_.open(std::move(subject_.ends), stdio));
  const tty::RawTerminal& raw = stdio_.console().raw_terminal();
  if (raw.holds()) COVE_TRY(subject_.guard_terminal(options_.streams.input, raw.original()));
  return {};
}

Status Supervisor::loop() {
  std::array<struct pollfd, kEntries> entries{};
  while (phase_ != Phase::over) {
    entries[process_entry] = {
        .fd = phase_ == Phase::running ? subject_.pidfd : -1, .events = POLLIN, .revents = 0};
    entries[signal_entry] = {.fd = signal_fd_.get(), .events = POLLIN, .revents = 0};
    const auto stdio_part = std::span(entries).subspan<stdio_entries>();
    stdio_.prepare(stdio_part);
    COVE_TRY(sys::poll_until(entries, next_deadline()));
    const uint64_t now = sys::monotonic_nanoseconds();
    if (entries[signal_entry].revents != 0) COVE_TRY(handle_signals());
    if (phase_ == Phase::running && entries[process_entry].revents != 0) COVE_TRY(process_ended());
    if (phase_ == Phase::running) COVE_TRY(check_clocks(now));
    stdio_.pump(stdio_part);
    COVE_TRY(check_output(now));
  }
  return {};
}

uint64_t Supervisor::next_deadline() const noexcept {
  if (phase_ == Phase::draining) {
    const bool forced = ending_.cause != EndCause::none;
    return forced ? deadline_after(progress_ns_, kFlushGraceNs) : sys::kNever;
  }
  if (ending_.cause != EndCause::none) return sys::kNever;  // killed: its end is what is waited for
  uint64_t deadline = cpu_check_ns_;
  if (options_.timeout_ms) {
    deadline = std::min(deadline, deadline_after(subject_.started_ns, ms_to_ns(*options_.timeout_ms)));
  }
  return deadline;
}

Status Supervisor::check_clocks(uint64_t now_ns) {
  if (ending_.cause != EndCause::none) return {};
  if (options_.timeout_ms && now_ns >= deadline_after(subject_.started_ns, ms_to_ns(*options_.timeout_ms))) {
    return end_sandbox(EndCause::timeout);
  }
  if (now_ns >= cpu_check_ns_) return check_cpu_time(now_ns);
  return {};
}

Status Supervisor::check_cpu_time(uint64_t now_ns) {
  const CpuBudget budget(ms_to_ns(*options_.cpu_time_ms), sys::online_cpu_count());
  const uint64_t used = COVE_TRY(cpu_used_ns());
  if (budget.exceeded(used)) return end_sandbox(EndCause::cpu_time);
  cpu_check_ns_ = budget.next_check(now_ns, used);
  return {};
}

Result<uint64_t> Supervisor::cpu_used_ns() const {
  const auto total = subject_.usage().cpu_total_ns;
  if (!total) {
    return Error(ErrorCode::limit_unenforceable,
                 "watch the CPU time: the sandbox has no cgroup that counts it");
  }
  const uint64_t own = setup_ns(subject_.setup);
  return *total > own ? *total - own : 0;
}

Status Supervisor::handle_signals() {
  for (;;) {
    const auto signal = COVE_TRY(sys::read_signal(signal_fd_.get()));
    if (!signal) return {};
    COVE_TRY(handle_signal(*signal));
  }
}

Status Supervisor::handle_signal(const sys::ReceivedSignal& signal) {
  if (signal.number == SIGPIPE) return {};
  if (signal.number == SIGCHLD) {
    // Process 1 is waited for through its pidfd.
    std::vector<pid_t> spared = subject_.spared;
    spared.push_back(subject_.pid);
    return reap_orphans(spared);
  }
  if (phase_ != Phase::running) {
    // There is nobody to send it to, but a user who does not want to wait for the rest of the output.
    if (default_action(signal.number) == DefaultAction::ends) phase_ = Phase::over;
    return {};
  }
  switch (signal.number) {
    case SIGTSTP:
      return stop_and_continue();
    case SIGWINCH:
      if (stdio_.console().copy_size()) return {};
      break;
    case SIGCONT:
      stdio_.console().resume();
      break;
    default:
      break;
  }
  return forward(signal);
}

Status Supervisor::forward(const sys::ReceivedSignal& signal) {
  const auto ends = forwarder_.forward(signal);
  if (!ends.ok()) {
    // As when the command has become another user by a set-user-ID program: it stays as it is, and
    // supervised.
    log_warning(ends.error().message());
    return {};
  }
  return *ends != 0 ? end_sandbox(EndCause::forwarded_signal, *ends) : Status();
}

// The process group first: it is there without a cgroup too. The freezer finds the rest, whatever group or
// session it has made for itself.
Status Supervisor::stop_and_continue() {
  COVE_TRY(forwarder_.stop());
  subject_.freeze_cgroup(true);
  stdio_.console().suspend();
  COVE_TRY(sys::stop_self(SIGTSTP));
  stdio_.console().resume();
  subject_.freeze_cgroup(false);
  return forwarder_.resume();
}

Status Supervisor::check_output(uint64_t now_ns) {
  if (stdio_.written_bytes() != progress_bytes_) {
    progress_bytes_ = stdio_.written_bytes();
    progress_ns_ = now_ns;
  }
  if (phase_ == Phase::running) {
    if (stdio_.limit_exceeded()) return end_sandbox(EndCause::output_limit);
    if (const int typed = stdio_.typed_signal()) return end_sandbox(EndCause::forwarded_signal, typed);
    if (stdio_.take_hang_up()) return forward({.number = SIGHUP, .code = SI_KERNEL});
    return {};
  }
  const bool stuck = ending_.cause != EndCause::none && now_ns >= deadline_after(progress_ns_, kFlushGraceNs);
  if (stdio_.drained() || stuck) phase_ = Phase::over;
  return {};
}

Status Supervisor::end_sandbox(EndCause cause, int signal) {
  if (ending_.cause != EndCause::none) return {};
  ending_.cause = cause;
  ending_.signal = signal;
  COVE_TRY(sys::signal_pidfd(subject_.pidfd, SIGKILL).context("kill the sandbox"));
  // In a pid namespace of its own the kernel kills everything else.
  return options_.own_pid_namespace ? Status() : subject_.kill_cgroup();
}

Status Supervisor::process_ended() {
  const sys::WaitOutcome waited = COVE_TRY(sys::wait_process(subject_.pid));
  waited_ = true;
  ended_ns_ = progress_ns_ = sys::monotonic_nanoseconds();
  ending_.wait_status = waited.status;
  rusage_ = waited.usage;
  phase_ = Phase::draining;
  if (!options_.own_pid_namespace) {
    COVE_TRY(subject_.kill_cgroup());
    COVE_TRY(kill_descendants(subject_.spared));
  }
  stdio_.end_of_writers();
  return {};
}

void Supervisor::abandon() noexcept {
  if (waited_) return;
  const Status killed = sys::signal_pidfd(subject_.pidfd, SIGKILL);
  static_cast<void>(killed);  // the error that led here is the one to tell
  const auto waited = sys::wait_process(subject_.pid);
  static_cast<void>(waited);
  if (options_.own_pid_namespace) return;
  const Status rest = kill_descendants(subject_.spared);
  static_cast<void>(rest);
}

Outcome Supervisor::outcome() {
  const int status = ending_.wait_status;
  const bool killed = (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) ||
                      (WIFEXITED(status) && WEXITSTATUS(status) == kKilledStatus);
  const bool account = options_.account || options_.cpu_time_ms.has_value() || killed;
  const cgroup::Usage usage = account ? subject_.usage() : cgroup::Usage{};
  Outcome outcome;
  outcome.used = measure(usage, rusage_, subject_.setup, ended_ns_ - subject_.started_ns);
  outcome.output = stdio_.use();
  ending_.oom_kills = usage.oom_kills;
  ending_.output_exceeded = stdio_.limit_exceeded();
  if (options_.cpu_time_ms) {
    const auto used = cpu_used_ns();
    ending_.cpu_exceeded = used.ok() && *used >= ms_to_ns(*options_.cpu_time_ms);
  }
  judge(ending_, outcome);
  return outcome;
}

}  // namespace cove::supervise

#include "supervise/signals.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "supervise/deadline.h"
#include "sys/process.h"

namespace cove::supervise {
namespace {

// Left out: SIGCHLD, SIGURG and SIGPIPE concern cove alone; SIGTTIN and SIGTTOU shall stop cove, the one that
// uses the terminal; the rest are a process's own faults and timers.
constexpr std::array kForwarded{SIGHUP,  SIGINT,  SIGQUIT, SIGUSR1,  SIGUSR2, SIGALRM,
                                SIGTERM, SIGCONT, SIGTSTP, SIGWINCH, SIGIO,   SIGPWR};

// A process that has ended meanwhile needs no signal.
Status unless_gone(Status status) {
  if (!status.ok() && status.error().sys_errno() == ESRCH) return {};
  return status;
}

bool bit_of(const std::optional<uint64_t>& set, int signal) {
  return set.has_value() && ((*set >> (signal - 1)) & 1U) != 0;
}

}  // namespace

sys::SignalSet supervised_signals(bool children) {
  sys::SignalSet set{SIGPIPE};
  for (const int signal : kForwarded) {
    if (!sys::signal_ignored(signal)) set.add(signal);
  }
  for (int signal = SIGRTMIN; signal <= SIGRTMAX; ++signal) {
    if (!sys::signal_ignored(signal)) set.add(signal);
  }
  if (children) set.add(SIGCHLD);
  return set;
}

Result<sys::SignalSet> block_for_supervision() {
  return sys::block_signals(supervised_signals(true));
}

DefaultAction default_action(int signal) noexcept {
  switch (signal) {
    case SIGCONT:
    case SIGWINCH:
    case SIGCHLD:
    case SIGURG:
      return DefaultAction::nothing;
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
      return DefaultAction::stops;
    default:
      return DefaultAction::ends;
  }
}

bool left_to_process(const procfs::ProcessStatus& status, int signal) noexcept {
  return bit_of(status.caught_signals, signal) || bit_of(status.ignored_signals, signal) ||
         bit_of(status.blocked_signals, signal);
}

bool stays_left_to_process(const StatusReader& read, int signal) {
  for (unsigned reading = 1;; ++reading) {
    const auto status = read();
    if (!status.ok()) return true;
    if (!left_to_process(*status, signal)) return false;
    const bool only_blocked =
        !bit_of(status->caught_signals, signal) && !bit_of(status->ignored_signals, signal);
    if (!only_blocked || reading == kBlockedReadings) return true;
    const auto waited = sys::poll_until({}, sys::monotonic_nanoseconds() + kNsPerMs);
    if (!waited.ok()) return true;
  }
}

std::optional<pid_t> SignalForwarder::foreign_group() const {
  const auto group = sys::process_group(target_.pid);
  if (!group.ok() || *group == ::getpgrp()) return std::nullopt;
  return *group;
}

Status SignalForwarder::send_to_process(int signal) const {
  return unless_gone(sys::signal_pidfd(target_.pidfd, signal));
}

Status SignalForwarder::send_to_group_or_process(int signal) const {
  const auto group = foreign_group();
  if (!group) return send_to_process(signal);
  return unless_gone(sys::signal_process(-*group, signal));
}

bool SignalForwarder::needs_default_action(int signal) const {
  return target_.own_pid_namespace && default_action(signal) == DefaultAction::ends &&
         !stays_left_to_process([&] { return procfs::read_status(target_.pid); }, signal);
}

bool SignalForwarder::in_group(pid_t group) const {
  const auto own = sys::process_group(target_.pid);
  return own.ok() && *own == group;
}

Result<int> SignalForwarder::forward(const sys::ReceivedSignal& signal) {
  // Looked at before it is sent: a handler may be for one shot, and the process gone a moment later.
  bool ends = needs_default_action(signal.number);
  if (signal.code != SI_KERNEL) {
    COVE_TRY(send_to_process(signal.number));
  } else if (const auto group = foreign_group()) {
    COVE_TRY(unless_gone(sys::signal_process(-*group, signal.number)));
  }
  if (signal.number == SIGINT && ++interrupts_ >= kInterruptsThatEnd) ends = true;
  return ends ? signal.number : 0;
}

Status SignalForwarder::stop() const {
  return send_to_group_or_process(SIGSTOP);
}

Status SignalForwarder::resume() const {
  return send_to_group_or_process(SIGCONT);
}

}  // namespace cove::supervise

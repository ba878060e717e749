#include "launch/joiner.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>

#include <array>

#include "kernel/procfs/process.h"
#include "sys/file.h"

namespace cove::launch {
namespace {

// All namespaces of one process, at once and with the user namespace first, as setns(2) does it.
Status enter_target(const LaunchPlan& plan) {
  uint64_t flags = 0;
  for (size_t i = 0; i < kNamespaceKinds; ++i) {
    const NamespacePlan& ns = plan.namespaces[i];
    if (ns.mode == NamespaceMode::join && ns.path.empty())
      flags |= namespace_clone_flag(static_cast<NamespaceKind>(i));
  }
  if (flags == 0) return {};
  const JoinTarget& target = plan.join_target;
  const auto process = COVE_TRY(procfs::open_process(target.pid, target.start_time));
  if (process.stat.dead())
    return Error(ErrorCode::not_found, fmt::format("process {} is gone", target.pid), ESRCH);
  return sys::enter_namespace(process.pidfd.get(), static_cast<int>(flags), "the container's");
}

// Opened before the first is entered: a joined mount namespace has another /proc, or none.
Status enter_all(const LaunchPlan& plan) {
  std::array<UniqueFd, kNamespaceKinds> fds;
  for (size_t i = 0; i < kNamespaceKinds; ++i) {
    const NamespacePlan& ns = plan.namespaces[i];
    if (ns.mode == NamespaceMode::join && !ns.path.empty())
      fds[i] = COVE_TRY(sys::open_path(ns.path.c_str(), O_RDONLY));
  }
  COVE_TRY(enter_target(plan));
  for (size_t i = 0; i < kNamespaceKinds; ++i) {
    if (!fds[i].valid()) continue;
    const auto kind = static_cast<NamespaceKind>(i);
    Status entered = sys::enter_namespace(fds[i].get(), static_cast<int>(namespace_clone_flag(kind)),
                                          std::string(namespace_name(kind)).c_str());
    if (!entered) {
      entered.error().set_hint(
          "joining needs CAP_SYS_ADMIN in the user namespace that owns it: join its user namespace too "
          "(--userns)");
      return std::move(entered).context(plan.namespaces[i].path);
    }
  }
  return {};
}

[[noreturn]] void report_and_exit(Channel& channel, Error error) noexcept {
  error.add_context("join namespaces");
  channel.send_failure({kJoinerStep, error.code(), error.sys_errno(), error.message(), error.hint()});
  sys::exit_now(1);
}

[[noreturn]] void run_joiner(const LaunchPlan& plan, sys::CloneRequest request, Channel channel,
                             const std::function<void()>& run_child) noexcept {
  static_cast<void>(sys::set_parent_death_signal(SIGKILL));
  Status entered = enter_all(plan);
  if (!entered) report_and_exit(channel, std::move(entered).error());
  request.flags |= CLONE_PARENT;
  // The child may not say anything before we have said who it is; and should we die before that, it must go
  // too.
  Result<sys::PipePair> gate = sys::make_pipe();
  if (!gate) report_and_exit(channel, std::move(gate).error());
  Result<sys::CloneResult> cloned = sys::clone_process(request);
  if (!cloned) report_and_exit(channel, std::move(cloned).error());
  if (cloned->pid == 0) {
    gate->write_end.reset();
    const Result<std::string> opened = sys::read_all(gate->read_end.get(), "gate", 1);
    if (!opened || opened->empty()) sys::exit_now(1);
    gate->read_end.reset();
    run_child();
  }
  if (!channel.send(Message::spawned, {}, cloned->pid)) {
    static_cast<void>(sys::signal_pidfd(cloned->pidfd.get(), SIGKILL));
    sys::exit_now(1);
  }
  static_cast<void>(sys::write_all(gate->write_end.get(), "g", "gate"));
  sys::exit_now(0);
}

}  // namespace

Status join_namespaces_of(pid_t pid, LaunchPlan& plan) {
  for (size_t i = 0; i < kNamespaceKinds; ++i) {
    const auto kind = static_cast<NamespaceKind>(i);
    const std::string file = fmt::format("ns/{}", namespace_name(kind));
    const Result<std::string> own = sys::read_link_at(AT_FDCWD, ("/proc/self/" + file).c_str());
    // A kernel without this kind of namespace.
    if (!own) continue;
    const std::string theirs =
        COVE_TRY(sys::read_link_at(AT_FDCWD, fmt::format("/proc/{}/{}", pid, file).c_str()));
    plan.ns(kind) = {*own == theirs ? NamespaceMode::host : NamespaceMode::join, {}};
  }
  plan.foreign_userns = plan.ns(NamespaceKind::user).mode == NamespaceMode::join;
  return {};
}

Result<Joined> clone_through_joiner(const LaunchPlan& plan, const sys::CloneRequest& request,
                                    Channel& channel, int child_socket,
                                    const std::function<void()>& run_child) {
  const sys::CloneResult joiner = COVE_TRY(sys::clone_process({}));
  if (joiner.pid == 0) {
    run_joiner(plan, request, Channel(UniqueFd(child_socket), Side::child, expected_sequence(plan)),
               run_child);
  }
  Result<Channel::Received> received = channel.receive();
  static_cast<void>(sys::wait_process(joiner.pid));
  if (!received) return std::move(received).error();
  if (received->decoded.failure) {
    const Failure& failure = *received->decoded.failure;
    Error error(failure.code, failure.message, failure.sys_errno);
    error.set_hint(failure.hint);
    return error;
  }
  if (received->closed) return Error(ErrorCode::protocol, "the joining process died");
  Joined joined;
  joined.pid = received->decoded.pid;
  joined.pidfd = COVE_TRY(sys::open_pidfd(joined.pid));
  return joined;
}

}  // namespace cove::launch

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

// The cgroup namespace comes last: where cgroup v2 is mounted with nsdelegate, as by systemd, nobody in one
// may move or clone a process from outside of its root into it (cgroup-v2.rst). So the child enters it, which
// is in its cgroup by then. This is what it enters it by, if there is one to enter.
using CgroupNamespace = UniqueFd;

// All namespaces of one process, at once and with the user namespace first, as setns(2) does it.
Result<CgroupNamespace> enter_target(const LaunchPlan& plan) {
  uint64_t flags = 0;
  for (size_t i = 0; i < kNamespaceKinds; ++i) {
    const NamespacePlan& ns = plan.namespaces[i];
    if (ns.mode == NamespaceMode::join && ns.path.empty())
      flags |= namespace_clone_flag(static_cast<NamespaceKind>(i));
  }
  if (flags == 0) return CgroupNamespace();
  const JoinTarget& target = plan.join_target;
  auto process = COVE_TRY(procfs::open_process(target.pid, target.start_time));
  if (process.stat.dead())
    return Error(ErrorCode::not_found, fmt::format("process {} is gone", target.pid), ESRCH);
  const uint64_t now = flags & ~uint64_t{CLONE_NEWCGROUP};
  if (now != 0) COVE_TRY(sys::enter_namespace(process.pidfd.get(), static_cast<int>(now), "the container's"));
  return now != flags ? std::move(process.pidfd) : CgroupNamespace();
}

Error explain_join(Error error, const NamespacePlan& ns) {
  if (ns.path.empty()) return error;
  error.set_hint(
      "joining needs CAP_SYS_ADMIN in the user namespace that owns it: join its user namespace too "
      "(--userns)");
  error.add_context(ns.path);
  return error;
}

// Opened before the first is entered: a joined mount namespace has another /proc, or none.
Result<CgroupNamespace> enter_all(const LaunchPlan& plan) {
  std::array<UniqueFd, kNamespaceKinds> fds;
  for (size_t i = 0; i < kNamespaceKinds; ++i) {
    const NamespacePlan& ns = plan.namespaces[i];
    if (ns.mode == NamespaceMode::join && !ns.path.empty())
      fds[i] = COVE_TRY(sys::open_path(ns.path.c_str(), O_RDONLY));
  }
  CgroupNamespace last = COVE_TRY(enter_target(plan));
  for (size_t i = 0; i < kNamespaceKinds; ++i) {
    if (!fds[i].valid()) continue;
    const auto kind = static_cast<NamespaceKind>(i);
    if (kind == NamespaceKind::cgroup) {
      last = std::move(fds[i]);
      continue;
    }
    Status entered = sys::enter_namespace(fds[i].get(), static_cast<int>(namespace_clone_flag(kind)),
                                          std::string(namespace_name(kind)).c_str());
    if (!entered) return explain_join(std::move(entered).error(), plan.namespaces[i]);
  }
  return last;
}

// Who moves a process needs the cgroup above its old and its new one (cgroup-v2.rst, "Delegation
// Containment").
Error explain_clone(Error error, const sys::CloneRequest& request) {
  if (error.sys_errno() != EACCES || request.cgroup_fd < 0) return error;
  error.set_code(ErrorCode::cgroup_not_delegated);
  error.set_hint(
      "the container's cgroup is yours, but from the one that cove runs in no way leads there, as from a "
      "login session: systemd-run --user --scope cove exec ...");
  return error;
}

[[noreturn]] void report_and_exit(Channel& channel, Error error) noexcept {
  error.add_context("join namespaces");
  channel.send_failure({kJoinerStep, error.code(), error.sys_errno(), error.message(), error.hint()});
  sys::exit_now(1);
}

[[noreturn]] void run_joiner(const LaunchPlan& plan, sys::CloneRequest request, Channel channel,
                             const std::function<void()>& run_child) noexcept {
  static_cast<void>(sys::set_parent_death_signal(SIGKILL));
  Result<CgroupNamespace> entered = enter_all(plan);
  if (!entered) report_and_exit(channel, std::move(entered).error());
  request.flags |= CLONE_PARENT;
  // The child may not say anything before we have said who it is; and should we die before that, it must go
  // too.
  Result<sys::PipePair> gate = sys::make_pipe();
  if (!gate) report_and_exit(channel, std::move(gate).error());
  Result<sys::CloneResult> cloned = sys::clone_process(request);
  if (!cloned) report_and_exit(channel, explain_clone(std::move(cloned).error(), request));
  if (cloned->pid == 0) {
    gate->write_end.reset();
    const Result<std::string> opened = sys::read_all(gate->read_end.get(), "gate", 1);
    if (!opened || opened->empty()) sys::exit_now(1);
    gate->read_end.reset();
    if (entered->valid()) {
      Status last = sys::enter_namespace(entered->get(), CLONE_NEWCGROUP, "the container's cgroup");
      if (!last)
        report_and_exit(channel, explain_join(std::move(last).error(), plan.ns(NamespaceKind::cgroup)));
      entered->reset();
    }
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

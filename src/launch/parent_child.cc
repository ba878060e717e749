#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include <algorithm>

#include "kernel/idmap/userns.h"
#include "kernel/idmap/userns_fd.h"
#include "kernel/idmap/write.h"
#include "launch/hooks.h"
#include "launch/init.h"
#include "launch/joiner.h"
#include "launch/parent.h"
#include "sys/file.h"
#include "sys/mount.h"
#include "sys/process.h"

namespace cove::launch {
Status unless_child_died(const ParentContext& context, Status status) {
  constexpr int kPatienceMs = 1000;
  if (!status && sys::wait_readable(context.launched.pidfd.get(), kPatienceMs)) return {};
  return status;
}

namespace {

// The namespaces that clone3(2) makes. Time and cgroup come later: see enter_time_namespace and join_cgroups;
// and so does one of mounts that is not copied from ours: copy_kept_namespace.
uint64_t clone_flags(const ParentContext& context) {
  const LaunchPlan& plan = context.plan;
  uint64_t flags = 0;
  for (size_t i = 0; i < kNamespaceKinds; ++i) {
    const auto kind = static_cast<NamespaceKind>(i);
    if (kind != NamespaceKind::time && kind != NamespaceKind::cgroup && plan.is_fresh(kind)) {
      flags |= namespace_clone_flag(kind);
    }
  }
  return context.kept_namespace.valid() ? flags & ~uint64_t{CLONE_NEWNS} : flags;
}

[[noreturn]] void run_child(ParentContext& context) noexcept {
  Channel channel(std::move(context.child_socket), Side::child, expected_sequence(context.plan));
  // The joiner has sent `spawned` on this end already.
  if (needs_joiner(context.plan)) channel.skip(Message::spawned);
  context.channel.close();
  InitContext init(context.plan, channel, *context.progress, *context.cgroup);
  init.stdout_pipe = std::move(context.child_stdout);
  init.stderr_pipe = std::move(context.child_stderr);
  init.start_gate = std::move(context.start_gate);
  init.kept_namespace = std::move(context.kept_namespace);
  if (context.callbacks.payload) init.payload = &context.callbacks.payload;
  run_init(init);
}

Error explain_clone_failure(Error error, const LaunchPlan& plan) {
  if (error.sys_errno() == ENOSYS) {
    // cove needs Linux 5.12, which has it: so something answers in the kernel's place.
    error.set_hint(
        "a seccomp filter around cove denies clone3(2), as Docker's and cove's own do: start the outer "
        "container "
        "with --security-opt seccomp=unconfined");
    return error;
  }
  if (plan.is_fresh(NamespaceKind::user)) {
    return idmap::explain_userns_failure(std::move(error), idmap::read_userns_settings(), false);
  }
  if (error.sys_errno() == EPERM) {
    error.set_hint("new namespaces need root or a user namespace: leave out --userns host");
  }
  return error;
}

struct IdmappedSource {
  const std::string& path;
  bool recursive = false;      // with the mounts below it
  bool map_recursive = false;  // those are mapped as well
};

Result<UniqueFd> idmapped_mount(const IdmappedSource& source, int userns_fd) {
  UniqueFd mount = COVE_TRY(sys::open_tree(AT_FDCWD, source.path.c_str(),
                                           OPEN_TREE_CLONE | (source.recursive ? AT_RECURSIVE : 0U)));
  Status mapped = sys::set_mount_attributes(mount.get(), {.set = MOUNT_ATTR_IDMAP, .userns_fd = userns_fd},
                                            source.map_recursive);
  if (mapped) return mount;
  Error& error = mapped.error();
  error.add_context(fmt::format("id-map {}", source.path));
  error.set_code(ErrorCode::idmap_unsupported);
  error.set_hint(
      error.sys_errno() == EPERM
          ? "only root can id-map a mount; without root your own files already belong to user 0 inside"
          : "its file system does not support id-mapped mounts on this kernel: use a copy on ext4, xfs, "
            "btrfs or "
            "tmpfs, or --userns host");
  return std::move(mapped).error();
}

Status send_mounts(ParentContext& context) {
  const LaunchPlan& plan = context.plan;
  const std::vector<Message> sequence = expected_sequence(plan);
  if (std::find(sequence.begin(), sequence.end(), Message::ids_ready) == sequence.end()) return {};
  std::vector<UniqueFd> mounts;
  size_t outside = 0;
  UniqueFd userns;  // the child's; opened only where it is needed
  const auto child_userns = [&]() -> Result<int> {
    const std::string path = fmt::format("/proc/{}/ns/user", context.launched.pid);
    if (!userns.valid()) userns = COVE_TRY(sys::open_path(path.c_str(), O_RDONLY));
    return userns.get();
  };
  if (plan.root.idmapped) {
    const int fd = COVE_TRY(child_userns());
    // Layers may be mounted below it: see kernel/mount/layers.h.
    const bool layers = !plan.root.lowers.empty();
    mounts.push_back(COVE_TRY(idmapped_mount({plan.root.source, layers, layers}, fd)));
  }
  if (plan.root.outside) mounts.push_back(std::move(context.outside[outside++]));
  for (const MountPlan& mount : plan.mounts) {
    if (mount.outside) mounts.push_back(std::move(context.outside[outside++]));
    if (!mount.idmapped) continue;
    UniqueFd own;
    if (mount.own_map) own = COVE_TRY(idmap::create_user_namespace(*mount.own_map));
    const int fd = own.valid() ? own.get() : COVE_TRY(child_userns());
    mounts.push_back(COVE_TRY(idmapped_mount({mount.source, mount.recursive, mount.idmap_recursive}, fd)));
  }
  std::vector<int> fds;
  fds.reserve(mounts.size());
  for (const UniqueFd& mount : mounts) fds.push_back(mount.get());
  return context.channel.send(Message::ids_ready, fds);
}

// The channel ends a little before the process does.
Error death_error(ParentContext& context) {
  constexpr int kPatienceMs = 1000;
  static_cast<void>(sys::wait_readable(context.launched.pidfd.get(), kPatienceMs));
  const Result<sys::WaitOutcome> outcome = sys::wait_process(context.launched.pid, WNOHANG);
  const std::string_view step = init_step_name(context.progress->step.load());
  std::string how = "ended";
  if (outcome && WIFSIGNALED(outcome->status)) {
    how = fmt::format("was killed by SIG{}", sigabbrev_np(WTERMSIG(outcome->status)));
  }
  if (outcome) context.launched.pid = 0;  // it has been waited for
  return Error(ErrorCode::system, fmt::format("the sandbox's first process {} during '{}'", how, step));
}

}  // namespace

Status clone_child(ParentContext& context) {
  const LaunchPlan& plan = context.plan;
  sys::CloneRequest request{.flags = clone_flags(context), .cgroup_fd = context.cgroup->v2_fd()};
  if (needs_joiner(plan)) {
    Joined joined = COVE_TRY(clone_through_joiner(plan, request, context.channel, context.child_socket.get(),
                                                  [&] { run_child(context); }));
    context.launched.pid = joined.pid;
    context.launched.pidfd = std::move(joined.pidfd);
  } else {
    Result<sys::CloneResult> cloned = sys::clone_process(request);
    if (!cloned) return explain_clone_failure(std::move(cloned).error(), plan);
    if (cloned->pid == 0) run_child(context);
    context.launched.pid = cloned->pid;
    context.launched.pidfd = std::move(cloned->pidfd);
  }
  // Only the child's copies may keep these open: their end of file tells of its exec or death.
  context.child_socket.reset();
  context.child_stdout.reset();
  context.child_stderr.reset();
  restore_oom_score(context);
  context.callbacks.trace("launch: the child is process {}", context.launched.pid);
  if (context.keeper.armed()) COVE_TRY(context.keeper.watch(context.launched.pidfd.get()));
  return context.callbacks.cloned ? context.callbacks.cloned(context.launched.pid) : Status();
}

void kill_child(ParentContext& context) noexcept {
  restore_oom_score(context);
  if (context.launched.pid == 0) return;
  static_cast<void>(sys::signal_pidfd(context.launched.pidfd.get(), SIGKILL));
  static_cast<void>(sys::wait_process(context.launched.pid));
}

namespace {

// In a user namespace of its own nobody may raise a hard limit, whatever his capabilities there: so that is
// done from here. Where we may not either, the child's own step says what is missing.
void raise_hard_limits(const ParentContext& context) {
  const pid_t pid = context.launched.pid;
  for (const rlimit::Limit& limit : context.plan.lockdown.rlimits) {
    const Result<sys::ResourceLimit> now = sys::process_limit(pid, limit.resource);
    if (!now || now->hard >= limit.hard) continue;
    static_cast<void>(sys::set_process_limit(pid, limit.resource, now->soft, limit.hard));
  }
}

}  // namespace

Status map_ids(ParentContext& context) {
  if (!context.plan.is_fresh(NamespaceKind::user)) return {};
  raise_hard_limits(context);
  return unless_child_died(context, idmap::write_maps(context.launched.pid, context.plan.idmap));
}

Status release_child(ParentContext& context) {
  return unless_child_died(context, send_mounts(context));
}

namespace {

// An error on its way from the child.
Error child_failure(ParentContext& context, const Failure& failure) {
  context.child_failed = true;
  return child_error(failure);
}

Status take_message(ParentContext& context, Channel::Received& received) {
  Launched& launched = context.launched;
  switch (received.decoded.message) {
    case Message::console:
      if (received.fds.size() == 1) launched.console = std::move(received.fds.front());
      return {};
    case Message::listener:
      if (received.fds.size() != 1 || !context.callbacks.listener) return {};
      return context.callbacks.listener(launched.pid, received.fds.front().get());
    case Message::created:
      if (context.callbacks.created) COVE_TRY(context.callbacks.created(launched));
      return context.channel.send(Message::detach);
    default:
      return {};
  }
}

}  // namespace

Status run_runtime_hooks(ParentContext& context) {
  const LaunchPlan& plan = context.plan;
  if (!has_hooks(plan)) return {};
  const Channel::Received received = COVE_TRY(context.channel.receive());
  if (received.decoded.failure) return child_failure(context, *received.decoded.failure);
  if (received.closed) return death_error(context);
  const pid_t pid = context.launched.pid;
  COVE_TRY(run_hooks("createRuntime", plan.container.hooks_after_mounts,
                     plan.container.hook_state.print("creating", pid), context.callbacks.trace));
  return context.channel.send(Message::hooks_done, {}, pid);
}

Status await_exec(ParentContext& context) {
  while (true) {
    Channel::Received received = COVE_TRY(context.channel.receive());
    if (received.closed) break;
    if (received.decoded.failure) return child_failure(context, *received.decoded.failure);
    COVE_TRY(take_message(context, received));
  }
  const bool waits = waits_for_start(context.plan);
  const bool arrived = waits || context.progress->step.load() == init_step_count();
  if (!context.channel.complete() || !arrived) {
    context.child_failed = true;  // in its place: the error names the step
    return death_error(context);
  }
  context.launched.started_ns = sys::monotonic_nanoseconds();
  return {};
}

}  // namespace cove::launch

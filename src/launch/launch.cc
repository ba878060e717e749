#include "launch/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include <algorithm>
#include <optional>

#include "kernel/idmap/userns.h"
#include "kernel/idmap/write.h"
#include "kernel/quota/quota.h"
#include "launch/init.h"
#include "launch/joiner.h"
#include "launch/step.h"
#include "sys/file.h"
#include "sys/mount.h"
#include "sys/process.h"
#include "sys/socket.h"

namespace cove::launch {
namespace {

struct ParentContext {
  explicit ParentContext(const LaunchPlan& launch_plan) : plan(launch_plan) {}

  const LaunchPlan& plan;
  Channel channel;  // our end
  UniqueFd child_socket;
  ProgressPage progress;
  std::optional<cgroup::Cgroup> cgroup;
  Keeper keeper;
  std::vector<std::string> work_directories;  // those we made
  std::string old_oom_score;
  UniqueFd child_stdout, child_stderr;
  Launched launched;
};

KeeperDuties duties_of(const LaunchPlan& plan) {
  KeeperDuties duties;
  for (const cgroup::Directory& directory : plan.cgroup.directories) duties.cgroups.push_back(directory.path);
  if (!plan.root.upper.empty()) duties.work_directories.push_back(work_directory(plan.root.upper));
  for (const MountPlan& mount : plan.mounts) {
    if (!mount.upper.empty()) duties.work_directories.push_back(work_directory(mount.upper));
  }
  return duties;
}

Status check_caller(ParentContext& context) {
  static_cast<void>(context);
  // The child of a process with threads might find the allocator's lock taken for ever.
  const size_t threads = COVE_TRY(sys::thread_count());
  if (threads != 1)
    return Error(ErrorCode::internal, fmt::format("launch from a process with {} threads", threads));
  return {};
}

Status open_channel(ParentContext& context) {
  sys::SocketPair pair = COVE_TRY(sys::make_seqpacket_pair());
  context.channel = Channel(std::move(pair.first), Side::parent, expected_sequence(context.plan));
  context.child_socket = std::move(pair.second);
  context.progress = COVE_TRY(ProgressPage::create());
  if (context.plan.process.stdio == StdioMode::pipes) {
    sys::PipePair out = COVE_TRY(sys::make_pipe());
    sys::PipePair err = COVE_TRY(sys::make_pipe());
    context.launched.stdout_pipe = std::move(out.read_end);
    context.child_stdout = std::move(out.write_end);
    context.launched.stderr_pipe = std::move(err.read_end);
    context.child_stderr = std::move(err.write_end);
  }
  return {};
}

Status arm_keeper(ParentContext& context) {
  context.keeper = COVE_TRY(Keeper::arm(duties_of(context.plan)));
  return {};
}

void dismiss_keeper(ParentContext& context) noexcept {
  context.keeper.dismiss();
}

Status bound_upper(ParentContext& context) {
  const RootPlan& root = context.plan.root;
  if (root.upper_quota_bytes == 0) return {};
  // The work directory too: overlayfs renames from it, and a rename between projects is a copy (EXDEV).
  Status bound =
      quota::bound_directories(std::array{root.upper, work_directory(root.upper)}, root.upper_quota_bytes);
  if (bound || root.upper_quota_required) return bound;
  context.launched.waived.push_back("storage-size: " + bound.error().message());
  return {};
}

Status make_work_directories(ParentContext& context) {
  const LaunchPlan& plan = context.plan;
  for (const std::string& directory : duties_of(plan).work_directories) {
    context.launched.work_locks.push_back(COVE_TRY(claim_work_directory(directory)));
    context.work_directories.push_back(directory);
    if (!plan.is_fresh(NamespaceKind::user) || plan.idmap.maps.uids.empty() || plan.idmap.maps.gids.empty())
      continue;
    COVE_TRY(sys::change_owner_at(AT_FDCWD, directory.c_str(), plan.idmap.maps.uids.front().outside,
                                  plan.idmap.maps.gids.front().outside, AT_SYMLINK_NOFOLLOW));
  }
  if (plan.root.claim_upper) {
    COVE_TRY(sys::change_owner_at(AT_FDCWD, plan.root.upper.c_str(), plan.idmap.maps.uids.front().outside,
                                  plan.idmap.maps.gids.front().outside, AT_SYMLINK_NOFOLLOW));
  }
  return bound_upper(context);
}

void drop_work_directories(ParentContext& context) noexcept {
  context.launched.work_locks.clear();
  remove_work_directories(context.work_directories);
}

Status create_cgroups(ParentContext& context) {
  context.cgroup.emplace(COVE_TRY(cgroup::Cgroup::create(context.plan.cgroup)));
  return {};
}

void remove_cgroups(ParentContext& context) noexcept {
  if (!context.cgroup) return;
  static_cast<void>(context.cgroup->kill_all());
  static_cast<void>(context.cgroup->remove());
}

// The child inherits the score; ours comes back after the clone.
Status raise_oom_score(ParentContext& context) {
  if (!context.plan.lockdown.oom_score_adj) return {};
  constexpr const char* kFile = "/proc/self/oom_score_adj";
  context.old_oom_score = COVE_TRY(sys::read_file(kFile));
  Status written = sys::write_existing(kFile, fmt::format("{}", *context.plan.lockdown.oom_score_adj));
  if (!written && written.error().sys_errno() == EACCES) {
    written.error().set_code(ErrorCode::limit_unenforceable);
    written.error().set_hint("a score below cove's own needs CAP_SYS_RESOURCE");
  }
  return written;
}

void restore_oom_score(ParentContext& context) noexcept {
  if (!context.old_oom_score.empty()) {
    static_cast<void>(sys::write_existing("/proc/self/oom_score_adj", context.old_oom_score));
  }
}

// The namespaces that clone3(2) makes. Time and cgroup come later: see enter_time_namespace and join_cgroups.
uint64_t clone_flags(const LaunchPlan& plan) {
  uint64_t flags = 0;
  for (size_t i = 0; i < kNamespaceKinds; ++i) {
    const auto kind = static_cast<NamespaceKind>(i);
    if (kind != NamespaceKind::time && kind != NamespaceKind::cgroup && plan.is_fresh(kind)) {
      flags |= namespace_clone_flag(kind);
    }
  }
  return flags;
}

[[noreturn]] void run_child(ParentContext& context) noexcept {
  Channel channel(std::move(context.child_socket), Side::child, expected_sequence(context.plan));
  // The joiner has sent `spawned` on this end already.
  if (needs_joiner(context.plan)) channel.skip(Message::spawned);
  context.channel.close();
  InitContext init(context.plan, channel, *context.progress, *context.cgroup);
  init.stdout_pipe = std::move(context.child_stdout);
  init.stderr_pipe = std::move(context.child_stderr);
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

Status clone_child(ParentContext& context) {
  const LaunchPlan& plan = context.plan;
  sys::CloneRequest request{.flags = clone_flags(plan), .cgroup_fd = context.cgroup->v2_fd()};
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
  return context.keeper.watch(context.launched.pidfd.get());
}

void kill_child(ParentContext& context) noexcept {
  restore_oom_score(context);
  if (context.launched.pid == 0) return;
  static_cast<void>(sys::signal_pidfd(context.launched.pidfd.get(), SIGKILL));
  static_cast<void>(sys::wait_process(context.launched.pid));
}

// A child that ended early says why when its messages are read, in the last step: then that is the reason,
// and not what could not be done to it here.
Status unless_child_died(const ParentContext& context, Status status) {
  constexpr int kPatienceMs = 1000;
  if (!status && sys::wait_readable(context.launched.pidfd.get(), kPatienceMs)) return {};
  return status;
}

Status map_ids(ParentContext& context) {
  if (!context.plan.is_fresh(NamespaceKind::user)) return {};
  return unless_child_died(context, idmap::write_maps(context.launched.pid, context.plan.idmap));
}

Result<UniqueFd> idmapped_mount(const std::string& source, bool recursive, int userns_fd) {
  UniqueFd mount =
      COVE_TRY(sys::open_tree(AT_FDCWD, source.c_str(), OPEN_TREE_CLONE | (recursive ? AT_RECURSIVE : 0U)));
  Status mapped =
      sys::set_mount_attributes(mount.get(), {.set = MOUNT_ATTR_IDMAP, .userns_fd = userns_fd}, recursive);
  if (mapped) return mount;
  Error& error = mapped.error();
  error.add_context(fmt::format("id-map {}", source));
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
  const bool any = plan.root.idmapped || std::any_of(plan.mounts.begin(), plan.mounts.end(),
                                                     [](const MountPlan& mount) { return mount.idmapped; });
  if (any) {
    const std::string path = fmt::format("/proc/{}/ns/user", context.launched.pid);
    const UniqueFd userns = COVE_TRY(sys::open_path(path.c_str(), O_RDONLY));
    if (plan.root.idmapped) mounts.push_back(COVE_TRY(idmapped_mount(plan.root.source, false, userns.get())));
    for (const MountPlan& mount : plan.mounts) {
      if (mount.idmapped)
        mounts.push_back(COVE_TRY(idmapped_mount(mount.source, mount.recursive, userns.get())));
    }
  }
  std::vector<int> fds;
  fds.reserve(mounts.size());
  for (const UniqueFd& mount : mounts) fds.push_back(mount.get());
  return context.channel.send(Message::ids_ready, fds);
}

Status release_child(ParentContext& context) {
  return unless_child_died(context, send_mounts(context));
}

Error death_error(const ParentContext& context) {
  const Result<sys::WaitOutcome> outcome = sys::wait_process(context.launched.pid, WNOHANG);
  const std::string_view step = init_step_name(context.progress->step.load());
  std::string how = "ended";
  if (outcome && WIFSIGNALED(outcome->status)) {
    how = fmt::format("was killed by SIG{}", sigabbrev_np(WTERMSIG(outcome->status)));
  }
  return Error(ErrorCode::system, fmt::format("the sandbox's first process {} during '{}'", how, step));
}

// Reads what the child says until it has become the command.
Status await_exec(ParentContext& context) {
  while (true) {
    Channel::Received received = COVE_TRY(context.channel.receive());
    if (received.closed) break;
    if (received.decoded.failure) {
      const Failure& failure = *received.decoded.failure;
      Error error(failure.code, failure.message, failure.sys_errno);
      error.set_hint(failure.hint);
      error.add_context(init_step_name(failure.step));
      return error;
    }
    if (received.decoded.message == Message::console && received.fds.size() == 1) {
      context.launched.console = std::move(received.fds.front());
    }
  }
  const bool reached_exec = context.progress->step.load() + 1 == init_step_count();
  if (!context.channel.complete() || !reached_exec) {
    Error error = death_error(context);
    context.launched.pid = 0;  // it has been waited for
    return error;
  }
  context.launched.started_ns = sys::monotonic_nanoseconds();
  return {};
}

using ParentStep = Step<ParentContext>;

constexpr std::array kParentSteps{
    ParentStep{Phase::start, "check caller", check_caller},
    ParentStep{Phase::start, "open channel", open_channel},
    ParentStep{Phase::start, "arm keeper", arm_keeper, dismiss_keeper},
    ParentStep{Phase::start, "make work directories", make_work_directories, drop_work_directories},
    ParentStep{Phase::start, "create cgroups", create_cgroups, remove_cgroups},
    ParentStep{Phase::start, "raise oom score", raise_oom_score, restore_oom_score},
    ParentStep{Phase::namespaces, "clone child", clone_child, kill_child},
    ParentStep{Phase::namespaces, "map ids", map_ids},
    ParentStep{Phase::namespaces, "release child", release_child},
    ParentStep{Phase::handover, "await exec", await_exec},
};
static_assert(phases_ordered(kParentSteps));
static_assert(names_unique(kParentSteps));

Status inject_fault([[maybe_unused]] const ParentContext& context, [[maybe_unused]] std::string_view step) {
#ifdef COVE_FAULT_INJECTION
  const FaultPlan& fault = context.plan.fault;
  if (fault.step == step) {
    if (fault.kill) sys::kill_self(SIGKILL);
    return Error(ErrorCode::internal, "injected fault");
  }
#endif
  return {};
}

Status run_step(ParentContext& context, const ParentStep& step) {
  COVE_TRY(inject_fault(context, step.name).context(step.name));
  // The child's failures name the child's step.
  if (step.run == await_exec) return step.run(context);
  return step.run(context).context(step.name);
}

void collect_timings(ParentContext& context) {
  for (size_t i = 0; i < init_step_count(); ++i) {
    context.launched.timings.push_back({init_step_name(i), true, context.progress->step_ns[i]});
  }
}

}  // namespace

std::vector<std::string_view> parent_step_names() {
  std::vector<std::string_view> names;
  names.reserve(kParentSteps.size());
  for (const ParentStep& step : kParentSteps) names.push_back(step.name);
  return names;
}

std::string_view failed_step(const Error& error) {
  const std::string message = error.message();
  for (const auto& names : {parent_step_names(), init_step_names()}) {
    for (const std::string_view name : names) {
      if (message.starts_with(name) && message.substr(name.size(), 2) == ": ") return name;
    }
  }
  return {};
}

std::string print_timing(const StepTiming& timing) {
  return fmt::format("{:6}  {:28}{:>9.1f} µs", timing.in_child ? "child" : "parent", timing.step,
                     static_cast<double>(timing.nanoseconds) / 1000.0);
}

Result<Launched> launch(const LaunchPlan& plan) {
  ParentContext context(plan);
  uint64_t began = sys::monotonic_nanoseconds();
  for (size_t i = 0; i < kParentSteps.size(); ++i) {
    Status status = run_step(context, kParentSteps[i]);
    const uint64_t now = sys::monotonic_nanoseconds();
    context.launched.timings.push_back({kParentSteps[i].name, false, now - began});
    began = now;
    if (status) continue;
    // The failed step may have done a part: its own undo runs as well.
    for (size_t done = i + 1; done-- > 0;) {
      if (kParentSteps[done].undo != nullptr) kParentSteps[done].undo(context);
    }
    return std::move(status).error();
  }
  collect_timings(context);
  context.launched.setup_user_us = context.progress->setup_user_us;
  context.launched.setup_system_us = context.progress->setup_system_us;
  // A v2 cgroup is entered by the clone, v1 ones in "join cgroups".
  const bool from_the_clone = context.cgroup->v2_fd() >= 0;
  context.launched.counted_setup_us = context.progress->setup_user_us + context.progress->setup_system_us -
                                      (from_the_clone ? 0 : context.progress->joined_us);
  context.launched.cgroup = std::move(*context.cgroup);
  context.launched.keeper = std::move(context.keeper);
  context.launched.work_directories = std::move(context.work_directories);
  return std::move(context.launched);
}

Status finish(Launched& launched) {
  // Mostly process 1 has taken all others with it, and the directories are empty.
  Status killed;
  Status removed = cgroup::remove_directories(launched.cgroup.directories(), 0);
  if (!removed) {
    killed = launched.cgroup.kill_all();
    removed = launched.cgroup.remove();
  }
  launched.work_locks.clear();
  remove_work_directories(launched.work_directories);
  launched.keeper.dismiss();
  COVE_TRY(std::move(killed));
  return removed;
}

}  // namespace cove::launch

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "kernel/mount/kept_namespace.h"
#include "kernel/mount/layers.h"
#include "kernel/quota/quota.h"
#include "launch/parent.h"
#include "sys/file.h"
#include "sys/mount.h"
#include "sys/process.h"
#include "sys/socket.h"

namespace cove::launch {
namespace {

KeeperDuties duties_of(const LaunchPlan& plan) {
  KeeperDuties duties;
  for (const cgroup::Directory& directory : plan.cgroup.directories) duties.cgroups.push_back(directory.path);
  if (!plan.root.upper.empty()) duties.work_directories.push_back(work_directory(plan.root.upper));
  for (const MountPlan& mount : plan.mounts) {
    if (!mount.upper.empty()) duties.work_directories.push_back(work_directory(mount.upper));
  }
  return duties;
}

Status bound_upper(ParentContext& context) {
  const RootPlan& root = context.plan.root;
  if (root.upper_quota_bytes == 0) return {};
  // The work directories too: overlayfs renames from them, and a rename between projects is a copy (EXDEV).
  std::vector<std::string> directories{root.upper, work_directory(root.upper)};
  for (const MountPlan& mount : context.plan.mounts) {
    // The parts of one layer lie beside each other; an overlay of the user's own is not bounded.
    if (mount.upper.empty() || parent_directory(mount.upper) != parent_directory(root.upper)) continue;
    directories.push_back(mount.upper);
    directories.push_back(work_directory(mount.upper));
  }
  Status bound = quota::bound_directories(directories, root.upper_quota_bytes).context("storage-size");
  if (bound || root.upper_quota_required) return bound;
  context.launched.waived.push_back(bound.error().message());
  return {};
}

}  // namespace

Status check_caller(ParentContext& context) {
  static_cast<void>(context);
  // The child of a process with threads might find the allocator's lock taken for ever.
  const size_t threads = COVE_TRY(sys::thread_count());
  if (threads != 1)
    return Error(ErrorCode::internal, fmt::format("launch from a process with {} threads", threads));
  return {};
}

// They stay mounted, for all containers of the image: see kernel/mount/layers.h.
Status mount_layers(ParentContext& context) {
  const RootPlan& root = context.plan.root;
  return mount::mount_layers(root.source, root.lowers);
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

Status open_start_gate(ParentContext& context) {
  if (!waits_for_start(context.plan)) return {};
  const std::string& path = context.plan.container.start_socket;
  const UniqueFd directory = COVE_TRY(sys::open_path(parent_directory(path).c_str(), O_PATH | O_DIRECTORY));
  context.start_gate = COVE_TRY(sys::listen_at(directory.get(), base_name(path).c_str()));
  return {};
}

void remove_start_gate(ParentContext& context) noexcept {
  if (!context.start_gate.valid()) return;
  static_cast<void>(sys::remove_file_at(AT_FDCWD, context.plan.container.start_socket.c_str()));
}

Status arm_keeper(ParentContext& context) {
  // A container outlives everybody who could keep it; its record is what cleans up.
  if (context.plan.container.enabled) return {};
  KeeperDuties duties = duties_of(context.plan);
  if (!context.plan.networks.empty()) duties.more = context.callbacks.detach_networks;
  context.keeper = COVE_TRY(Keeper::arm(duties));
  return {};
}

void dismiss_keeper(ParentContext& context) noexcept {
  context.keeper.dismiss();
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
  if (const auto& existing = context.plan.existing_cgroup) {
    context.cgroup.emplace(COVE_TRY(cgroup::open_cgroup_of(existing->record, existing->options)));
    return {};
  }
  context.cgroup.emplace(COVE_TRY(cgroup::Cgroup::create(context.plan.cgroup)));
  return {};
}

void remove_cgroups(ParentContext& context) noexcept {
  if (!context.cgroup || context.plan.existing_cgroup) return;
  static_cast<void>(context.cgroup->kill_all());
  static_cast<void>(context.cgroup->remove());
}

namespace {

// Hooks, and a root that is not pivoted to, need the host's tree in the child's mount namespace; and a user
// namespace of its own may not enter what is not its own.
bool leaves_mounts_behind(const LaunchPlan& plan) {
  if (plan.kept_namespace.empty() || !plan.is_fresh(NamespaceKind::mount)) return false;
  if (plan.ns(NamespaceKind::user).mode != NamespaceMode::host) return false;
  if (plan.root.kind == RootKind::none || plan.root.without_pivot) return false;
  return plan.container.hooks_after_mounts.empty() && plan.process.hooks_before_pivot.empty();
}

}  // namespace

Status open_kept_namespace(ParentContext& context) {
  // What copying and dismantling fewer costs is not worth the mounts that this leaves on the host.
  constexpr size_t kManyMounts = 128;
  const std::string& directory = context.plan.kept_namespace;
  if (!leaves_mounts_behind(context.plan) || !sys::sees_more_mounts_than(kManyMounts)) return {};
  Result<UniqueFd> kept = mount::open_kept_namespace(directory);
  // Without it all is the same, but slower.
  if (kept)
    context.kept_namespace = std::move(*kept);
  else
    context.callbacks.trace("launch: no mount namespace is kept in {}: {}", directory,
                            kept.error().message());
  return {};
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

}  // namespace cove::launch

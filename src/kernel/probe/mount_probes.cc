// File systems: each trial mounts in a mount namespace of its own, or does not attach its mount anywhere.
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>

#include <string>
#include <utility>

#include "kernel/idmap/lease.h"
#include "kernel/idmap/write.h"
#include "kernel/probe/context.h"
#include "sys/file.h"
#include "sys/mount.h"
#include "sys/process.h"

namespace cove::probe {
namespace {

Status cut_propagation() {
  return sys::set_mount_attributes_at(AT_FDCWD, "/", {.propagation = MS_PRIVATE}, true);
}

Result<UniqueFd> mount_new(const char* type, uint64_t attributes = 0) {
  const UniqueFd context = COVE_TRY(sys::fs_open(type));
  return sys::fs_mount(context.get(), type, attributes);
}

Status use_mount_api() {
  COVE_TRY(cut_propagation());
  const UniqueFd fresh = COVE_TRY(mount_new("tmpfs"));
  COVE_TRY(sys::make_directory_at(fresh.get(), "below", 0700));
  COVE_TRY(sys::set_mount_attributes(fresh.get(), {.set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID}, true));
  const UniqueFd copy = COVE_TRY(sys::open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE | AT_RECURSIVE));
  return sys::attach_mount_at(fresh.get(), AT_FDCWD, "/");
}

Status mount_proc() {
  const UniqueFd proc = COVE_TRY(mount_new("proc", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NODEV));
  return {};
}

// On a tmpfs that is attached in the trial's own mount namespace only.
Status use_overlay(bool userxattr) {
  COVE_TRY(cut_propagation());
  const UniqueFd scratch = COVE_TRY(mount_new("tmpfs"));
  for (const char* name : {"lower", "upper", "work"})
    COVE_TRY(sys::make_directory_at(scratch.get(), name, 0755));
  COVE_TRY(sys::make_directory_at(scratch.get(), "lower/old", 0755));
  COVE_TRY(sys::attach_mount_at(scratch.get(), AT_FDCWD, "/"));
  COVE_TRY(sys::change_directory_fd(scratch.get()));
  const UniqueFd context = COVE_TRY(sys::fs_open("overlay"));
  COVE_TRY(sys::fs_set_string(context.get(), "lowerdir", "lower"));
  COVE_TRY(sys::fs_set_string(context.get(), "upperdir", "upper"));
  COVE_TRY(sys::fs_set_string(context.get(), "workdir", "work"));
  if (userxattr) COVE_TRY(sys::fs_set_flag(context.get(), "userxattr"));
  const UniqueFd overlay = COVE_TRY(sys::fs_mount(context.get(), "overlay", 0));
  COVE_TRY(sys::make_directory_at(overlay.get(), "new", 0755));
  return sys::remove_directory_at(overlay.get(), "old");  // needs a whiteout
}
Status use_root_overlay() {
  return use_overlay(false);
}
Status use_user_overlay() {
  return use_overlay(true);
}

// Holds a user namespace for as long as it lives: a child that waits for the end of a pipe.
class NamespaceHolder {
 public:
  static Result<NamespaceHolder> make(const idmap::IdMapPlan& maps) {
    sys::PipePair pipe = COVE_TRY(sys::make_pipe());
    NamespaceHolder holder;
    holder.process_ = COVE_TRY(sys::clone_process({.flags = CLONE_NEWUSER}));
    if (holder.process_.pid == 0) {
      pipe.write_end.reset();
      (void)sys::read_all(pipe.read_end.get(), "end");
      sys::exit_now(0);
    }
    holder.end_ = std::move(pipe.write_end);
    COVE_TRY(idmap::write_maps(holder.process_.pid, maps));
    return holder;
  }
  NamespaceHolder(NamespaceHolder&& other) noexcept
      : process_(std::exchange(other.process_, {})), end_(std::move(other.end_)) {}
  NamespaceHolder& operator=(NamespaceHolder&&) = delete;
  NamespaceHolder(const NamespaceHolder&) = delete;
  NamespaceHolder& operator=(const NamespaceHolder&) = delete;
  ~NamespaceHolder() {
    end_.reset();
    if (process_.pid > 0) (void)sys::wait_process(process_.pid);
  }

  [[nodiscard]] Result<UniqueFd> open() const {
    return sys::open_path(fmt::format("/proc/{}/ns/user", process_.pid).c_str(), O_RDONLY);
  }

 private:
  NamespaceHolder() = default;
  sys::CloneResult process_;
  UniqueFd end_;
};

Status use_idmapped_root() {
  const idmap::IdMapPlan maps = COVE_TRY(idmap::plan_private(idmap::kLeaseFirst));
  const NamespaceHolder holder = COVE_TRY(NamespaceHolder::make(maps));
  const UniqueFd userns = COVE_TRY(holder.open());
  const UniqueFd tree = COVE_TRY(sys::open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE));
  return sys::set_mount_attributes(tree.get(), {.set = MOUNT_ATTR_IDMAP, .userns_fd = userns.get()}, false);
}

}  // namespace

Outcome probe_mount_api(const Context& context) {
  const TrialOutcome outcome = try_in_child(context.with_power(CLONE_NEWNS), use_mount_api);
  if (outcome.status.ok())
    return works("fsopen, fsmount, mount_setattr, open_tree and move_mount did their work");
  if (!outcome.started || outcome.status.error().sys_errno() != ENOSYS)
    return fails(Verdict::missing, outcome);
  return fails(Verdict::missing, outcome,
               "use Linux 5.12 or newer; in a container, let its seccomp filter allow the mount calls");
}

Outcome probe_proc_mount(const Context& context) {
  const TrialOutcome outcome = try_in_child(context.with_power(CLONE_NEWNS | CLONE_NEWPID), mount_proc);
  if (outcome.status.ok()) return works("a new /proc could be mounted for a new PID namespace");
  return fails(Verdict::missing, outcome, std::string(error_remedy(ErrorCode::proc_mount_denied)));
}

Outcome probe_overlay(const Context& context) {
  const TrialOutcome in_userns = try_in_child(context.in_userns(CLONE_NEWNS), use_user_overlay);
  const std::string remedy(error_remedy(ErrorCode::overlay_userns));
  if (!context.privileged) {
    if (in_userns.status.ok())
      return works("mounted in a user namespace (userxattr), written to and deleted from");
    return fails(Verdict::missing, in_userns, remedy);
  }
  const TrialOutcome as_root = try_in_child({.namespaces = CLONE_NEWNS}, use_root_overlay);
  if (!as_root.status.ok())
    return fails(Verdict::missing, as_root, "as root: modprobe overlay; or use --rw or --read-only");
  if (in_userns.status.ok())
    return works("mounted as root and in a user namespace (userxattr), written to and deleted from");
  Outcome outcome = fails(Verdict::limited, in_userns, remedy);
  outcome.verdict = Verdict::limited;
  outcome.detail = "as root it works, in a user namespace not: " + outcome.detail;
  return outcome;
}

Outcome probe_idmapped_mounts(const Context& context) {
  if (!context.privileged || !context.initial_userns) {
    return {Verdict::limited, "only root of the whole machine can map the ids of its file systems",
            "run cove as root for -v ...:idmap"};
  }
  const TrialOutcome outcome = try_in_child({.namespaces = CLONE_NEWNS}, use_idmapped_root);
  if (outcome.status.ok()) return works("the root file system could be mounted with other ids");
  return fails(
      Verdict::missing, outcome,
      "the file system type must support it (ext4, xfs, btrfs, tmpfs from Linux 6.3, overlay from 5.19)");
}

}  // namespace cove::probe

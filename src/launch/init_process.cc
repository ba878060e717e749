// The child's steps for its terminal, streams, limits and keyring.
#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <array>

#include "kernel/tty/pty.h"
#include "launch/init.h"
#include "sys/file.h"
#include "sys/mount.h"
#include "sys/process.h"
#include "sys/schedule.h"

namespace cove::launch {

Status open_terminal(InitContext& context) {
  const ProcessPlan& process = context.plan.process;
  if (process.stdio != StdioMode::tty) return {};
  const bool own_root = context.plan.root.kind != RootKind::none;
  const UniqueFd root = own_root ? COVE_TRY(sys::duplicate_fd(context.root.get()))
                                 : COVE_TRY(sys::open_path("/", O_PATH | O_DIRECTORY));
  tty::Pty pty = COVE_TRY(tty::open_pty(root.get()));
  COVE_TRY(tty::set_window_size(pty.master.get(), {process.console_size.rows, process.console_size.columns}));
  if (own_root) {
    // /dev/console is the terminal too, as in every container runtime.
    const UniqueFd slave =
        COVE_TRY(sys::open_in_root(root.get(), tty::slave_name(pty.number).c_str(), O_PATH));
    const UniqueFd mount = COVE_TRY(sys::open_tree(slave.get(), "", OPEN_TREE_CLONE | AT_EMPTY_PATH));
    const UniqueFd console = COVE_TRY(
        sys::open_in_root(root.get(), "/dev/console", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
    const UniqueFd target = COVE_TRY(sys::open_in_root(root.get(), "/dev/console", O_PATH));
    COVE_TRY(sys::attach_mount(mount.get(), target.get()));
  }
  const int master = pty.master.get();
  COVE_TRY(context.channel.send(Message::console, {&master, 1}));
  context.terminal = std::move(pty.slave);
  return {};
}

Status set_resource_limits(InitContext& context) {
  for (const rlimit::Limit& limit : context.plan.lockdown.rlimits) COVE_TRY(rlimit::apply(limit));
  return {};
}

Status set_scheduling(InitContext& context) {
  const ProcessPlan& process = context.plan.process;
  if (process.personality) COVE_TRY(sys::set_personality(*process.personality));
  if (!process.cpu_affinity.empty()) COVE_TRY(sys::set_cpu_affinity(process.cpu_affinity));
  if (process.memory_policy)
    COVE_TRY(sys::set_memory_policy(process.memory_policy->mode, process.memory_policy->nodes));
  if (process.io_priority) COVE_TRY(sys::set_io_priority(*process.io_priority));
  if (!process.scheduler) return {};
  const SchedulerPlan& plan = *process.scheduler;
  return sys::set_scheduler(
      {plan.policy, plan.flags, plan.nice, plan.priority, plan.runtime_ns, plan.deadline_ns, plan.period_ns});
}

Status set_apparmor_profile(int proc, const std::string& profile) {
  // AppArmor's own file, which is there since Linux 5.8: self/attr/exec may be another module's.
  Status set = sys::write_existing_at(proc, "self/attr/apparmor/exec", "exec " + profile);
  if (set) return set;
  Error& error = set.error();
  error.set_hint(error.sys_errno() == ENOENT
                     ? "load it first: apparmor_parser -r FILE; aa-status lists those that are loaded"
                     : "cove itself is confined by a profile that does not let it change to this one");
  return std::move(set).context("apparmor profile " + profile);
}

Status set_labels(InitContext& context) {
  const LockdownPlan& lockdown = context.plan.lockdown;
  if (lockdown.apparmor_profile.empty() && lockdown.selinux_label.empty()) return {};
  // A procfs of our own: what an image has at /proc/self/attr may be anything (CVE-2019-16884).
  const UniqueFd fs = COVE_TRY(sys::fs_open("proc"));
  const UniqueFd proc =
      COVE_TRY(sys::fs_mount(fs.get(), "proc", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC));
  if (!lockdown.apparmor_profile.empty())
    COVE_TRY(set_apparmor_profile(proc.get(), lockdown.apparmor_profile));
  if (lockdown.selinux_label.empty()) return {};
  return sys::write_existing_at(proc.get(), "self/attr/exec", lockdown.selinux_label)
      .context("selinux label " + lockdown.selinux_label);
}

bool is_null_device(const Result<struct stat>& info) {
  constexpr unsigned kMemoryDevices = 1;
  constexpr unsigned kNull = 3;
  return info && S_ISCHR(info->st_mode) && info->st_rdev == makedev(kMemoryDevices, kNull);
}

// A container's null streams are its own: the host's lie on a mount that it does not have, and no checkpoint
// can be made of that. One without such a device keeps the host's.
Status replace_null_stream(int fd) {
  if (!is_null_device(sys::stat_at(AT_FDCWD, "/dev/null", AT_SYMLINK_NOFOLLOW))) return {};
  const UniqueFd null = COVE_TRY(sys::open_path("/dev/null", O_RDWR | O_NOFOLLOW));
  return sys::duplicate_fd_to(null.get(), fd);
}

Status connect_stdio(InitContext& context) {
  // A session of its own in any case: a process that shares the caller's could push input into its terminal
  // with TIOCSTI (CVE-2017-5226).
  if (context.terminal.valid()) {
    COVE_TRY(tty::make_controlling_terminal(context.terminal.get()));
    if (context.terminal.get() <= 2) static_cast<void>(context.terminal.release());
    return {};
  }
  COVE_TRY(sys::start_session());
  if (context.plan.process.null_stdin) {
    const UniqueFd null = COVE_TRY(sys::open_path("/dev/null", O_RDONLY));
    COVE_TRY(sys::duplicate_fd_to(null.get(), 0));
  }
  // Through an open directory of the host's, /proc/self/fd/0/.. leads out of the root.
  constexpr std::array kStreams{"input", "output", "error"};
  for (size_t fd = 0; fd < kStreams.size(); ++fd) {
    const Result<struct stat> info = sys::stat_fd(static_cast<int>(fd));
    if (info && S_ISDIR(info->st_mode)) {
      return Error(ErrorCode::invalid_argument,
                   fmt::format("standard {} is a directory of the host: redirect it", kStreams[fd]));
    }
    const bool own_devices = context.plan.container.enabled && context.plan.is_fresh(NamespaceKind::mount);
    if (own_devices && is_null_device(info)) COVE_TRY(replace_null_stream(static_cast<int>(fd)));
  }
  if (context.stdout_pipe.valid()) COVE_TRY(sys::duplicate_fd_to(context.stdout_pipe.get(), 1));
  if (context.stderr_pipe.valid()) COVE_TRY(sys::duplicate_fd_to(context.stderr_pipe.get(), 2));
  return {};
}

Status new_keyring(InitContext& context) {
  if (!context.plan.lockdown.new_session_keyring) return {};
  return sys::join_new_session_keyring(context.plan.id.c_str());
}

}  // namespace cove::launch

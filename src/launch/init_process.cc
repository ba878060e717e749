// The child's steps for its terminal, streams, limits and keyring.
#include <fcntl.h>
#include <signal.h>

#include "kernel/tty/pty.h"
#include "launch/init.h"
#include "sys/file.h"
#include "sys/mount.h"
#include "sys/process.h"

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
    COVE_TRY(sys::duplicate_to(null.get(), 0));
  }
  // Through an open directory of the host's, /proc/self/fd/0/.. leads out of the root.
  for (const int fd : {0, 1, 2}) {
    const Result<struct stat> info = sys::stat_fd(fd);
    if (info && S_ISDIR(info->st_mode)) {
      return Error(ErrorCode::invalid_argument,
                   "a standard stream is a directory of the host: redirect it to a file");
    }
  }
  if (context.stdout_pipe.valid()) COVE_TRY(sys::duplicate_to(context.stdout_pipe.get(), 1));
  if (context.stderr_pipe.valid()) COVE_TRY(sys::duplicate_to(context.stderr_pipe.get(), 2));
  return {};
}

Status new_keyring(InitContext& context) {
  if (!context.plan.lockdown.new_session_keyring) return {};
  return sys::join_new_session_keyring(context.plan.id.c_str());
}

}  // namespace cove::launch

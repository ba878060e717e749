// Terminals and pseudo-terminals. May be called from any process, in the child between clone and exec as
// well. Sources: termios(3), ioctl_tty(2), pty(7), setsid(2).
#pragma once

#include <sys/ioctl.h>
#include <sys/types.h>
#include <termios.h>

#include <cstdint>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::sys {

[[nodiscard]] bool is_terminal(int fd) noexcept;

// On a pty's master these are the slave's settings.
Result<struct termios> get_terminal_attributes(int fd);
// `when`: TCSANOW, TCSADRAIN or TCSAFLUSH. From a background process it raises SIGTTOU, unless that is
// blocked or ignored.
Status set_terminal_attributes(int fd, int when, const struct termios& attributes);

Result<struct winsize> get_window_size(int fd);
Status set_window_size(int fd, const struct winsize& size);

// Lets the slave of the pty `master` be opened: TIOCSPTLCK.
Status unlock_pty(int master);
// The N of /dev/pts/N: TIOCGPTN.
Result<uint32_t> pty_number(int master);
// Opens the slave without any path, so whatever lies on /dev/pts cannot misdirect it: TIOCGPTPEER. O_CLOEXEC
// is added to `flags`.
Result<UniqueFd> open_pty_peer(int master, int flags);

// Makes `fd` the controlling terminal of the caller, a session leader that has none: TIOCSCTTY.
Status set_controlling_terminal(int fd);
// tcgetpgrp(3): fails with ENOTTY where `fd` is not the caller's controlling terminal, unless it is a pty's
// master.
Result<pid_t> foreground_process_group(int fd);

}  // namespace cove::sys

// Pseudo-terminal pairs, as a sandbox's process makes its own console, and window sizes.
// Everything here may be called between clone and exec. Sources: pty(7), ioctl_tty(2), devpts in the kernel's
// Documentation/filesystems/devpts.rst.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::tty {

struct Pty {
  UniqueFd master;
  UniqueFd slave;       // opened O_NOCTTY: nobody's controlling terminal yet
  uint32_t number = 0;  // its name in the devpts that the master belongs to is slave_name(number)
};

// Opens a ptmx device below the directory `root_fd` with open_in_root, not as controlling terminal.
// For a devpts of one's own `path` is "dev/pts/ptmx"; it must have been mounted with a ptmxmode that lets the
// caller in.
Result<UniqueFd> open_ptmx(int root_fd, const char* path = "dev/pts/ptmx");

// The pair of a master that open_ptmx (or an open of /dev/ptmx) gave; unlocks the slave. Takes the master. No
// grantpt(3): devpts gives the slave its owner and mode (options gid=, mode=) at creation.
Result<Pty> open_pair(UniqueFd master);

// open_ptmx and open_pair.
Result<Pty> open_pty(int root_fd, const char* path = "dev/pts/ptmx");

// "/dev/pts/<number>"
std::string slave_name(uint32_t number);

// The slave belongs to the user who runs behind it, so that he can open it again by name (as runc, Docker and
// login(1) do). The group stays what devpts's gid= made it. `uid`: as in the caller's user namespace.
Status give_slave(int slave, uid_t uid);

struct WindowSize {
  uint16_t rows = 24;
  uint16_t columns = 80;
  bool operator==(const WindowSize&) const = default;
};
// ENOTTY when `fd` is no terminal. A terminal that does not know its size says 0 by 0.
Result<WindowSize> window_size(int fd);
// Sets it, on either side of the pair; the foreground process group of the slave gets SIGWINCH if it changed.
Status set_window_size(int fd, WindowSize size);

// Starts a new session whose controlling terminal is `slave`: setsid(2), TIOCSCTTY. The caller must not lead
// a process group (a process just cloned does not).
Status start_session_on(int slave);

// start_session_on, and `slave` becomes descriptors 0, 1 and 2. The caller closes `slave` if it is above 2.
Status make_controlling_terminal(int slave);

}  // namespace cove::tty

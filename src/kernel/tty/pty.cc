#include "kernel/tty/pty.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "sys/file.h"
#include "sys/process.h"
#include "sys/tty.h"

namespace cove::tty {

Result<UniqueFd> open_ptmx(int root_fd, const char* path) {
  UniqueFd master =
      COVE_TRY(sys::open_in_root(root_fd, path, O_RDWR | O_NOCTTY).context("open pseudo-terminal"));
  COVE_TRY(sys::unlock_pty(master.get()));
  return master;
}

Result<Pty> open_pair(UniqueFd master) {
  COVE_TRY(sys::unlock_pty(master.get()));
  Pty pty;
  pty.number = COVE_TRY(sys::pty_number(master.get()));
  pty.slave = COVE_TRY(sys::open_pty_peer(master.get(), O_RDWR | O_NOCTTY));
  pty.master = std::move(master);
  return pty;
}

Result<Pty> open_pty(int root_fd, const char* path) {
  return open_pair(COVE_TRY(open_ptmx(root_fd, path)));
}

std::string slave_name(uint32_t number) {
  return fmt::format("/dev/pts/{}", number);
}

Status give_slave(int slave, uid_t uid) {
  return sys::change_owner_at(slave, "", uid, static_cast<gid_t>(-1), AT_EMPTY_PATH)
      .context("give the terminal to its user");
}

Result<WindowSize> window_size(int fd) {
  const struct winsize size = COVE_TRY(sys::get_window_size(fd));
  return WindowSize{size.ws_row, size.ws_col};
}

Status set_window_size(int fd, WindowSize size) {
  struct winsize kernel_size {};
  kernel_size.ws_row = size.rows;
  kernel_size.ws_col = size.columns;
  return sys::set_window_size(fd, kernel_size);
}

Status start_session_on(int slave) {
  COVE_TRY(sys::start_session());
  return sys::set_controlling_terminal(slave);
}

Status make_controlling_terminal(int slave) {
  COVE_TRY(start_session_on(slave));
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    COVE_TRY(sys::duplicate_fd_to(slave, standard));
  }
  return {};
}

}  // namespace cove::tty

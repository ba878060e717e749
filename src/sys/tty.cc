#include "sys/tty.h"

#include <fcntl.h>
#include <unistd.h>

#include "sys/call.h"

namespace cove::sys {

bool is_terminal(int fd) noexcept {
  return ::isatty(fd) == 1;
}

Result<struct termios> get_terminal_attributes(int fd) {
  struct termios attributes {};
  if (::tcgetattr(fd, &attributes) != 0) return last_error("get terminal attributes");
  return attributes;
}

Status set_terminal_attributes(int fd, int when, const struct termios& attributes) {
  if (retry_interrupted([&] { return ::tcsetattr(fd, when, &attributes); }) != 0) {
    return last_error("set terminal attributes");
  }
  return {};
}

Result<struct winsize> get_window_size(int fd) {
  struct winsize size {};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0) return last_error("get window size");
  return size;
}

Status set_window_size(int fd, const struct winsize& size) {
  if (::ioctl(fd, TIOCSWINSZ, &size) != 0) return last_error("set window size");
  return {};
}

Status unlock_pty(int master) {
  const int locked = 0;
  if (::ioctl(master, TIOCSPTLCK, &locked) != 0) return last_error("unlock pseudo-terminal");
  return {};
}

Result<uint32_t> pty_number(int master) {
  unsigned number = 0;
  if (::ioctl(master, TIOCGPTN, &number) != 0) return last_error("get pseudo-terminal number");
  return number;
}

Result<UniqueFd> open_pty_peer(int master, int flags) {
  const int fd = ::ioctl(master, TIOCGPTPEER, flags | O_CLOEXEC);
  if (fd < 0) return last_error("open pseudo-terminal slave");
  return UniqueFd(fd);
}

Status set_controlling_terminal(int fd) {
  if (::ioctl(fd, TIOCSCTTY, 0) != 0) return last_error("set controlling terminal");
  return {};
}

Result<pid_t> foreground_process_group(int fd) {
  const pid_t group = ::tcgetpgrp(fd);
  if (group < 0) return last_error("get foreground process group");
  return group;
}

}  // namespace cove::sys

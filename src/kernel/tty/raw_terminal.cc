#include "kernel/tty/raw_terminal.h"

#include <unistd.h>

#include "sys/tty.h"

namespace cove::tty {
namespace {

Status make_raw(int fd, const struct termios& original) {
  struct termios raw = original;
  ::cfmakeraw(&raw);
  raw.c_cc[VMIN] = 1;
  raw.c_cc[VTIME] = 0;
  // TCSANOW: what the user has typed ahead is for the command, and waiting for the output to drain could take
  // for ever (output is processed as it is written, so the change does not touch what went before).
  return sys::set_terminal_attributes(fd, TCSANOW, raw);
}

// Where the caller is in the background, the foreground's shell has set the terminal as it wants it.
bool in_background(int fd) {
  const auto foreground = sys::foreground_process_group(fd);
  return foreground.ok() && *foreground != ::getpgrp();
}

}  // namespace

Result<RawTerminal> RawTerminal::enter(int fd) {
  RawTerminal terminal;
  terminal.original_ = COVE_TRY(sys::get_terminal_attributes(fd));
  COVE_TRY(make_raw(fd, terminal.original_));
  terminal.fd_ = fd;
  return terminal;
}

RawTerminal& RawTerminal::operator=(RawTerminal&& other) noexcept {
  if (this == &other) return *this;
  leave();
  fd_ = std::exchange(other.fd_, -1);
  original_ = other.original_;
  return *this;
}

Status RawTerminal::suspend() {
  if (!holds() || in_background(fd_)) return {};
  return sys::set_terminal_attributes(fd_, TCSANOW, original_);
}

Status RawTerminal::resume() {
  return holds() ? make_raw(fd_, original_) : Status();
}

void RawTerminal::leave() noexcept {
  if (!holds()) return;
  const Status ignored = suspend();  // a terminal that is gone needs no mending
  static_cast<void>(ignored);
  fd_ = -1;
}

}  // namespace cove::tty

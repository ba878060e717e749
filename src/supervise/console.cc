#include "supervise/console.h"

#include <fcntl.h>
#include <unistd.h>

#include "kernel/tty/pty.h"
#include "sys/file.h"
#include "sys/tty.h"

namespace cove::supervise {

Result<Console> Console::attach(UniqueFd master, const StandardStreams& streams) {
  Console console;
  console.slave_ = COVE_TRY(sys::open_pty_peer(master.get(), O_RDWR | O_NOCTTY));
  console.master_ = std::move(master);
  console.streams_ = streams;
  return console;
}

Result<sys::Stream> Console::stream() const {
  return sys::Stream::own(COVE_TRY(sys::duplicate_fd(master_.get())));
}

Status Console::make_raw() {
  if (!sys::is_terminal(streams_.input)) return {};
  raw_ = COVE_TRY(tty::RawTerminal::enter(streams_.input).context("set the terminal to raw mode"));
  return {};
}

std::string Console::end_of_input(bool within_line) const {
  const auto attributes = sys::get_terminal_attributes(master_.get());
  if (!attributes.ok() || attributes->c_cc[VEOF] == _POSIX_VDISABLE) return {};
  const std::string once(1, static_cast<char>(attributes->c_cc[VEOF]));
  return within_line ? once + once : once;
}

bool Console::copy_size() {
  if (!attached()) return false;
  for (const int fd : {streams_.input, streams_.output, streams_.error}) {
    const auto size = tty::window_size(fd);
    if (!size.ok()) continue;
    // A terminal that does not know its size leaves the pty's as it was made.
    return (size->rows == 0 && size->columns == 0) || tty::set_window_size(master_.get(), *size).ok();
  }
  return false;
}

void Console::suspend() noexcept {
  const Status status = raw_.suspend();
  static_cast<void>(status);
}

void Console::resume() noexcept {
  const Status status = raw_.resume();
  static_cast<void>(status);
  copy_size();
}

void Console::hang_up() noexcept {
  slave_.reset();
  master_.reset();
}

}  // namespace cove::supervise

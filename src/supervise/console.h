// The user's terminal and the sandbox's pseudo-terminal, tied together (cove run -t): raw mode, sizes, end of
// input. Called by the process that the user started.
#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/tty/raw_terminal.h"
#include "sys/stream.h"

namespace cove::supervise {

// cove's own standard streams; other numbers only in tests.
struct StandardStreams {
  int input = 0;
  int output = 1;
  int error = 2;
};

class Console {
 public:
  Console() = default;  // none

  // Takes the pty's master. Holds its slave open as well: between the moments at which the command closes its
  // last descriptor and opens the terminal again, the master would else report a hang-up, and poll(2) with
  // it, all the time. That the terminal is at its end only the end of the sandbox's processes tells.
  static Result<Console> attach(UniqueFd master, const StandardStreams& streams);

  [[nodiscard]] bool attached() const noexcept { return master_.valid(); }
  [[nodiscard]] int master() const noexcept { return master_.get(); }
  // The master as a stream, for either direction.
  [[nodiscard]] Result<sys::Stream> stream() const;

  // If standard input is a terminal: it passes every key on from now.
  Status make_raw();
  [[nodiscard]] const tty::RawTerminal& raw_terminal() const noexcept { return raw_; }
  // What the end of a standard input that is no terminal means on a terminal: Ctrl-D, that is the VEOF
  // character that is set; twice within a line, where the first only ends the line. Without canonical mode
  // the command gets to read the character itself.
  [[nodiscard]] std::string end_of_input(bool within_line) const;

  // Gives the pty the size of the user's terminal, which is the first of input, output and error that is one.
  // False if there is none. The kernel tells those inside whom it concerns, with SIGWINCH.
  bool copy_size();

  // Around a stop of cove. What they cannot do they leave: a terminal that hung up (SIGHUP comes with a
  // SIGCONT) is no reason to give up the sandbox.
  void suspend() noexcept;
  void resume() noexcept;
  // The user's terminal is as it was.
  void restore() noexcept { raw_.leave(); }
  // The sandbox's terminal is gone, once the streams are closed too: its session gets SIGHUP, its writes fail
  // with EIO.
  void hang_up() noexcept;

 private:
  UniqueFd master_;
  UniqueFd slave_;
  StandardStreams streams_;
  tty::RawTerminal raw_;
};

}  // namespace cove::supervise

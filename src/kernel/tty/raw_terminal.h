// The user's own terminal in raw mode for as long as a relay runs. Called by the process that the user
// started.
#pragma once

#include <termios.h>

#include <utility>

#include "base/result.h"

namespace cove::tty {

// Puts a terminal into raw mode and back. Does not own the descriptor, which must outlive it. What no
// destructor survives (SIGKILL) is the keeper's business: give it original().
class RawTerminal {
 public:
  RawTerminal() = default;  // holds no terminal

  // Saves the settings of the terminal `fd` and makes it raw, as cfmakeraw(3). In a
  // background process this raises SIGTTOU: the caller stops until the user brings it to the foreground.
  static Result<RawTerminal> enter(int fd);

  RawTerminal(RawTerminal&& other) noexcept { *this = std::move(other); }
  RawTerminal& operator=(RawTerminal&& other) noexcept;
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
  ~RawTerminal() { leave(); }

  [[nodiscard]] bool holds() const noexcept { return fd_ >= 0; }
  [[nodiscard]] const struct termios& original() const noexcept { return original_; }

  // For a stop and a continuation in between (SIGTSTP, SIGCONT): the saved settings, and raw mode again.
  // Another program, the shell above all, may have changed the terminal meanwhile; what is restored in the
  // end stays what enter() found. In the background, suspend() leaves the terminal to the foreground, as
  // leave() does.
  Status suspend();
  Status resume();
  // Restores the terminal, lets go of it. Typed input that nobody has read stays for the shell.
  void leave() noexcept;

 private:
  int fd_ = -1;
  struct termios original_ {};
};

}  // namespace cove::tty

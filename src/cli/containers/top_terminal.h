// The terminal of a full-screen view: raw mode and the alternate screen, for as long as this object lives.
// For one object at a time, in the process that the user started. Sources: termios(3), ECMA-48, xterm's
// control sequences.
#pragma once

#include <termios.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "cli/containers/top_view.h"

namespace cove::cli {

enum class Key : uint8_t { none, up, down, quit, resize, character };
struct KeyPress {
  Key key = Key::none;  // none: the time has come
  char character = 0;
};

// Takes one key off the front of `bytes`: ASCII, or the sequences of the arrow keys; others are left out.
// Nothing if there is no whole key. Pure.
std::optional<KeyPress> take_key(std::string& bytes);

class TopTerminal {
 public:
  // ErrorCode::invalid_argument: standard input or output is no terminal.
  static Result<TopTerminal> open();
  TopTerminal(TopTerminal&&) noexcept = default;
  TopTerminal& operator=(TopTerminal&&) = delete;
  TopTerminal(const TopTerminal&) = delete;
  TopTerminal& operator=(const TopTerminal&) = delete;
  ~TopTerminal();

  [[nodiscard]] TopSize size() const;
  [[nodiscard]] Status draw(const std::vector<std::string>& lines) const;
  // The next key, or none at `deadline_ns` (CLOCK_MONOTONIC). SIGINT, SIGTERM, SIGHUP, SIGQUIT and a closed
  // terminal are Key::quit; SIGTSTP gives the terminal back and stops until SIGCONT.
  Result<KeyPress> wait(uint64_t deadline_ns);

 private:
  TopTerminal(UniqueFd signals, const struct termios& before)
      : signals_(std::move(signals)), before_(before) {}
  Status enter() const;
  void leave() const noexcept;
  Result<std::optional<KeyPress>> take_signal();

  UniqueFd signals_;
  struct termios before_;
  std::string bytes_;
};

}  // namespace cove::cli

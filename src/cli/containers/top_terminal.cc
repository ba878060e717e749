#include "cli/containers/top_terminal.h"

#include <signal.h>
#include <unistd.h>

#include <array>

#include "sys/file.h"
#include "sys/poll.h"
#include "sys/pseudo_file.h"
#include "sys/tty.h"

namespace cove::cli {
namespace {

constexpr char kControlC = 3;
constexpr char kControlZ = 26;
constexpr char kEscape = 27;

}  // namespace

std::optional<KeyPress> take_key(std::string& bytes) {
  while (!bytes.empty()) {
    const char first = bytes.front();
    if (first != kEscape) {
      bytes.erase(0, 1);
      if (first == kControlC) return KeyPress{Key::quit, 0};
      return KeyPress{Key::character, first};
    }
    if (bytes.size() == 1) return std::nullopt;
    if (bytes[1] != '[' && bytes[1] != 'O') {
      bytes.erase(0, 1);
      continue;
    }
    // Parameters, then one final byte.
    const size_t end = bytes.find_first_not_of("0123456789;", 2);
    if (end == std::string::npos) return std::nullopt;
    const char final = bytes[end];
    bytes.erase(0, end + 1);
    if (final == 'A') return KeyPress{Key::up, 0};
    if (final == 'B') return KeyPress{Key::down, 0};
  }
  return std::nullopt;
}

Result<TopTerminal> TopTerminal::open() {
  if (!sys::is_terminal(STDIN_FILENO) || !sys::is_terminal(STDOUT_FILENO)) {
    Error error(ErrorCode::invalid_argument, "cove top needs a terminal");
    error.set_hint("for a script: cove stats --no-stream --format json");
    return error;
  }
  const sys::SignalSet signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH};
  COVE_TRY(sys::block_signals(signals));
  UniqueFd fd = COVE_TRY(sys::open_signal_fd(signals));
  const struct termios before = COVE_TRY(sys::get_terminal_attributes(STDIN_FILENO));
  TopTerminal terminal(std::move(fd), before);
  COVE_TRY(terminal.enter());
  return terminal;
}

TopTerminal::~TopTerminal() {
  if (signals_.valid()) leave();
}

Status TopTerminal::enter() const {
  struct termios raw = before_;
  ::cfmakeraw(&raw);
  COVE_TRY(sys::set_terminal_attributes(STDIN_FILENO, TCSAFLUSH, raw));
  return sys::write_all(STDOUT_FILENO, "\x1b[?1049h\x1b[?25l\x1b[2J", "the terminal");
}

void TopTerminal::leave() const noexcept {
  static_cast<void>(sys::write_all(STDOUT_FILENO, "\x1b[?25h\x1b[?1049l", "the terminal"));
  static_cast<void>(sys::set_terminal_attributes(STDIN_FILENO, TCSAFLUSH, before_));
}

TopSize TopTerminal::size() const {
  const Result<struct winsize> window = sys::get_window_size(STDOUT_FILENO);
  if (!window || window->ws_row == 0 || window->ws_col == 0) return {};
  return {window->ws_row, window->ws_col};
}

Status TopTerminal::draw(const std::vector<std::string>& lines) const {
  std::string frame = "\x1b[H";
  for (size_t i = 0; i < lines.size(); ++i) frame += (i == 0 ? "" : "\r\n") + lines[i] + "\x1b[0m\x1b[K";
  return sys::write_all(STDOUT_FILENO, frame + "\x1b[J", "the terminal");
}

Result<std::optional<KeyPress>> TopTerminal::take_signal() {
  const auto received = COVE_TRY(sys::read_signal(signals_.get()));
  if (!received) return std::optional<KeyPress>();
  if (received->number == SIGWINCH) return std::optional(KeyPress{Key::resize, 0});
  if (received->number != SIGTSTP) return std::optional(KeyPress{Key::quit, 0});
  leave();
  COVE_TRY(sys::stop_self(SIGTSTP));
  COVE_TRY(enter());
  return std::optional(KeyPress{Key::resize, 0});
}

Result<KeyPress> TopTerminal::wait(uint64_t deadline_ns) {
  while (true) {
    if (const auto key = take_key(bytes_)) {
      // Raw mode sends no signal for it.
      if (key->key != Key::character || key->character != kControlZ) return *key;
      COVE_TRY(sys::signal_process(::getpid(), SIGTSTP));
    }
    std::array<struct pollfd, 2> entries{{{STDIN_FILENO, POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
    const size_t ready = COVE_TRY(sys::poll_until(entries, deadline_ns));
    if (ready == 0) return KeyPress{};
    if (entries[1].revents != 0) {
      if (const auto key = COVE_TRY(take_signal())) return *key;
    }
    if (entries[0].revents == 0) continue;
    std::array<char, 64> buffer;
    const ssize_t got = sys::read_some(STDIN_FILENO, buffer);
    if (got <= 0) return KeyPress{Key::quit, 0};
    bytes_.append(buffer.data(), static_cast<size_t>(got));
  }
}

}  // namespace cove::cli

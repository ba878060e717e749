#include "cli/containers/session.h"

#include <errno.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "base/strings.h"
#include "cli/numbers.h"
#include "kernel/tty/pty.h"
#include "kernel/tty/raw_terminal.h"
#include "monitor/attach.h"
#include "sys/file.h"
#include "sys/poll.h"
#include "sys/stream.h"

namespace cove::cli {
namespace {

using monitor::Kind;
using monitor::Packet;

const sys::SignalSet& session_signals() {
  static const sys::SignalSet kSet{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGUSR2, SIGWINCH};
  return kSet;
}

// Finds the detach keys in what is typed. What may still become them is held back.
class KeyWatch {
 public:
  explicit KeyWatch(std::string keys) : keys_(std::move(keys)) {}

  // Appends to `passed` what is to be sent on. True: the keys are complete.
  bool take(std::string_view typed, std::string& passed) {
    if (keys_.empty()) {
      passed += typed;
      return false;
    }
    for (const char key : typed) {
      if (key == keys_[matched_]) {
        if (++matched_ == keys_.size()) return true;
        continue;
      }
      passed += keys_.substr(0, matched_);
      matched_ = key == keys_.front() ? 1 : 0;
      if (matched_ == 0) passed += key;
    }
    return false;
  }

 private:
  std::string keys_;
  size_t matched_ = 0;
};

class Session {
 public:
  Session(UniqueFd socket, const SessionOptions& options)
      : socket_(std::move(socket)), options_(options), keys_(options.detach_keys) {}

  Result<SessionEnd> run();

 private:
  Status prepare();
  Status receive();
  Status handle_signals();
  Status take_default(int signal);
  void read_input();
  void queue(Kind kind, std::string_view payload);
  void send_queued();
  void send_size();
  [[nodiscard]] bool full() const noexcept { return queued_.size() >= kMostQueued; }

  static constexpr size_t kMostQueued = 4;

  UniqueFd socket_;
  const SessionOptions& options_;
  KeyWatch keys_;
  UniqueFd signals_;
  sys::Stream input_;
  tty::RawTerminal raw_;
  std::vector<std::pair<Kind, std::string>> queued_;
  SessionEnd end_;
  bool over_ = false;
};

Status Session::prepare() {
  COVE_TRY(sys::set_nonblocking(socket_.get()));
  signals_ = COVE_TRY(sys::open_signal_fd(session_signals()));
  if (!options_.output) {
    Packet packet;
    packet.kind = Kind::only_end;
    COVE_TRY(monitor::send_packet(socket_.get(), packet, 0));
  }
  const bool terminal = ::isatty(STDIN_FILENO) == 1;
  if (options_.tty && options_.interactive && terminal)
    raw_ = COVE_TRY(tty::RawTerminal::enter(STDIN_FILENO));
  if (options_.tty) send_size();
  if (options_.interactive) input_ = sys::Stream::borrow_for_reading(STDIN_FILENO);
  return {};
}

void Session::send_size() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO}) {
    const Result<tty::WindowSize> size = tty::window_size(fd);
    if (!size || size->rows == 0) continue;
    const monitor::Resize resize{size->rows, size->columns};
    queue(Kind::resize, {reinterpret_cast<const char*>(&resize), sizeof resize});
    return;
  }
}

void Session::queue(Kind kind, std::string_view payload) {
  queued_.emplace_back(kind, std::string(payload));
  send_queued();
}

void Session::send_queued() {
  Packet packet;
  while (!queued_.empty()) {
    packet.kind = queued_.front().first;
    const std::string& payload = queued_.front().second;
    std::memcpy(packet.payload, payload.data(), payload.size());
    const Status sent = monitor::send_packet(socket_.get(), packet, payload.size());
    if (!sent && sent.error().sys_errno() == EAGAIN) return;
    // A monitor that is gone is seen by reading.
    queued_.erase(queued_.begin());
  }
}

void Session::read_input() {
  std::array<std::byte, monitor::kMaxPayload / 2> buffer;
  const sys::IoResult result = input_.read_some(buffer);
  if (result.state == sys::IoState::would_block) return;
  if (result.state != sys::IoState::moved) {
    input_.close();
    queue(Kind::input_closed, {});
    return;
  }
  std::string passed;
  const std::string_view typed(reinterpret_cast<const char*>(buffer.data()), result.bytes);
  if (keys_.take(typed, passed)) {
    end_.detached = true;
    over_ = true;
    return;
  }
  if (!passed.empty()) queue(Kind::input, passed);
}

Status Session::receive() {
  Packet packet;
  const Result<std::optional<size_t>> size = monitor::receive_packet(socket_.get(), packet);
  if (!size && size.error().sys_errno() == EAGAIN) return {};
  if (!size || !*size) {
    over_ = true;
    return {};
  }
  const std::string_view text(reinterpret_cast<const char*>(packet.payload), **size);
  switch (packet.kind) {
    case Kind::output:
      return sys::write_all(STDOUT_FILENO, text, "standard output");
    case Kind::error_output:
      return sys::write_all(STDERR_FILENO, text, "standard error");
    case Kind::ended: {
      int32_t status = 0;
      if (text.size() == sizeof status) std::memcpy(&status, text.data(), sizeof status);
      end_.exit_status = status;
      over_ = true;
      return {};
    }
    default:
      return {};
  }
}

// What the signal does to any other program: it ends, or it stops and comes back here when it goes on.
Status Session::take_default(int signal) {
  // A terminal that has hung up has no modes any more.
  static_cast<void>(raw_.suspend());
  COVE_TRY(sys::set_signal_mask(sys::SignalSet()));
  COVE_TRY(sys::signal_process(::getpid(), signal));
  COVE_TRY(prepare_session());
  COVE_TRY(raw_.resume());
  // The terminal may be another size by now.
  if (options_.tty) send_size();
  return {};
}

Status Session::handle_signals() {
  while (const auto signal = COVE_TRY(sys::read_signal(signals_.get()))) {
    if (signal->number == SIGWINCH) {
      if (options_.tty) send_size();
    } else if (options_.forward && signal->number != SIGTSTP) {
      options_.forward(signal->number);
    } else {
      // Ctrl-Z is for the client: the container has `pause`.
      COVE_TRY(take_default(signal->number));
    }
  }
  return {};
}

Result<SessionEnd> Session::run() {
  COVE_TRY(prepare());
  while (!over_) {
    const auto wanted = static_cast<short>(POLLIN | (queued_.empty() ? 0 : POLLOUT));
    std::array<struct pollfd, 3> entries{
        {{socket_.get(), wanted, 0}, {signals_.get(), POLLIN, 0}, {full() ? -1 : input_.fd(), POLLIN, 0}}};
    COVE_TRY(sys::poll_until(entries, sys::kNever));
    if (entries[1].revents != 0) COVE_TRY(handle_signals());
    if ((entries[0].revents & POLLOUT) != 0) send_queued();
    if ((entries[0].revents & ~POLLOUT) != 0) COVE_TRY(receive());
    if (entries[2].revents != 0) read_input();
  }
  raw_.leave();
  return end_;
}

}  // namespace

Status prepare_session() {
  COVE_TRY(sys::block_signals(session_signals()));
  return {};
}

Result<SessionEnd> run_session(UniqueFd socket, const SessionOptions& options) {
  return Session(std::move(socket), options).run();
}

Result<std::string> parse_detach_keys(std::string_view text) {
  std::string keys;
  for (const std::string_view key : split(text, ',')) {
    constexpr std::string_view kControl = "ctrl-";
    if (key.size() == 1) {
      keys += key;
      continue;
    }
    const std::string_view rest =
        key.starts_with(kControl) ? key.substr(kControl.size()) : std::string_view{};
    constexpr std::string_view kOthers = "@[\\]^_";
    const char letter = rest.size() == 1 ? rest.front() : '\0';
    if (letter >= 'a' && letter <= 'z') {
      keys += static_cast<char>(letter - 'a' + 1);
    } else if (letter != '\0' && kOthers.find(letter) != std::string_view::npos) {
      keys += static_cast<char>(letter == '@' ? 0 : letter - '@');
    } else {
      return value_error(
          fmt::format("{} is no key", quote(key)),
          "give single characters, or ctrl- and one of a-z @ [ \\ ] ^ _, with commas between them");
    }
  }
  return keys;
}

}  // namespace cove::cli

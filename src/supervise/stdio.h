// The standard streams of a sandbox for as long as it is supervised, in each of the three modes:
// - inherited: nothing passes through cove, every function here does nothing;
// - pipes: standard output and error are read and passed on. Where cove's own reader has gone (`cove run ...
// | head`)
//   cove closes its end of that pipe, so that the command learns of it as in any pipeline: SIGPIPE, EPIPE.
//   (Process 1 of a pid namespace is not killed by SIGPIPE; it gets EPIPE.)
// - tty: the pseudo-terminal, in both directions. Where cove's output is gone the sandbox's terminal hangs
// up. Called by the process that the user started, with SIGPIPE blocked.
#pragma once

#include <poll.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "supervise/console.h"
#include "supervise/outcome.h"
#include "supervise/relay.h"
#include "supervise/typed_signals.h"

namespace cove::supervise {

struct StdioEnds {
  UniqueFd console;      // the pty's master: tty mode
  UniqueFd stdout_pipe;  // read ends: pipes mode
  UniqueFd stderr_pipe;
};

struct StdioOptions {
  StandardStreams streams;
  bool interactive = false;  // tty mode: pass standard input on
  std::optional<uint64_t> output_limit_bytes;
  const SignalForwarder* forwarder = nullptr;  // interactive only: for Ctrl-C; null: left to the terminal
};

class Stdio {
 public:
  static constexpr size_t kPollEntries = 6;
  using PollEntries = std::span<struct pollfd, kPollEntries>;

  Stdio() = default;
  Stdio(const Stdio&) = delete;  // the relays point at the budget and the watch
  Stdio& operator=(const Stdio&) = delete;

  // Last of all it makes the user's terminal raw.
  Status open(StdioEnds ends, const StdioOptions& options);

  // What to wait for, and what to do when poll(2) has returned.
  void prepare(PollEntries entries) const noexcept;
  void pump(PollEntries entries);

  // No process of the sandbox is left: what is in the pipes or the terminal now is all there is.
  void end_of_writers() noexcept;
  // Everything has been passed on, and the note about the truncation written.
  [[nodiscard]] bool drained() const noexcept;

  [[nodiscard]] bool limit_exceeded() const noexcept { return budget_.exceeded; }
  // The first time after cove's own output in tty mode was lost: true.
  [[nodiscard]] bool take_hang_up() noexcept;
  // The signal that the user typed and with which the sandbox must be ended now, or 0.
  [[nodiscard]] int typed_signal() const noexcept { return typed_signals_.ending(); }
  // What was passed on; nothing in inherited mode.
  [[nodiscard]] std::optional<OutputUse> use() const noexcept;
  [[nodiscard]] uint64_t written_bytes() const noexcept {
    return output_.written_bytes() + error_.written_bytes();
  }

  [[nodiscard]] Console& console() noexcept { return console_; }

 private:
  Status open_console(UniqueFd master, const StdioOptions& options);
  Status open_pipes(StdioEnds ends, const StdioOptions& options);
  void finish_input();
  void note_truncation();

  bool relayed_ = false;
  OutputBudget budget_;
  std::optional<uint64_t> limit_;
  TypedSignals typed_signals_;
  Relay output_;
  Relay error_;
  Relay input_;
  Console console_;
  bool input_finished_ = true;
  bool hung_up_ = false;
  std::string note_;  // about the truncation; still to be written
};

}  // namespace cove::supervise

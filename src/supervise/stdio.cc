#include "supervise/stdio.h"

#include <fmt/format.h>

#include "sys/tty.h"

namespace cove::supervise {
namespace {

enum Entry : size_t { output_source, output_sink, error_source, error_sink, input_source, input_sink };

struct pollfd entry(int fd, short events) {
  return {.fd = fd, .events = events, .revents = 0};
}

}  // namespace

Status Stdio::open(StdioEnds ends, const StdioOptions& options) {
  limit_ = options.output_limit_bytes;
  if (limit_) {
    budget_.limit_bytes = *limit_;
    note_ = fmt::format("\n[cove: output truncated at {} bytes]\n", *limit_);
  }
  if (ends.console.valid()) return open_console(std::move(ends.console), options);
  if (ends.stdout_pipe.valid() || ends.stderr_pipe.valid()) return open_pipes(std::move(ends), options);
  return {};
}

Status Stdio::open_console(UniqueFd master, const StdioOptions& options) {
  relayed_ = true;
  console_ = COVE_TRY(Console::attach(std::move(master), options.streams));
  output_ =
      Relay(COVE_TRY(console_.stream()), sys::Stream::borrow_for_writing(options.streams.output), &budget_);
  if (limit_) error_ = Relay({}, sys::Stream::borrow_for_writing(options.streams.error), nullptr);
  console_.copy_size();
  if (!options.interactive) return {};
  input_ =
      Relay(sys::Stream::borrow_for_reading(options.streams.input), COVE_TRY(console_.stream()), nullptr);
  if (options.forwarder != nullptr) {
    typed_signals_ = TypedSignals(console_.master(), *options.forwarder);
    input_.set_watch(&typed_signals_);
  }
  input_finished_ = false;
  return console_.make_raw();
}

Status Stdio::open_pipes(StdioEnds ends, const StdioOptions& options) {
  relayed_ = true;
  if (ends.stdout_pipe.valid()) {
    output_ = Relay(COVE_TRY(sys::Stream::own(std::move(ends.stdout_pipe))),
                    sys::Stream::borrow_for_writing(options.streams.output), &budget_);
  }
  sys::Stream errors;
  if (ends.stderr_pipe.valid()) errors = COVE_TRY(sys::Stream::own(std::move(ends.stderr_pipe)));
  error_ = Relay(std::move(errors), sys::Stream::borrow_for_writing(options.streams.error), &budget_);
  return {};
}

void Stdio::prepare(PollEntries entries) const noexcept {
  entries[output_source] = entry(output_.source_fd(), POLLIN);
  entries[output_sink] = entry(output_.sink_fd(), POLLOUT);
  entries[error_source] = entry(error_.source_fd(), POLLIN);
  entries[error_sink] = entry(error_.sink_fd(), POLLOUT);
  entries[input_source] = entry(input_.source_fd(), POLLIN);
  entries[input_sink] = entry(input_.sink_fd(), POLLOUT);
}

void Stdio::pump(PollEntries entries) {
  if (!relayed_) return;
  const auto ready = [&](Entry which) { return entries[which].revents != 0; };
  output_.pump(ready(output_source), ready(output_sink));
  error_.pump(ready(error_source), ready(error_sink));
  input_.pump(ready(input_source), ready(input_sink));
  finish_input();
  note_truncation();
}

void Stdio::finish_input() {
  if (input_finished_ || input_.source_open() || !input_.empty()) return;
  input_finished_ = true;
  // A terminal that hangs up says so by SIGHUP.
  if (console_.raw_terminal().holds() || !input_.sink_open() || !console_.attached()) return;
  const char last = input_.last_byte();
  input_.append(console_.end_of_input(last != 0 && last != '\n'));
}

// Behind all the output that is passed on, and with lines that end properly.
void Stdio::note_truncation() {
  if (!budget_.exceeded || note_.empty()) return;
  output_.close_source();
  error_.close_source();
  if (!output_.empty()) return;
  console_.restore();
  if (error_.append(note_)) note_.clear();
}

void Stdio::end_of_writers() noexcept {
  output_.end_of_writers();
  error_.end_of_writers();
  input_.close();
  input_finished_ = true;
}

bool Stdio::drained() const noexcept {
  return output_.done() && error_.done() && (!budget_.exceeded || note_.empty());
}

bool Stdio::take_hang_up() noexcept {
  if (hung_up_ || !console_.attached() || !output_.sink_lost()) return false;
  hung_up_ = true;
  input_.close();
  console_.restore();
  console_.hang_up();
  return true;
}

std::optional<OutputUse> Stdio::use() const noexcept {
  if (!relayed_) return std::nullopt;
  return OutputUse{budget_.passed_bytes, limit_, budget_.exceeded};
}

}  // namespace cove::supervise

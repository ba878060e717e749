#include "supervise/relay.h"

#include <algorithm>
#include <cstring>

namespace cove::supervise {

Relay::Relay(sys::Stream source, sys::Stream sink, OutputBudget* budget)
    : source_(std::move(source)),
      sink_(std::move(sink)),
      budget_(budget),
      buffer_(std::make_unique_for_overwrite<std::array<std::byte, kRelayBufferBytes>>()) {
  if (!sink_.open()) {  // standard output was closed when cove started
    sink_lost_ = true;
    source_.close();
  }
}

int Relay::source_fd() const noexcept {
  return source_.open() && room() > 0 ? source_.fd() : -1;
}

int Relay::sink_fd() const noexcept {
  return sink_.open() && !empty() ? sink_.fd() : -1;
}

void Relay::pump(bool source_ready, bool sink_ready) {
  if (sink_ready || (!empty() && !sink_.waits_for_poll())) flush();
  if (source_ready || (writers_ended_ && source_.open())) fill();
  // Most often the sink takes it at once: saves a round of poll(2).
  if (!empty() && !sink_.waits_for_poll()) flush();
}

void Relay::fill() {
  // Once, and the loop gets to look at everything else; a source that nobody refills is emptied as far as
  // there is room.
  const bool again = writers_ended_;
  while (source_.open() && room() > 0) {
    if (!read_once() || !again) return;
  }
}

// Gives whether there may be more.
bool Relay::read_once() {
  const bool probing = budget_ != nullptr && budget_->left() == 0;
  size_t wanted = room();
  if (budget_ != nullptr && !probing) wanted = std::min<uint64_t>(wanted, budget_->left());
  // At the limit one byte tells a command that stops there from one that goes on; it is not passed on.
  const sys::IoResult got = source_.read_some(std::span(*buffer_).subspan(end_, probing ? 1 : wanted));
  switch (got.state) {
    case sys::IoState::moved:
      if (probing) {
        budget_->exceeded = true;
        source_.close();
        return false;
      }
      end_ += got.bytes;
      last_byte_ = static_cast<char>((*buffer_)[end_ - 1]);
      if (budget_ != nullptr) budget_->passed_bytes += got.bytes;
      return true;
    case sys::IoState::would_block:
      if (!writers_ended_) return false;
      break;
    case sys::IoState::closed:
    case sys::IoState::failed:
      break;
  }
  source_ended_ = true;
  source_.close();
  return false;
}

void Relay::flush() {
  while (!empty()) {
    const auto waiting = std::span(*buffer_).subspan(begin_, end_ - begin_);
    if (watch_ != nullptr) {
      watch_->before_write({reinterpret_cast<const char*>(waiting.data()), waiting.size()});
    }
    const sys::IoResult put = sink_.write_some(waiting);
    if (put.state == sys::IoState::would_block) break;
    if (put.state != sys::IoState::moved) {
      sink_lost_ = true;
      close();
      return;
    }
    if (watch_ != nullptr) watch_->after_write(put.bytes);
    begin_ += put.bytes;
    written_ += put.bytes;
    if (sink_.waits_for_poll()) break;
  }
  if (empty()) {
    begin_ = end_ = 0;
  } else if (room() == 0 && begin_ > 0) {
    std::memmove(buffer_->data(), buffer_->data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
}

bool Relay::append(std::string_view text) noexcept {
  if (!sink_.open()) return true;
  if (room() < text.size()) return false;
  std::memcpy(buffer_->data() + end_, text.data(), text.size());
  end_ += text.size();
  return true;
}

void Relay::close() noexcept {
  source_.close();
  sink_.close();
  begin_ = end_ = 0;
}

}  // namespace cove::supervise

// Moves bytes between the sandbox and cove's own standard streams, inside of an event loop, in memory of a
// fixed size: a source is read only while there is room, so a slow reader slows the writer down. Called by
// the process that the user started, with SIGPIPE blocked.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "sys/stream.h"

namespace cove::supervise {

inline constexpr size_t kRelayBufferBytes = size_t{32} << 10;

// What all outputs of a sandbox may pass on together.
struct OutputBudget {
  uint64_t limit_bytes = std::numeric_limits<uint64_t>::max();
  uint64_t passed_bytes = 0;
  bool exceeded = false;  // more was written than the limit

  [[nodiscard]] uint64_t left() const noexcept { return limit_bytes - passed_bytes; }
};

// Sees what goes into a sink.
class RelayWatch {
 public:
  virtual void before_write(std::string_view waiting) = 0;  // as much of it as goes is written next
  virtual void after_write(size_t bytes) = 0;               // the first of them were

 protected:
  ~RelayWatch() = default;
};

// One direction. Both ends may be polled at any time; call pump() after poll(2), with what it said.
class Relay {
 public:
  Relay() = default;  // both ends closed
  // `budget` (may be null) must outlive it.
  Relay(sys::Stream source, sys::Stream sink, OutputBudget* budget);

  // `watch` must outlive it.
  void set_watch(RelayWatch* watch) noexcept { watch_ = watch; }

  // What to wait for. -1: nothing.
  [[nodiscard]] int source_fd() const noexcept;  // for POLLIN
  [[nodiscard]] int sink_fd() const noexcept;    // for POLLOUT

  // Reads and writes what goes without waiting.
  void pump(bool source_ready, bool sink_ready);

  // Nobody can write into the source any more: what it holds now is all. From here on pump() reads without
  // being told that there is something, and ends the source when it is empty.
  void end_of_writers() noexcept { writers_ended_ = true; }
  // Adds bytes behind those that wait, as far as there is room: gives whether all went in.
  bool append(std::string_view text) noexcept;
  void close_source() noexcept { source_.close(); }
  void close() noexcept;  // drops what waits

  [[nodiscard]] bool source_open() const noexcept { return source_.open(); }
  [[nodiscard]] bool sink_open() const noexcept { return sink_.open(); }
  [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }
  [[nodiscard]] bool done() const noexcept { return !source_.open() && empty(); }
  // The source came to its end by itself, and the last byte that it gave (0 if none).
  [[nodiscard]] bool source_ended() const noexcept { return source_ended_; }
  [[nodiscard]] char last_byte() const noexcept { return last_byte_; }
  // The sink's reader went away, or writing failed with sink_error(). The source is closed then, so that its
  // writer learns of it as in a pipeline: SIGPIPE, EPIPE.
  [[nodiscard]] bool sink_lost() const noexcept { return sink_lost_; }
  [[nodiscard]] int sink_error() const noexcept { return sink_.error(); }
  [[nodiscard]] uint64_t written_bytes() const noexcept { return written_; }

 private:
  void fill();
  void flush();
  [[nodiscard]] bool read_once();
  [[nodiscard]] size_t room() const noexcept { return kRelayBufferBytes - end_; }

  sys::Stream source_;
  sys::Stream sink_;
  OutputBudget* budget_ = nullptr;
  RelayWatch* watch_ = nullptr;
  std::unique_ptr<std::array<std::byte, kRelayBufferBytes>> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  uint64_t written_ = 0;
  bool writers_ended_ = false;
  bool source_ended_ = false;
  bool sink_lost_ = false;
  char last_byte_ = 0;
};

}  // namespace cove::supervise

// A client's connection to a message bus, or to a service that speaks the protocol on a socket of its own.
// Blocking with deadlines, single-threaded, without descriptors in messages. Called by the runtime process.
// Source: D-Bus Specification, "Authentication Protocol", "Message Bus Overview".
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/dbus/address.h"
#include "kernel/dbus/message.h"

namespace cove::dbus {

struct Call {
  std::string destination;  // empty on a connection without a bus
  std::string path;
  std::string interface;
  std::string member;
  std::vector<Value> arguments;
};

struct Reply {
  std::string error_name;  // empty: success
  std::vector<Value> values;

  [[nodiscard]] bool ok() const noexcept { return error_name.empty(); }
  // The other side's words for people, or the name of its error.
  [[nodiscard]] std::string error_text() const;
};

class Connection {
 public:
  // Connects and authenticates as whoever the kernel says we are (EXTERNAL, which also holds within a user
  // namespace); `bus`: says Hello. `deadline_ns` here and below: CLOCK_MONOTONIC, see sys::poll_until.
  // Errors: system (nobody listens: ENOENT, ECONNREFUSED), permission (refused), protocol; ETIMEDOUT.
  static Result<Connection> open(const SocketName& name, bool bus, uint64_t deadline_ns);

  // A failure of the connection is an Error, a refusal by the other side a Reply with an error_name.
  Result<Reply> call(const Call& call, uint64_t deadline_ns);

  // The next signal for which `wanted` is true, also one that came while call() waited. Signals that nobody
  // wants are dropped.
  using Wanted = std::function<bool(const Message& signal)>;
  Result<Message> wait_signal(const Wanted& wanted, uint64_t deadline_ns);
  // Drops the signals that came so far.
  void forget_signals() noexcept { signals_.clear(); }

 private:
  explicit Connection(UniqueFd socket) noexcept : socket_(std::move(socket)) {}
  Status authenticate(uint64_t deadline_ns);
  Status say_hello(uint64_t deadline_ns);
  Status send(std::string_view bytes, uint64_t deadline_ns);
  Status receive_more(uint64_t deadline_ns);
  Result<std::string> receive_line(uint64_t deadline_ns);
  Result<Message> receive_message(uint64_t deadline_ns);

  UniqueFd socket_;
  std::string received_;  // not parsed yet
  uint32_t last_serial_ = 0;
  std::deque<Message> signals_;
};

}  // namespace cove::dbus

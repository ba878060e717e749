#include "kernel/dbus/connection.h"

#include <fmt/format.h>
#include <poll.h>

#include <array>
#include <cerrno>

#include "base/strings.h"
#include "sys/poll.h"
#include "sys/process.h"
#include "sys/pseudo_file.h"
#include "sys/unix_stream.h"

namespace cove::dbus {
namespace {

constexpr size_t kMostSignals = 1024;  // kept while a call waits; beyond that the oldest are dropped
constexpr size_t kLongestLine = 4096;  // of the authentication

Error timed_out(std::string_view what) {
  return Error::from_errno(fmt::format("D-Bus: {}", what), ETIMEDOUT);
}

Status wait_until(int fd, short events, std::string_view what, uint64_t deadline_ns) {
  std::array<struct pollfd, 1> entry{{{fd, events, 0}}};
  if (COVE_TRY(sys::poll_until(entry, deadline_ns)) == 0) return timed_out(what);
  return {};
}

}  // namespace

std::string Reply::error_text() const {
  if (!values.empty()) {
    if (const auto* text = std::get_if<std::string>(&values.front().data)) return *text;
  }
  return error_name;
}

Result<Connection> Connection::open(const SocketName& name, bool bus, uint64_t deadline_ns) {
  constexpr uint64_t kPauseUs = 1000;
  auto socket = sys::connect_unix_stream(name.path, name.abstract);
  // The listener's queue is full: it is busy, not gone.
  while (!socket && socket.error().sys_errno() == EAGAIN) {
    if (sys::monotonic_nanoseconds() >= deadline_ns)
      return timed_out(fmt::format("connect to {}", name.path));
    sys::sleep_microseconds(kPauseUs);
    socket = sys::connect_unix_stream(name.path, name.abstract);
  }
  if (!socket) return std::move(socket).error().add_context("D-Bus");
  Connection connection(std::move(*socket));
  COVE_TRY(connection.authenticate(deadline_ns));
  if (bus) COVE_TRY(connection.say_hello(deadline_ns));
  return connection;
}

Status Connection::send(std::string_view bytes, uint64_t deadline_ns) {
  while (!bytes.empty()) {
    const ssize_t sent = sys::send_some(socket_.get(), bytes);
    if (sent == -EAGAIN) {
      COVE_TRY(wait_until(socket_.get(), POLLOUT, "send", deadline_ns));
      continue;
    }
    if (sent < 0) return Error::from_errno("D-Bus: send", static_cast<int>(-sent));
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return {};
}

Status Connection::receive_more(uint64_t deadline_ns) {
  std::array<char, 8192> buffer;
  while (true) {
    // Also with one who never stops talking.
    if (sys::monotonic_nanoseconds() >= deadline_ns) return timed_out("wait for an answer");
    const ssize_t got = sys::read_some(socket_.get(), buffer);
    if (got == -EAGAIN) {
      COVE_TRY(wait_until(socket_.get(), POLLIN, "wait for an answer", deadline_ns));
      continue;
    }
    if (got < 0) return Error::from_errno("D-Bus: receive", static_cast<int>(-got));
    if (got == 0) return Error::from_errno("D-Bus: the other side closed the connection", ECONNRESET);
    received_.append(buffer.data(), static_cast<size_t>(got));
    return {};
  }
}

Result<std::string> Connection::receive_line(uint64_t deadline_ns) {
  constexpr std::string_view kEnd = "\r\n";
  while (true) {
    const size_t end = received_.find(kEnd);
    if (end != std::string::npos) {
      std::string line = received_.substr(0, end);
      received_.erase(0, end + kEnd.size());
      return line;
    }
    if (received_.size() > kLongestLine) {
      return Error(ErrorCode::protocol, "D-Bus: the answer to AUTH is too long");
    }
    COVE_TRY(receive_more(deadline_ns));
  }
}

// We name no identity: the server takes the one that the kernel tells it. In a user namespace we would not
// know how it calls us.
Status Connection::authenticate(uint64_t deadline_ns) {
  using std::string_view_literals::operator""sv;
  COVE_TRY(send("\0AUTH EXTERNAL\r\n"sv, deadline_ns));
  std::string line = COVE_TRY(receive_line(deadline_ns));
  bool begun = false;
  if (line == "DATA" || line.starts_with("DATA ")) {
    // With BEGIN already, as systemd's own clients do: a server of theirs that reads BEGIN and a first
    // message at once leaves the message lying until more comes.
    COVE_TRY(send("DATA\r\nBEGIN\r\n", deadline_ns));
    begun = true;
    line = COVE_TRY(receive_line(deadline_ns));
  }
  if (!line.starts_with("OK ")) {
    return Error(ErrorCode::permission, fmt::format("D-Bus: authentication was answered by {}", quote(line)));
  }
  return begun ? Status() : send("BEGIN\r\n", deadline_ns);
}

Status Connection::say_hello(uint64_t deadline_ns) {
  constexpr const char* kBus = "org.freedesktop.DBus";
  const Reply reply = COVE_TRY(call({kBus, "/org/freedesktop/DBus", kBus, "Hello", {}}, deadline_ns));
  if (reply.ok()) return {};
  return Error(ErrorCode::permission, fmt::format("D-Bus: the bus refused us: {}", reply.error_text()));
}

Result<Message> Connection::receive_message(uint64_t deadline_ns) {
  while (received_.size() < kFixedHeader) COVE_TRY(receive_more(deadline_ns));
  const size_t length = COVE_TRY(message_length(received_));
  while (received_.size() < length) COVE_TRY(receive_more(deadline_ns));
  auto message = parse_message(std::string_view(received_).substr(0, length));
  received_.erase(0, length);
  return message;
}

Result<Reply> Connection::call(const Call& call, uint64_t deadline_ns) {
  Message request;
  request.serial = ++last_serial_;
  request.destination = call.destination;
  request.path = call.path;
  request.interface = call.interface;
  request.member = call.member;
  const std::string bytes = COVE_TRY(marshal(request, call.arguments));
  COVE_TRY(send(bytes, deadline_ns));
  while (true) {
    Message message = COVE_TRY(receive_message(deadline_ns));
    if (message.type == MessageType::signal) {
      if (signals_.size() == kMostSignals) signals_.pop_front();
      signals_.push_back(std::move(message));
      continue;
    }
    const bool answers = message.type == MessageType::method_return || message.type == MessageType::error;
    if (!answers || message.reply_serial != request.serial) continue;  // nobody has to call us
    Reply reply;
    if (message.type == MessageType::error) {
      reply.error_name = message.error_name.empty() ? "an error without a name" : message.error_name;
    }
    reply.values = COVE_TRY(read_body(message));
    return reply;
  }
}

Result<Message> Connection::wait_signal(const Wanted& wanted, uint64_t deadline_ns) {
  while (!signals_.empty()) {
    Message signal = std::move(signals_.front());
    signals_.pop_front();
    if (wanted(signal)) return signal;
  }
  while (true) {
    Message message = COVE_TRY(receive_message(deadline_ns));
    if (message.type == MessageType::signal && wanted(message)) return message;
  }
}

}  // namespace cove::dbus

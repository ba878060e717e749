#include "network/resolver/streams.h"

#include <algorithm>

#include "sys/poll.h"
#include "sys/process.h"

namespace cove::network {
namespace {

constexpr size_t kMostConnections = 32;
constexpr size_t kMostOfOne = 8;
constexpr uint64_t kIdleNs = 10'000 * kMillisecondNs;  // RFC 7766, 6.2.3: a few seconds

}  // namespace

Streams::Connection* Streams::find(uint64_t number) noexcept {
  for (const auto& connection : connections_) {
    if (connection->number == number) return connection.get();
  }
  return nullptr;
}

void Streams::remove(uint64_t number) {
  std::erase_if(connections_, [&](const auto& connection) { return connection->number == number; });
}

void Streams::add(UniqueFd socket, uint64_t zone, sys::InetPeer peer) {
  const auto own = std::count_if(connections_.begin(), connections_.end(), [&](const auto& connection) {
    return connection->peer.address == peer.address;
  });
  if (connections_.size() >= kMostConnections || static_cast<size_t>(own) >= kMostOfOne) return;
  Result<sys::Stream> stream = sys::Stream::own(std::move(socket));
  if (!stream) return;
  auto connection = std::make_unique<Connection>();
  connection->number = ++last_number_;
  connection->zone = zone;
  connection->peer = std::move(peer);
  connection->framed = Framed(std::move(*stream));
  connection->deadline_ns = sys::monotonic_nanoseconds() + kIdleNs;
  if (epoll_.add(connection->framed.fd(), EPOLLIN, key_of(Part::stream, connection->number)))
    connections_.push_back(std::move(connection));
}

// Nothing is read while a question waits for its answer.
void Streams::turn_to(Connection& connection, Work work) {
  uint32_t events = 0;
  if (work == Work::reading) events = EPOLLIN;
  if (work == Work::answering) events = EPOLLOUT;
  connection.work = work;
  connection.deadline_ns = work == Work::waiting ? sys::kNever : sys::monotonic_nanoseconds() + kIdleNs;
  if (!epoll_.change(connection.framed.fd(), events, key_of(Part::stream, connection.number)))
    remove(connection.number);
}

std::optional<Streams::Question> Streams::handle(uint64_t number) {
  Connection* connection = find(number);
  if (connection == nullptr) return std::nullopt;
  if (connection->work == Work::answering) {
    send(*connection);
    return std::nullopt;
  }
  // Whose question waits has nothing to say: it is gone.
  const Progress progress =
      connection->work == Work::waiting ? Progress::closed : connection->framed.receive(kMaxQuestion);
  if (progress == Progress::closed) remove(number);
  if (progress != Progress::done) return std::nullopt;
  Question question{{number, connection->zone, connection->peer}, connection->framed.take()};
  turn_to(*connection, Work::waiting);
  return question;
}

void Streams::send(Connection& connection) {
  const Progress progress = connection.framed.send();
  if (progress == Progress::closed) return remove(connection.number);
  const Work work = progress == Progress::done ? Work::reading : Work::answering;
  if (work != connection.work) turn_to(connection, work);
}

void Streams::answer(uint64_t number, std::string_view message) {
  Connection* connection = find(number);
  if (connection == nullptr) return;
  connection->framed.queue(message);
  send(*connection);
}

void Streams::expire(uint64_t now_ns) {
  std::erase_if(connections_, [&](const auto& connection) { return now_ns >= connection->deadline_ns; });
}

uint64_t Streams::next_deadline() const noexcept {
  uint64_t deadline = sys::kNever;
  for (const auto& connection : connections_) deadline = std::min(deadline, connection->deadline_ns);
  return deadline;
}

}  // namespace cove::network

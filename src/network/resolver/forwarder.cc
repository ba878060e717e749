#include "network/resolver/forwarder.h"

#include <algorithm>

#include "sys/poll.h"
#include "sys/process.h"
#include "sys/random.h"

namespace cove::network {
namespace {

constexpr size_t kMostFlights = 128;
constexpr size_t kMostOfOne = 32;  // flights of one address
// Whoever asks gives up, or asks again, after five seconds: he shall know before.
constexpr uint64_t kTryNs = 1000 * kMillisecondNs;
constexpr uint64_t kAllNs = 4500 * kMillisecondNs;
constexpr size_t kMostTries = 5;
constexpr unsigned kMostSilent = 3;
constexpr uint64_t kPreferNs = 60'000 * kMillisecondNs;

bool would_not(dns::Rcode code) {
  return code != dns::Rcode::none && code != dns::Rcode::no_such_name;
}

}  // namespace

// Whoever has no answer yet asks again, with the same number.
bool Forwarder::is_known(const Client& client, const dns::Query& query) const {
  return client.stream == 0 && std::any_of(flights_.begin(), flights_.end(), [&](const auto& flight) {
           return flight->client.stream == 0 && flight->client.zone == client.zone &&
                  flight->client.peer == client.peer && flight->query.id == query.id &&
                  flight->query.name == query.name && flight->query.type == query.type;
         });
}

// One who asks too much takes the room from himself first.
void Forwarder::make_room(const Client& client) {
  const auto same = [&](const auto& flight) { return flight->client.peer.address == client.peer.address; };
  const auto own = static_cast<size_t>(std::count_if(flights_.begin(), flights_.end(), same));
  if (own < kMostOfOne && flights_.size() < kMostFlights) return;
  const auto oldest =
      own < kMostOfOne ? flights_.begin() : std::find_if(flights_.begin(), flights_.end(), same);
  if ((*oldest)->client.stream != 0) return finish(**oldest, {});
  flights_.erase(oldest);
}

void Forwarder::ask(const Client& client, const dns::Query& query, std::string_view message,
                    const ServerList& servers) {
  if (is_known(client, query)) return;
  const Result<uint64_t> random = sys::random_number();
  if (!random || servers == nullptr || servers->places.empty())
    return answering_.answer(client, dns::refuse(query, message, dns::Rcode::server_failure));
  make_room(client);
  const uint64_t now = sys::monotonic_nanoseconds();
  Flight& flight = *flights_.emplace_back(std::make_unique<Flight>());
  flight.number = ++last_number_;
  flight.client = client;
  flight.query = query;
  flight.message = message;
  flight.id = static_cast<uint16_t>(*random);
  dns::set_id(flight.message, flight.id);
  flight.servers = servers;
  if (now < servers->preferred_until_ns) flight.first = servers->preferred;
  flight.end_ns = now + kAllNs;
  ask_next(flight);
}

bool Forwarder::send(Flight& flight) {
  const auto& places = flight.servers->places;
  const sys::InetPlace& place = places[(flight.first + flight.tries) % places.size()];
  const bool datagram = flight.client.stream == 0;
  Result<UniqueFd> fd =
      sys::connect_inet(place, datagram ? sys::Transport::datagram : sys::Transport::stream);
  if (!fd) return false;
  Result<sys::Stream> stream = sys::Stream::own(std::move(*fd));
  if (!stream) return false;
  const uint64_t key = key_of(Part::flight, flight.number);
  if (!datagram) {
    flight.stream = Framed(std::move(*stream));
    flight.stream.queue(flight.message);
    flight.sending = true;
    return epoll_.add(flight.stream.fd(), EPOLLOUT, key).ok();
  }
  const sys::IoResult sent = stream->write_some(std::as_bytes(std::span(flight.message)));
  if (sent.state == sys::IoState::failed || !epoll_.add(stream->fd(), EPOLLIN, key)) return false;
  flight.sockets.back() = std::move(*stream);
  return true;
}

void Forwarder::ask_next(Flight& flight) {
  // An answer that comes late counts, too, but not over a connection that is given up.
  const bool datagram = flight.client.stream == 0;
  const uint64_t patience = datagram ? kTryNs : kAllNs / flight.servers->places.size();
  while (flight.failures < flight.servers->places.size()) {
    flight.next_ns = sys::kNever;  // nobody is left to ask, but somebody may answer
    if (flight.tries == kMostTries) return;
    flight.sockets.emplace_back();
    flight.next_ns = sys::monotonic_nanoseconds() + patience;
    const bool sent = send(flight);
    ++flight.tries;
    if (sent) return;
    ++flight.failures;
  }
  finish(flight, std::move(flight.refusal));
}

void Forwarder::fail(Flight& flight) {
  ++flight.failures;
  ask_next(flight);
}

// Which server it is that answers.
void Forwarder::note_server(const Flight& flight, size_t server) {
  Servers& servers = *flight.servers;
  if (server == 0) servers.silent = 0;
  if (server == 0 || flight.first != 0 || !flight.refusal.empty() || ++servers.silent < kMostSilent) return;
  servers.preferred = server;
  servers.preferred_until_ns = sys::monotonic_nanoseconds() + kPreferNs;
}

Forwarder::Taken Forwarder::take(Flight& flight, std::string reply, size_t tried) {
  const size_t end = flight.query.question_end;
  const auto read = dns::parse_reply(reply, flight.id, flight.message, end);
  if (!read) return Taken::ignored;
  // As it was asked, in letters large and small.
  reply.replace(
      0, end,
      reply.substr(0, dns::kHeaderSize) + flight.message.substr(dns::kHeaderSize, end - dns::kHeaderSize));
  if (would_not(read->code)) {
    flight.refusal = std::move(reply);
    return Taken::refused;
  }
  note_server(flight, (flight.first + tried) % flight.servers->places.size());
  finish(flight, std::move(reply));
  return Taken::ended;
}

void Forwarder::receive(Flight& flight) {
  for (size_t tried = 0; tried < flight.sockets.size(); ++tried) {
    while (flight.sockets[tried].open()) {
      const sys::IoResult got = flight.sockets[tried].read_some(room_);
      if (got.state == sys::IoState::would_block) break;
      if (got.state == sys::IoState::closed) continue;  // an empty datagram
      Taken taken = Taken::refused;
      if (got.state == sys::IoState::moved)
        taken = take(flight, std::string(reinterpret_cast<const char*>(room_.data()), got.bytes), tried);
      if (taken == Taken::ended) return;
      if (taken == Taken::ignored) continue;
      flight.sockets[tried].close();
      return fail(flight);
    }
  }
}

void Forwarder::receive_stream(Flight& flight) {
  if (flight.sending) {
    const Progress progress = flight.stream.send();
    if (progress == Progress::waiting) return;
    flight.sending = false;
    if (progress == Progress::done)
      static_cast<void>(epoll_.change(flight.stream.fd(), EPOLLIN, key_of(Part::flight, flight.number)));
    if (progress == Progress::done) return;
  } else {
    const Progress progress = flight.stream.receive(dns::kMaxMessage);
    if (progress == Progress::waiting) return;
    if (progress == Progress::done && take(flight, flight.stream.take(), flight.tries - 1) == Taken::ended)
      return;
  }
  flight.stream = Framed();
  fail(flight);
}

void Forwarder::handle(uint64_t number) {
  for (const auto& flight : flights_) {
    if (flight->number != number) continue;
    return flight->client.stream == 0 ? receive(*flight) : receive_stream(*flight);
  }
}

// An empty reply: that there is none.
void Forwarder::finish(Flight& flight, std::string reply) {
  if (reply.empty()) reply = dns::refuse(flight.query, flight.message, dns::Rcode::server_failure);
  dns::set_id(reply, flight.query.id);
  if (flight.client.stream == 0 && reply.size() > flight.query.udp_size)
    dns::cut(reply, flight.query.question_end);
  const Client client = flight.client;
  std::erase_if(flights_, [&](const auto& each) { return each.get() == &flight; });
  answering_.answer(client, std::move(reply));
}

void Forwarder::expire(uint64_t now_ns) {
  std::vector<uint64_t> due;
  for (const auto& flight : flights_) {
    if (now_ns >= std::min(flight->next_ns, flight->end_ns)) due.push_back(flight->number);
  }
  for (const uint64_t number : due) {
    const auto found = std::find_if(flights_.begin(), flights_.end(),
                                    [&](const auto& flight) { return flight->number == number; });
    if (found == flights_.end()) continue;
    Flight& flight = **found;
    if (now_ns >= flight.end_ns) {
      finish(flight, std::move(flight.refusal));
    } else {
      ask_next(flight);
    }
  }
}

uint64_t Forwarder::next_deadline() const noexcept {
  uint64_t deadline = sys::kNever;
  for (const auto& flight : flights_) deadline = std::min({deadline, flight->next_ns, flight->end_ns});
  return deadline;
}

}  // namespace cove::network

// Questions that are handed on, until they are answered. Each goes out under a number and from a port that
// nobody can guess, to one server after the other; what comes back must be from that server, and answer the
// question. So many at once and no more: the oldest give way.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "network/resolver/framed.h"
#include "network/resolver/loop.h"
#include "network/resolver/upstream.h"
#include "sys/epoll.h"

namespace cove::network {

class Forwarder {
 public:
  // `room`: for one message, of whatever length.
  Forwarder(sys::Epoll& epoll, Answering& answering, std::span<std::byte> room)
      : epoll_(epoll), answering_(answering), room_(room) {}

  // The client will be answered, but for a datagram that is given up for newer ones.
  void ask(const Client& client, const dns::Query& query, std::string_view message,
           const ServerList& servers);
  void handle(uint64_t number);  // something has come for it
  void expire(uint64_t now_ns);
  [[nodiscard]] uint64_t next_deadline() const noexcept;  // sys::kNever: nothing is on its way

 private:
  struct Flight {
    uint64_t number = 0;
    Client client;
    dns::Query query;
    std::string message;  // with our own id
    uint16_t id = 0;
    ServerList servers;
    size_t first = 0;      // the server that was asked first
    size_t tries = 0;      // servers asked so far
    size_t failures = 0;   // of them those that will not answer any more
    uint64_t next_ns = 0;  // when the next one is asked
    uint64_t end_ns = 0;
    std::vector<sys::Stream> sockets;  // one for each try, in their order; closed: it has failed
    Framed stream;                     // to the last server, for who asks over a connection
    bool sending = false;
    std::string refusal;  // what a server that would not has said
  };

  [[nodiscard]] bool is_known(const Client& client, const dns::Query& query) const;
  void make_room(const Client& client);
  bool send(Flight& flight);
  // These end the flight, or leave it as it is: afterwards it may be gone.
  void ask_next(Flight& flight);
  void receive(Flight& flight);
  void receive_stream(Flight& flight);
  enum class Taken : uint8_t { ended, refused, ignored };
  Taken take(Flight& flight, std::string reply, size_t tried);
  static void note_server(const Flight& flight, size_t server);
  void fail(Flight& flight);
  void finish(Flight& flight, std::string reply);

  sys::Epoll& epoll_;
  Answering& answering_;
  std::span<std::byte> room_;
  uint64_t last_number_ = 0;
  std::vector<std::unique_ptr<Flight>> flights_;  // the oldest first
};

}  // namespace cove::network

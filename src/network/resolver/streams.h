// Those who ask over connections: one question at a time each, so many connections and no more, and none that
// says nothing for long.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "network/resolver/framed.h"
#include "network/resolver/loop.h"
#include "sys/epoll.h"

namespace cove::network {

class Streams {
 public:
  explicit Streams(sys::Epoll& epoll) : epoll_(epoll) {}

  void add(UniqueFd socket, uint64_t zone, sys::InetPeer peer);
  struct Question {
    Client client;
    std::string message;
  };
  // Something has happened to it: a whole question may be there.
  std::optional<Question> handle(uint64_t number);
  void answer(uint64_t number, std::string_view message);
  void expire(uint64_t now_ns);
  [[nodiscard]] uint64_t next_deadline() const noexcept;

 private:
  enum class Work : uint8_t { reading, waiting, answering };
  struct Connection {
    uint64_t number = 0;
    uint64_t zone = 0;
    sys::InetPeer peer;
    Framed framed;
    Work work = Work::reading;
    uint64_t deadline_ns = 0;
  };
  Connection* find(uint64_t number) noexcept;
  void remove(uint64_t number);
  void turn_to(Connection& connection, Work work);
  void send(Connection& connection);

  sys::Epoll& epoll_;
  uint64_t last_number_ = 0;
  std::vector<std::unique_ptr<Connection>> connections_;
};

}  // namespace cove::network

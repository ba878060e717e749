// Those who are attached: each gets all output from the moment on when it came, in the order of the output.
// Nobody is left out because he is slow: then nothing more is read from the container, which waits in its
// write(2), as with a terminal.
#pragma once

#include <poll.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/result.h"
#include "base/unique_fd.h"
#include "monitor/attach.h"

namespace cove::monitor {

inline constexpr size_t kMaxClients = 16;

class Clients {
 public:
  // Takes a connected socket; closes it if there are too many.
  void add(UniqueFd socket) noexcept;
  [[nodiscard]] bool empty() const noexcept;

  // The packet to everybody. False: somebody could not take it yet; resume() sends it on.
  bool broadcast(const Packet& packet, size_t size) noexcept;
  bool resume(const Packet& packet, size_t size) noexcept;
  [[nodiscard]] bool pending() const noexcept { return pending_ != 0; }

  // The client in this place wants no output.
  void quieten(size_t place) noexcept { quiet_ |= 1U << place; }

  // What to poll for, one entry per place (fd -1: nobody): input if `wants_input`, room for what is pending.
  void fill(std::span<struct pollfd, kMaxClients> entries, bool wants_input) const noexcept;
  // Reads a packet of the client in this place; nothing if he is gone, and then he is forgotten.
  std::optional<size_t> receive(size_t place, Packet& packet) noexcept;

 private:
  bool send(size_t place, const Packet& packet, size_t size) noexcept;

  std::array<UniqueFd, kMaxClients> sockets_;
  uint32_t pending_ = 0;  // a bit per place
  uint32_t quiet_ = 0;
};

}  // namespace cove::monitor

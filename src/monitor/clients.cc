#include "monitor/clients.h"

#include <errno.h>

#include "sys/file.h"

namespace cove::monitor {

void Clients::add(UniqueFd socket) noexcept {
  if (!sys::set_nonblocking(socket.get())) return;
  for (size_t place = 0; place < kMaxClients; ++place) {
    if (sockets_[place].valid()) continue;
    sockets_[place] = std::move(socket);
    quiet_ &= ~(1U << place);
    return;
  }
}

bool Clients::empty() const noexcept {
  for (const UniqueFd& socket : sockets_) {
    if (socket.valid()) return false;
  }
  return true;
}

bool Clients::send(size_t place, const Packet& packet, size_t size) noexcept {
  const Status sent = send_packet(sockets_[place].get(), packet, size);
  if (sent) return true;
  if (sent.error().sys_errno() == EAGAIN) return false;
  sockets_[place].reset();
  return true;
}

bool Clients::broadcast(const Packet& packet, size_t size) noexcept {
  pending_ = 0;
  for (size_t place = 0; place < kMaxClients; ++place) {
    const bool wanted = packet.kind == Kind::ended || (quiet_ & (1U << place)) == 0;
    if (sockets_[place].valid() && wanted) pending_ |= 1U << place;
  }
  return resume(packet, size);
}

bool Clients::resume(const Packet& packet, size_t size) noexcept {
  for (size_t place = 0; place < kMaxClients; ++place) {
    const uint32_t bit = 1U << place;
    if ((pending_ & bit) == 0) continue;
    if (!sockets_[place].valid() || send(place, packet, size)) pending_ &= ~bit;
  }
  return pending_ == 0;
}

void Clients::fill(std::span<struct pollfd, kMaxClients> entries, bool wants_input) const noexcept {
  for (size_t place = 0; place < kMaxClients; ++place) {
    const bool waits = (pending_ & (1U << place)) != 0;
    entries[place] = {sockets_[place].get(),
                      static_cast<short>((wants_input ? POLLIN : 0) | (waits ? POLLOUT : 0)), 0};
  }
}

std::optional<size_t> Clients::receive(size_t place, Packet& packet) noexcept {
  const Result<std::optional<size_t>> size = receive_packet(sockets_[place].get(), packet);
  if (size && *size) return *size;
  if (!size && size.error().sys_errno() == EAGAIN) return 0;
  sockets_[place].reset();
  return std::nullopt;
}

}  // namespace cove::monitor

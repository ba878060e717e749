#include "monitor/attach.h"

namespace cove::monitor {

Status send_packet(int socket, const Packet& packet, size_t size) {
  return sys::send_datagram(socket, {reinterpret_cast<const std::byte*>(&packet), 1 + size});
}

Result<std::optional<size_t>> receive_packet(int socket, Packet& packet) {
  Result<sys::Datagram> received =
      sys::receive_datagram(socket, {reinterpret_cast<std::byte*>(&packet), sizeof packet});
  if (!received) return std::move(received).error();
  if (received->size == 0) return std::optional<size_t>();
  return std::optional(received->size - 1);
}

}  // namespace cove::monitor

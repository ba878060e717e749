// What a monitor and those who are attached to its container say to each other, over a SOCK_SEQPACKET socket:
// RUN/containers/ID/attach.sock, which only the containers' owner reaches. A datagram is a Kind and what
// belongs to it. No state: both sides ignore what they do not know.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/result.h"
#include "sys/socket.h"

namespace cove::monitor {

inline constexpr const char* kAttachSocket = "attach.sock";
inline constexpr size_t kMaxPayload = size_t{16} << 10;  // bytes

enum class Kind : uint8_t {
  // To the monitor.
  input = 'i',         // for the container's standard input or terminal
  input_closed = 'c',  // no more of it
  resize = 'r',        // two uint16_t: rows, columns
  only_end = 'q',      // from now on send nothing but `ended`
  // From the monitor.
  output = 'o',        // of standard output, or of the terminal
  error_output = 'e',  // of standard error
  ended = 'x',         // int32_t: the exit status; the container's end is on record. The last datagram
};

struct Resize {
  uint16_t rows = 0;
  uint16_t columns = 0;
};

// Room for one datagram.
struct Packet {
  Kind kind{};
  std::byte payload[kMaxPayload];  // NOLINT(modernize-avoid-c-arrays): laid out as it is sent
};
static_assert(sizeof(Packet) == kMaxPayload + 1);

// Sends `size` bytes of the packet's payload. EAGAIN: the socket does not block, and the other side is slow.
Status send_packet(int socket, const Packet& packet, size_t size);
// Gives the size of the payload; nothing: the other side is gone.
Result<std::optional<size_t>> receive_packet(int socket, Packet& packet);

}  // namespace cove::monitor

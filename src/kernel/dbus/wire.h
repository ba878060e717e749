// Numbers of the wire format. Internal to dbus/.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cove::dbus {

inline constexpr uint8_t kProtocolVersion = 1;
inline constexpr size_t kHeaderAlignment = 8;

enum class HeaderField : uint8_t {
  path = 1,
  interface = 2,
  member = 3,
  error_name = 4,
  reply_serial = 5,
  destination = 6,
  sender = 7,
  signature = 8,
};

// By the first character of a type's signature.
constexpr size_t alignment_of(char type) noexcept {
  switch (type) {
    case 'n':
    case 'q':
      return 2;
    case 'b':
    case 'i':
    case 'u':
    case 's':
    case 'o':
    case 'a':
      return 4;
    case 'x':
    case 't':
    case 'd':
    case '(':
    case '{':
      return 8;
    default:  // y, g, v
      return 1;
  }
}

}  // namespace cove::dbus

// D-Bus messages as bytes. Pure. What comes from the other side is checked against every bound, and never
// becomes more than a small multiple of its own length.
// Source: D-Bus Specification, "Message Protocol" and "Marshaling (Wire Format)".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/dbus/value.h"

namespace cove::dbus {

inline constexpr size_t kFixedHeader = 16;  // bytes: enough to know a message's length
inline constexpr size_t kLongestMessage = size_t{16}
                                          << 20;  // what we accept; the specification allows 128 MiB

enum class MessageType : uint8_t { method_call = 1, method_return = 2, error = 3, signal = 4 };

struct Message {
  MessageType type = MessageType::method_call;
  uint32_t serial = 0;        // not 0
  uint32_t reply_serial = 0;  // method_return and error: of the call
  std::string path;           // the others may be empty
  std::string interface;
  std::string member;
  std::string error_name;
  std::string destination;
  std::string sender;
  std::string signature;  // of the body
  std::string body;       // as it was sent: see read_body
  bool big_endian = false;
};

// The whole message, little-endian; `arguments` become the body and its signature. Errors: invalid_argument
// (a string with a NUL, an array whose items are not what it says, a message too long).
Result<std::string> marshal(const Message& message, const std::vector<Value>& arguments);

// The length of the message that begins with `header`, of which there are at least kFixedHeader bytes; at
// most kLongestMessage. Errors, as in the other two: protocol.
Result<size_t> message_length(std::string_view header);
// `bytes` is exactly one message. Header fields that are not known are passed over.
Result<Message> parse_message(std::string_view bytes);
// The body's values, one per complete type of the signature. A body beyond 1 MiB or
// 65536 values is refused.
Result<std::vector<Value>> read_body(const Message& message);

}  // namespace cove::dbus

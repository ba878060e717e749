// Netlink messages: written and taken apart. Pure. Nothing that is read is trusted: every length is checked
// against what is there. Source: netlink(7), linux/netlink.h.
//
// A message is a struct nlmsghdr, a body of fixed size that its type asks for, and attributes (struct
// nlattr), some of which hold attributes. Each part starts at a multiple of 4 bytes. All numbers are in the
// machine's own byte order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cove::netlink {

using Bytes = std::span<const std::byte>;

inline constexpr int kMaxErrno = 4095;  // the kernel's MAX_ERRNO

// Writes messages one behind the other. An attribute larger than 65531 bytes does not fit and is cut: no
// caller has one.
class MessageWriter {
 public:
  // Begins a message with the next sequence number, from 1; ends the one before.
  void begin(uint16_t type, uint16_t flags);

  // The fixed part, directly after begin(), or after open() where attributes hold one.
  template <typename Body>
  void body(const Body& value) {
    append_body(&value, sizeof value);
  }

  void attribute(uint16_t type, Bytes value);
  void text(uint16_t type, std::string_view value);  // with a final NUL
  void number(uint16_t type, uint32_t value);

  // An attribute that holds those written until close(); gives what close() wants.
  [[nodiscard]] size_t open(uint16_t type);
  void close(size_t opened);

  [[nodiscard]] Bytes bytes() const noexcept { return bytes_; }
  [[nodiscard]] uint32_t count() const noexcept { return count_; }

 private:
  void append(const void* data, size_t size);
  void append_body(const void* data, size_t size);
  void set_message_length();

  std::vector<std::byte> bytes_;
  size_t begin_ = 0;  // of the last message
  uint32_t count_ = 0;
};

struct Attribute {
  uint16_t type = 0;  // without NLA_F_NESTED and NLA_F_NET_BYTEORDER
  Bytes value;

  // The value as what it must be; nothing if its size is another.
  [[nodiscard]] std::optional<uint32_t> number() const noexcept;
  [[nodiscard]] std::optional<uint64_t> long_number() const noexcept;
  [[nodiscard]] std::string_view text() const noexcept;  // up to the first NUL
};

// Takes the next attribute off the front of `rest`; nothing at the end. What is cut short is an error.
Result<std::optional<Attribute>> next_attribute(Bytes& rest);

struct Message {
  uint16_t type = 0;
  uint16_t flags = 0;
  uint32_t sequence = 0;
  Bytes payload;  // body and attributes

  // The body as `Body`, and the attributes behind it. Nothing if the payload is shorter.
  template <typename Body>
  [[nodiscard]] std::optional<Body> body() const noexcept {
    Body value;
    if (!copy_body(&value, sizeof value)) return std::nullopt;
    return value;
  }
  [[nodiscard]] Bytes attributes(size_t body_size) const noexcept;

 private:
  bool copy_body(void* into, size_t size) const noexcept;
};

// Takes the next message off the front of a datagram; nothing at its end.
Result<std::optional<Message>> next_message(Bytes& rest);

// What an NLMSG_ERROR or NLMSG_DONE message says.
struct Acknowledgement {
  int error = 0;      // 0: done; else an errno, positive
  std::string words;  // the kernel's explanation (NLMSGERR_ATTR_MSG), mostly empty
};
Result<Acknowledgement> parse_acknowledgement(const Message& message);

}  // namespace cove::netlink

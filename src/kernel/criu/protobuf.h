// The wire format of protocol buffers, as far as criu's messages need it. Pure.
// Source: "Encoding" in the Protocol Buffers documentation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::criu {

// Writes one message, field by field.
class MessageWriter {
 public:
  void number(unsigned field, uint64_t value);
  void text(unsigned field, std::string_view value);  // a string or an embedded message
  // The two leave out what is false or empty, as absent optional fields are.
  void flag(unsigned field, bool value);
  void optional_text(unsigned field, std::string_view value);

  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

 private:
  void varint(uint64_t value);
  std::string bytes_;
};

struct Field {
  unsigned number = 0;
  uint64_t value = 0;     // of a number
  std::string_view text;  // of a string or an embedded message; part of what was read
};

// Takes the next field off the front of `rest`; nothing at its end. ErrorCode::protocol: it is cut short or
// not of this format.
Result<std::optional<Field>> next_field(std::string_view& rest);

}  // namespace cove::criu

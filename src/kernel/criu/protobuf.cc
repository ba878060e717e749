#include "kernel/criu/protobuf.h"

#include <algorithm>

namespace cove::criu {
namespace {

enum class WireType : uint8_t { varint = 0, fixed64 = 1, length_delimited = 2, fixed32 = 5 };
constexpr unsigned kTypeBits = 3;
constexpr unsigned kBitsPerByte = 7;
constexpr uint8_t kContinues = 0x80;
constexpr unsigned kVarintBits = 64;
constexpr uint64_t kMostFields = (uint64_t{1} << 29) - 1;

Error malformed(const char* what) {
  return Error(ErrorCode::protocol, what);
}

uint64_t key_of(unsigned field, WireType type) {
  return (uint64_t{field} << kTypeBits) | static_cast<uint64_t>(type);
}

Result<uint64_t> take_varint(std::string_view& rest) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < kVarintBits; shift += kBitsPerByte) {
    if (rest.empty()) return malformed("a number is cut short");
    const auto byte = static_cast<uint8_t>(rest.front());
    rest.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & ~kContinues) << shift;
    if ((byte & kContinues) == 0) return value;
  }
  return malformed("a number is too long");
}

Result<std::string_view> take_bytes(std::string_view& rest, uint64_t size) {
  if (size > rest.size()) return malformed("a field is cut short");
  const std::string_view bytes = rest.substr(0, size);
  rest.remove_prefix(size);
  return bytes;
}

}  // namespace

void MessageWriter::varint(uint64_t value) {
  while (value >= kContinues) {
    bytes_.push_back(static_cast<char>(value | kContinues));
    value >>= kBitsPerByte;
  }
  bytes_.push_back(static_cast<char>(value));
}

void MessageWriter::number(unsigned field, uint64_t value) {
  varint(key_of(field, WireType::varint));
  varint(value);
}

void MessageWriter::text(unsigned field, std::string_view value) {
  varint(key_of(field, WireType::length_delimited));
  varint(value.size());
  bytes_.append(value);
}

void MessageWriter::flag(unsigned field, bool value) {
  if (value) number(field, 1);
}

void MessageWriter::optional_text(unsigned field, std::string_view value) {
  if (!value.empty()) text(field, value);
}

Result<std::optional<Field>> next_field(std::string_view& rest) {
  if (rest.empty()) return std::optional<Field>();
  const uint64_t key = COVE_TRY(take_varint(rest));
  if (key >> kTypeBits == 0 || key >> kTypeBits > kMostFields)
    return malformed("a field has no valid number");
  Field field;
  field.number = static_cast<unsigned>(key >> kTypeBits);
  constexpr uint64_t kTypeMask = (uint64_t{1} << kTypeBits) - 1;
  switch (static_cast<WireType>(key & kTypeMask)) {
    case WireType::varint:
      field.value = COVE_TRY(take_varint(rest));
      return std::optional(field);
    case WireType::length_delimited: {
      const uint64_t size = COVE_TRY(take_varint(rest));
      field.text = COVE_TRY(take_bytes(rest, size));
      return std::optional(field);
    }
    case WireType::fixed64:
      COVE_TRY(take_bytes(rest, sizeof(uint64_t)));
      return std::optional(field);
    case WireType::fixed32:
      COVE_TRY(take_bytes(rest, sizeof(uint32_t)));
      return std::optional(field);
  }
  return malformed("a field is of an unknown kind");
}

}  // namespace cove::criu

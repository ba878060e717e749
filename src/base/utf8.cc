#include "base/utf8.h"

namespace cove {
namespace {

constexpr char32_t kReplacement = 0xfffd;

// What the first byte of a sequence demands of the rest.
struct Utf8Lead {
  unsigned length = 0;  // 0: never a first byte
  unsigned char second_low = 0x80;
  unsigned char second_high = 0xbf;
};

constexpr Utf8Lead utf8_lead(unsigned char byte) noexcept {
  if (byte < 0x80) return {1};
  if (byte < 0xc2) return {};
  if (byte < 0xe0) return {2};
  if (byte == 0xe0) return {3, 0xa0, 0xbf};  // else overlong
  if (byte == 0xed) return {3, 0x80, 0x9f};  // else a surrogate
  if (byte < 0xf0) return {3};
  if (byte == 0xf0) return {4, 0x90, 0xbf};  // else overlong
  if (byte < 0xf4) return {4};
  if (byte == 0xf4) return {4, 0x80, 0x8f};  // else above U+10FFFF
  return {};
}

// The bits of a first byte that belong to the character, by the length of the sequence.
constexpr char32_t lead_bits(unsigned char byte, unsigned length) noexcept {
  return length == 1 ? byte : byte & (0x7fU >> length);
}

}  // namespace

Utf8Piece next_utf8(std::string_view text) noexcept {
  const auto first = static_cast<unsigned char>(text[0]);
  const Utf8Lead lead = utf8_lead(first);
  if (lead.length == 0) return {1, false, kReplacement};
  char32_t code = lead_bits(first, lead.length);
  for (size_t i = 1; i < lead.length; ++i) {
    if (i == text.size()) return {i, false, kReplacement};
    const auto byte = static_cast<unsigned char>(text[i]);
    const unsigned char low = i == 1 ? lead.second_low : 0x80;
    const unsigned char high = i == 1 ? lead.second_high : 0xbf;
    if (byte < low || byte > high) return {i, false, kReplacement};
    code = code << 6 | (byte & 0x3f);
  }
  return {lead.length, true, code};
}

void append_utf8(std::string& out, char32_t code) {
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) code = kReplacement;
  if (code < 0x80) {
    out += static_cast<char>(code);
    return;
  }
  if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
  }
  out += static_cast<char>(0x80 | (code & 0x3f));
}

}  // namespace cove

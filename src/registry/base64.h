// Base64 as RFC 4648, section 4, has it: with padding, without line breaks. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cove::registry {

[[nodiscard]] std::string encode_base64(std::string_view bytes);
// Nothing for what is not whole base64. White space around it is allowed, for people who edit files by hand.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

}  // namespace cove::registry

// Addresses of the internet protocols as texts: what inet_ntop(3) prints, which brings printf(3) along. Pure.
#pragma once

#include <string>
#include <string_view>

namespace cove {

// Of 4 bytes "10.0.0.2", of 16 "fd00::2" (RFC 5952; "::ffff:10.0.0.2"), most significant first; of any other
// number of bytes "".
[[nodiscard]] std::string print_ip(std::string_view bytes);

}  // namespace cove

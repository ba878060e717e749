// The files of networks, and the values of their options: what is accepted is printed as it can be read
// again. The first byte says which of them it is.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "network/attachment.h"
#include "network/egress.h"
#include "network/network.h"
#include "require.h"

namespace {

using namespace cove;
using fuzz::require;
using fuzz::sound;

template <typename Parse, typename Print>
void check(std::string_view text, Parse parse, Print print) {
  const auto first = parse(text);
  if (!sound(first)) return;
  const std::string printed = print(*first);
  const auto second = parse(printed);
  require(second.ok());
  require(print(*second) == printed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 'n':
      check(text, network::parse_network, network::print_network);
      break;
    case 'a':
      check(text, network::parse_attachment, network::print_attachment);
      break;
    case 'p':
      check(text, network::parse_port_request, network::print_port_request);
      break;
    case 's':
      check(text, network::parse_subnet, network::print_subnet);
      break;
    case 'm':
      check(text, network::parse_mac, network::print_mac);
      break;
    case 'e':
      check(text, network::parse_egress, network::print_egress);
      break;
    default:
      break;
  }
  return 0;
}

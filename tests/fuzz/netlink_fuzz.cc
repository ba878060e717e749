// A datagram from a netlink socket: taken apart without reading past its end, and what is accepted is whole.
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "kernel/netlink/message.h"
#include "kernel/netlink/objects.h"

namespace cove::netlink {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_error(const Error& error) {
  require(error.code() == ErrorCode::protocol);
  require(!error.message().empty());
}

void check_attributes(Bytes rest) {
  const Bytes all = rest;
  while (true) {
    const size_t before = rest.size();
    const auto attribute = next_attribute(rest);
    if (!attribute.ok()) return check_error(attribute.error());
    if (!attribute->has_value()) return;
    require(rest.size() < before);
    const Bytes value = attribute.value()->value;
    require(value.data() >= all.data() && value.data() + value.size() <= all.data() + all.size());
    require(attribute.value()->text().size() <= value.size());
    static_cast<void>(attribute.value()->number());
    static_cast<void>(attribute.value()->long_number());
  }
}

void check_link(const Message& message) {
  const auto link = parse_link(message);
  if (!link.ok()) return check_error(link.error());
  require(message.type == RTM_NEWLINK && link->index > 0 && !link->name.empty());
}

void check_address(const Message& message) {
  const auto address = parse_address(message);
  if (!address.ok()) return check_error(address.error());
  const size_t size = address->family == AF_INET ? 4 : 16;
  require(message.type == RTM_NEWADDR && address->link > 0);
  require(address->local.size() == size && address->peer.size() == size);
  require(print_address(*address) != "?");
}

void check_route(const Message& message) {
  const auto route = parse_route(message);
  if (!route.ok()) return check_error(route.error());
  const size_t size = route->family == AF_INET ? 4 : 16;
  require(message.type == RTM_NEWROUTE && route->destination.size() == size);
  require(route->prefix_length <= size * 8);
}

void check_acknowledgement(const Message& message) {
  const auto answer = parse_acknowledgement(message);
  if (!answer.ok()) return check_error(answer.error());
  require(answer->error >= 0 && answer->error <= kMaxErrno);
}

}  // namespace
}  // namespace cove::netlink

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove::netlink;
  Bytes rest(reinterpret_cast<const std::byte*>(data), size);
  while (true) {
    const size_t before = rest.size();
    const auto message = next_message(rest);
    if (!message.ok()) {
      check_error(message.error());
      break;
    }
    if (!message->has_value()) break;
    require(rest.size() < before);
    for (const size_t body : {size_t{0}, sizeof(ifinfomsg), sizeof(ifaddrmsg)}) {
      check_attributes(message.value()->attributes(body));
    }
    check_link(**message);
    check_route(**message);
    check_address(**message);
    check_acknowledgement(**message);
  }
  return 0;
}

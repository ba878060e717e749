#include "kernel/nft/flow.h"

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

#include <algorithm>

namespace cove::nft {
namespace {

using netlink::Bytes;
using netlink::next_attribute;

Status parse_addresses(Bytes rest, Flow& flow) {
  while (const auto attribute = COVE_TRY(next_attribute(rest))) {
    if (attribute->type != CTA_IP_V4_DST && attribute->type != CTA_IP_V6_DST) continue;
    flow.destination.resize(attribute->value.size());
    std::transform(attribute->value.begin(), attribute->value.end(), flow.destination.begin(),
                   [](std::byte byte) { return static_cast<char>(byte); });
  }
  return {};
}

Status parse_protocol(Bytes rest, Flow& flow) {
  while (const auto attribute = COVE_TRY(next_attribute(rest))) {
    const Bytes value = attribute->value;
    constexpr unsigned kByte = 8;
    if (attribute->type == CTA_PROTO_NUM && value.size() == 1)
      flow.protocol = std::to_integer<uint8_t>(value[0]);
    if (attribute->type == CTA_PROTO_DST_PORT && value.size() == 2)
      flow.destination_port = static_cast<uint16_t>(std::to_integer<unsigned>(value[0]) << kByte |
                                                    std::to_integer<unsigned>(value[1]));
  }
  return {};
}

}  // namespace

Result<std::optional<Flow>> parse_flow(const netlink::Message& message) {
  if (!message.body<nfgenmsg>()) return Error(ErrorCode::protocol, "conntrack: no connection");
  Flow flow;
  Bytes rest = message.attributes(sizeof(nfgenmsg));
  while (const auto attribute = COVE_TRY(next_attribute(rest))) {
    if (attribute->type != CTA_TUPLE_ORIG) continue;
    flow.tuple.assign(attribute->value.begin(), attribute->value.end());
    for (Bytes parts = attribute->value; const auto part = COVE_TRY(next_attribute(parts));) {
      if (part->type == CTA_TUPLE_IP) COVE_TRY(parse_addresses(part->value, flow));
      if (part->type == CTA_TUPLE_PROTO) COVE_TRY(parse_protocol(part->value, flow));
    }
  }
  if (flow.tuple.empty() || flow.destination_port == 0) return std::optional<Flow>();
  return std::optional(std::move(flow));
}

}  // namespace cove::nft

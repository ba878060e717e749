// Connections as the kernel's conntrack knows them. Pure. Nothing that is read is trusted. Source:
// linux/netfilter/nfnetlink_conntrack.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "kernel/netlink/message.h"

namespace cove::nft {

// By its first packet.
struct Flow {
  uint8_t protocol = 0;     // IPPROTO_*
  std::string destination;  // 4 or 16 bytes in network order
  uint16_t destination_port = 0;
  std::vector<std::byte> tuple;  // what names it to the kernel
};

// From an IPCTNL_MSG_CT_NEW message. Nothing: it has no ports. Error: protocol, where something is cut short
// or missing.
Result<std::optional<Flow>> parse_flow(const netlink::Message& message);

}  // namespace cove::nft

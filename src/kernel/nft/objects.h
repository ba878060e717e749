// What the kernel tells of a table: elements of its maps, and chains. Pure. Nothing that is read is trusted.
// Source: linux/netfilter/nf_tables.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "kernel/netlink/message.h"

namespace cove::nft {

// An element of a set or map, as the kernel has it: bytes.
struct FoundElement {
  std::string key;
  std::string key_end;  // of a range; else empty
  std::string value;    // of a map
  std::string comment;
  uint64_t packets = 0;  // of its counter
};

struct FoundChain {
  uint8_t family = 0;  // NFPROTO_*
  std::string table;
  std::string name;
  int hook = -1;       // NF_INET_*; -1: none
  bool drops = false;  // what no rule decides about
};

// From an NFT_MSG_NEWSETELEM or NFT_MSG_NEWCHAIN message. Error: protocol, where something is cut short or
// missing.
Status parse_elements(const netlink::Message& message, std::vector<FoundElement>& elements);
Result<FoundChain> parse_chain(const netlink::Message& message);

}  // namespace cove::nft

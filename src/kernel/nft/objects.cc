#include "kernel/nft/objects.h"

#include <arpa/inet.h>
#include <endian.h>
#include <fmt/format.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include <optional>
#include <string_view>

namespace cove::nft {
namespace {

using netlink::Attribute;
using netlink::Bytes;
using netlink::next_attribute;

Error incomplete(std::string_view what) {
  return Error(ErrorCode::protocol, fmt::format("nftables: a description of {}", what));
}

std::string_view view(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<std::string> value_of(Bytes data) {
  while (const auto attribute = COVE_TRY(next_attribute(data))) {
    if (attribute->type == NFTA_DATA_VALUE) return std::string(view(attribute->value));
  }
  return std::string();
}

// Type, length and value, of which the comment has type 0.
std::string comment_of(Bytes udata) {
  std::string_view rest = view(udata);
  constexpr size_t kHeader = 2;
  while (rest.size() >= kHeader) {
    const auto type = static_cast<uint8_t>(rest[0]);
    const auto length = static_cast<uint8_t>(rest[1]);
    const std::string_view value = rest.substr(kHeader, length);
    if (type == 0) return std::string(value.substr(0, value.find('\0')));
    rest.remove_prefix(kHeader + value.size());
  }
  return {};
}

// Of one expression, if it is a counter.
Result<uint64_t> packets_of(Bytes expression) {
  while (const auto attribute = COVE_TRY(next_attribute(expression))) {
    if (attribute->type == NFTA_EXPR_NAME && attribute->text() != "counter") break;
    if (attribute->type != NFTA_EXPR_DATA) continue;
    Bytes data = attribute->value;
    while (const auto inner = COVE_TRY(next_attribute(data))) {
      if (inner->type == NFTA_COUNTER_PACKETS) return be64toh(inner->long_number().value_or(0));
    }
  }
  return uint64_t{0};
}

Result<FoundElement> parse_element(Bytes rest) {
  FoundElement element;
  while (const auto attribute = COVE_TRY(next_attribute(rest))) {
    switch (attribute->type) {
      case NFTA_SET_ELEM_KEY:
        element.key = COVE_TRY(value_of(attribute->value));
        break;
      case NFTA_SET_ELEM_KEY_END:
        element.key_end = COVE_TRY(value_of(attribute->value));
        break;
      case NFTA_SET_ELEM_DATA:
        element.value = COVE_TRY(value_of(attribute->value));
        break;
      case NFTA_SET_ELEM_USERDATA:
        element.comment = comment_of(attribute->value);
        break;
      case NFTA_SET_ELEM_EXPR:
        element.packets = COVE_TRY(packets_of(attribute->value));
        break;
      default:
        break;
    }
  }
  return element;
}

bool is_about(const netlink::Message& message, uint16_t type) {
  return message.type == (NFNL_SUBSYS_NFTABLES << 8U | type) && message.body<nfgenmsg>().has_value();
}

std::optional<uint32_t> big_number(const Attribute& attribute) {
  const auto number = attribute.number();
  return number ? std::optional(ntohl(*number)) : std::nullopt;
}

}  // namespace

Status parse_elements(const netlink::Message& message, std::vector<FoundElement>& elements) {
  if (!is_about(message, NFT_MSG_NEWSETELEM)) return incomplete("no elements");
  Bytes rest = message.attributes(sizeof(nfgenmsg));
  while (const auto attribute = COVE_TRY(next_attribute(rest))) {
    if (attribute->type != NFTA_SET_ELEM_LIST_ELEMENTS) continue;
    Bytes list = attribute->value;
    while (const auto one = COVE_TRY(next_attribute(list))) {
      if (one->type == NFTA_LIST_ELEM) elements.push_back(COVE_TRY(parse_element(one->value)));
    }
  }
  return {};
}

Result<FoundChain> parse_chain(const netlink::Message& message) {
  if (!is_about(message, NFT_MSG_NEWCHAIN)) return incomplete("no chain");
  FoundChain chain;
  chain.family = message.body<nfgenmsg>()->nfgen_family;
  Bytes rest = message.attributes(sizeof(nfgenmsg));
  while (const auto attribute = COVE_TRY(next_attribute(rest))) {
    if (attribute->type == NFTA_CHAIN_TABLE) chain.table = attribute->text();
    if (attribute->type == NFTA_CHAIN_NAME) chain.name = attribute->text();
    if (attribute->type == NFTA_CHAIN_POLICY) chain.drops = big_number(*attribute) == uint32_t{NF_DROP};
    if (attribute->type != NFTA_CHAIN_HOOK) continue;
    Bytes hook = attribute->value;
    while (const auto inner = COVE_TRY(next_attribute(hook))) {
      if (inner->type == NFTA_HOOK_HOOKNUM) chain.hook = static_cast<int>(big_number(*inner).value_or(0));
    }
  }
  if (chain.table.empty() || chain.name.empty()) return incomplete("a chain without table or name");
  return chain;
}

}  // namespace cove::nft

#include "kernel/nft/batch.h"

#include <arpa/inet.h>
#include <endian.h>
#include <fmt/format.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <net/if.h>

#include <algorithm>
#include <array>

namespace cove::nft {
namespace {

constexpr size_t kRegisterBytes = 4;
constexpr unsigned kTypeBits = 6;  // of one Datatype in that of a concatenation
// Elements in one message: their list is an attribute, whose length has 16 bits.
constexpr size_t kMostElements = 256;
constexpr size_t kMostComment = 120;

constexpr uint16_t message_type(uint16_t type) {
  return static_cast<uint16_t>(NFNL_SUBSYS_NFTABLES << 8U | type);
}

uint32_t size_of(Datatype type) {
  switch (type) {
    case Datatype::ipv4:
      return sizeof(in_addr);
    case Datatype::ipv6:
      return sizeof(in6_addr);
    case Datatype::ether:
      return ETH_ALEN;
    case Datatype::protocol:
      return sizeof(uint8_t);
    case Datatype::port:
      return sizeof(uint16_t);
    case Datatype::interface:
      return IFNAMSIZ;
  }
  return 0;
}

constexpr uint32_t padded(uint32_t size) {
  return (size + kRegisterBytes - 1) / kRegisterBytes * kRegisterBytes;
}

struct Layout {
  uint32_t type = 0;
  uint32_t bytes = 0;
};

// Of a single field the exact size, of several the padded ones.
Layout layout_of(std::span<const Datatype> fields) {
  Layout layout;
  for (const Datatype field : fields) {
    layout.type = layout.type << kTypeBits | static_cast<uint32_t>(field);
    layout.bytes += fields.size() == 1 ? size_of(field) : padded(size_of(field));
  }
  return layout;
}

void data(MessageWriter& writer, uint16_t type, Bytes value) {
  const size_t opened = writer.open(type);
  writer.attribute(NFTA_DATA_VALUE, value);
  writer.close(opened);
}

// How nft(8) keeps a comment: type, length and text with its NUL. Source: libnftnl's udata.
void comment(MessageWriter& writer, std::string_view text) {
  constexpr uint8_t kComment = 0;
  text = text.substr(0, kMostComment);
  std::string udata{static_cast<char>(kComment), static_cast<char>(text.size() + 1)};
  udata.append(text).push_back('\0');
  writer.attribute(NFTA_SET_ELEM_USERDATA, std::as_bytes(std::span(udata.data(), udata.size())));
}

void element(MessageWriter& writer, const Element& element) {
  const size_t opened = writer.open(NFTA_LIST_ELEM);
  if (element.end_of_range) big_number(writer, NFTA_SET_ELEM_FLAGS, NFT_SET_ELEM_INTERVAL_END);
  data(writer, NFTA_SET_ELEM_KEY, element.key.get());
  if (!element.key_end.get().empty()) data(writer, NFTA_SET_ELEM_KEY_END, element.key_end.get());
  if (!element.value.get().empty()) data(writer, NFTA_SET_ELEM_DATA, element.value.get());
  if (!element.comment.empty()) comment(writer, element.comment);
  if (element.timeout_ms != 0) {
    const uint64_t big = htobe64(element.timeout_ms);
    writer.attribute(NFTA_SET_ELEM_TIMEOUT, std::as_bytes(std::span(&big, 1)));
  }
  writer.close(opened);
}

}  // namespace

void big_number(MessageWriter& writer, uint16_t type, uint32_t value) {
  writer.number(type, htonl(value));
}

void counter(MessageWriter& writer, uint16_t type) {
  const size_t opened = writer.open(type);
  writer.text(NFTA_EXPR_NAME, "counter");
  writer.close(writer.open(NFTA_EXPR_DATA));
  writer.close(opened);
}

Fields& Fields::bytes(Bytes value) {
  bytes_.insert(bytes_.end(), value.begin(), value.end());
  bytes_.resize(padded(static_cast<uint32_t>(bytes_.size())));
  return *this;
}

Fields& Fields::alone(Bytes value) {
  bytes_.assign(value.begin(), value.end());
  return *this;
}

Fields& Fields::number(uint8_t value) {
  return bytes(std::as_bytes(std::span(&value, 1)));
}

Fields& Fields::port(uint16_t value) {
  const uint16_t big = htons(value);
  return bytes(std::as_bytes(std::span(&big, 1)));
}

Fields& Fields::interface(std::string_view name) {
  std::array<char, IFNAMSIZ> whole{};
  std::copy_n(name.begin(), std::min(name.size(), whole.size() - 1), whole.begin());
  return bytes(std::as_bytes(std::span(whole)));
}

Batch::Batch(std::string_view table) : table_(table) {
  static_assert(NFPROTO_INET == 1);
  begin_raw(NFNL_MSG_BATCH_BEGIN, NLM_F_REQUEST, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
  what_.emplace_back("change nftables");
}

void Batch::begin_raw(uint16_t type, uint16_t flags, uint8_t family, uint16_t resource) {
  writer_.begin(type, flags);
  writer_.body(nfgenmsg{family, NFNETLINK_V0, htons(resource)});
}

MessageWriter& Batch::begin(uint16_t type, uint16_t flags, std::string what) {
  begin_raw(message_type(type), NLM_F_REQUEST | NLM_F_ACK | flags, family_, 0);
  what_.push_back(std::move(what));
  return writer_;
}

Bytes Batch::finish() {
  begin_raw(NFNL_MSG_BATCH_END, NLM_F_REQUEST, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
  return writer_.bytes();
}

std::string_view Batch::description(uint32_t sequence) const noexcept {
  return sequence >= 1 && sequence <= what_.size() ? std::string_view(what_[sequence - 1]) : what_.front();
}

void Batch::add_table() {
  begin(NFT_MSG_NEWTABLE, NLM_F_CREATE, fmt::format("make the nftables table {}", table_))
      .text(NFTA_TABLE_NAME, table_);
}

void Batch::delete_table() {
  begin(NFT_MSG_DELTABLE, 0, fmt::format("remove the nftables table {}", table_))
      .text(NFTA_TABLE_NAME, table_);
}

void Batch::add_chain(const ChainSettings& chain) {
  MessageWriter& writer =
      begin(NFT_MSG_NEWCHAIN, NLM_F_CREATE, fmt::format("make the nftables chain {} {}", table_, chain.name));
  writer.text(NFTA_CHAIN_TABLE, table_);
  writer.text(NFTA_CHAIN_NAME, chain.name);
  if (chain.hook < 0) return;
  const size_t hook = writer.open(NFTA_CHAIN_HOOK);
  big_number(writer, NFTA_HOOK_HOOKNUM, static_cast<uint32_t>(chain.hook));
  big_number(writer, NFTA_HOOK_PRIORITY, static_cast<uint32_t>(chain.priority));
  writer.close(hook);
  big_number(writer, NFTA_CHAIN_POLICY, NF_ACCEPT);
  writer.text(NFTA_CHAIN_TYPE, chain.type == ChainType::nat ? "nat" : "filter");
}

void Batch::add_set(const SetSettings& set) {
  const bool concatenated = set.key.size() > 1;
  const Layout key = layout_of(set.key);
  MessageWriter& writer =
      begin(NFT_MSG_NEWSET, NLM_F_CREATE, fmt::format("make the nftables set {} {}", table_, set.name));
  writer.text(NFTA_SET_TABLE, table_);
  writer.text(NFTA_SET_NAME, set.name);
  uint32_t flags = 0;
  if (set.intervals) flags |= NFT_SET_INTERVAL;
  if (set.intervals && concatenated) flags |= NFT_SET_CONCAT;
  if (!set.value.empty()) flags |= NFT_SET_MAP;
  if (set.timeouts) flags |= NFT_SET_TIMEOUT;
  if (set.counting != 0) flags |= NFT_SET_EVAL;
  big_number(writer, NFTA_SET_FLAGS, flags);
  big_number(writer, NFTA_SET_KEY_TYPE, key.type);
  big_number(writer, NFTA_SET_KEY_LEN, key.bytes);
  if (!set.value.empty()) {
    const Layout value = layout_of(set.value);
    big_number(writer, NFTA_SET_DATA_TYPE, value.type);
    big_number(writer, NFTA_SET_DATA_LEN, value.bytes);
  }
  big_number(writer, NFTA_SET_ID, writer.count());  // any number that no other set of the batch has
  if (set.counting != 0) {
    counter(writer, NFTA_SET_EXPR);
    const size_t description = writer.open(NFTA_SET_DESC);
    big_number(writer, NFTA_SET_DESC_SIZE, set.counting);
    writer.close(description);
  }
  if (concatenated && set.intervals) {
    const size_t description = writer.open(NFTA_SET_DESC);
    const size_t fields = writer.open(NFTA_SET_DESC_CONCAT);
    for (const Datatype field : set.key) {
      const size_t one = writer.open(NFTA_LIST_ELEM);
      big_number(writer, NFTA_SET_FIELD_LEN, size_of(field));
      writer.close(one);
    }
    writer.close(fields);
    writer.close(description);
  }
  // For nft(8), so that it shows the keys as they are: their byte order. Source: libnftnl's udata.
  constexpr std::array<uint8_t, 2> kByteOrder{0, sizeof(uint32_t)};
  const uint32_t order = set.key.front() == Datatype::interface ? 1 : 2;  // the machine's, the network's
  std::array<std::byte, kByteOrder.size() + sizeof order> udata{};
  std::copy_n(std::as_bytes(std::span(kByteOrder)).begin(), kByteOrder.size(), udata.begin());
  std::copy_n(std::as_bytes(std::span(&order, 1)).begin(), sizeof order, udata.begin() + kByteOrder.size());
  writer.attribute(NFTA_SET_USERDATA, udata);
}

void Batch::elements(uint16_t type, uint16_t flags, std::string_view set, std::span<const Element> elements) {
  while (!elements.empty()) {
    const auto some = elements.first(std::min(elements.size(), kMostElements));
    elements = elements.subspan(some.size());
    MessageWriter& writer = begin(type, flags, fmt::format("change the nftables set {} {}", table_, set));
    writer.text(NFTA_SET_ELEM_LIST_TABLE, table_);
    writer.text(NFTA_SET_ELEM_LIST_SET, set);
    const size_t list = writer.open(NFTA_SET_ELEM_LIST_ELEMENTS);
    for (const Element& one : some) element(writer, one);
    writer.close(list);
  }
}

void Batch::add_elements(std::string_view set, std::span<const Element> list) {
  elements(NFT_MSG_NEWSETELEM, NLM_F_CREATE | NLM_F_EXCL, set, list);
}

void Batch::delete_elements(std::string_view set, std::span<const Element> list) {
  elements(NFT_MSG_DELSETELEM, 0, set, list);
}

}  // namespace cove::nft

#include "kernel/nft/rule.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>

#include <array>
#include <cstddef>

namespace cove::nft {
namespace {

static_assert(static_cast<uint32_t>(Register::r0) == NFT_REG32_00 &&
              static_cast<uint32_t>(Register::r12) == NFT_REG32_12);
static_assert(static_cast<uint32_t>(Meta::protocol) == NFT_META_L4PROTO &&
              static_cast<uint32_t>(Meta::in_name) == NFT_META_IIFNAME &&
              static_cast<uint32_t>(Meta::out_name) == NFT_META_OIFNAME &&
              static_cast<uint32_t>(Meta::family) == NFT_META_NFPROTO &&
              static_cast<uint32_t>(Meta::packet_type) == NFT_META_PKTTYPE);

constexpr uint32_t kPortSize = 2;
constexpr uint32_t kDestinationPort = 2;  // behind the source port, in TCP, UDP and SCTP alike

template <typename T>
Bytes bytes_of(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

uint32_t address_size(uint8_t nfproto) {
  return nfproto == NFPROTO_IPV4 ? sizeof(in_addr) : sizeof(in6_addr);
}

void reg(MessageWriter& writer, uint16_t type, Register which) {
  big_number(writer, type, static_cast<uint32_t>(which));
}

void value(MessageWriter& writer, uint16_t type, Bytes data) {
  const size_t opened = writer.open(type);
  writer.attribute(NFTA_DATA_VALUE, data);
  writer.close(opened);
}

}  // namespace

RuleWriter::RuleWriter(Batch& batch, std::string_view chain)
    : writer_(batch.begin(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND,
                          fmt::format("make a rule in the nftables chain {} {}", batch.table(), chain))) {
  writer_.text(NFTA_RULE_TABLE, batch.table());
  writer_.text(NFTA_RULE_CHAIN, chain);
  expressions_ = writer_.open(NFTA_RULE_EXPRESSIONS);
}

RuleWriter::~RuleWriter() {
  writer_.close(expressions_);
}

size_t RuleWriter::begin(std::string_view name) {
  element_ = writer_.open(NFTA_LIST_ELEM);
  writer_.text(NFTA_EXPR_NAME, name);
  return writer_.open(NFTA_EXPR_DATA);
}

void RuleWriter::end(size_t opened) {
  writer_.close(opened);
  writer_.close(element_);
}

RuleWriter& RuleWriter::meta(Meta key, Register to) {
  const size_t opened = begin("meta");
  reg(writer_, NFTA_META_DREG, to);
  big_number(writer_, NFTA_META_KEY, static_cast<uint32_t>(key));
  end(opened);
  return *this;
}

RuleWriter& RuleWriter::connection(uint32_t key, Register to) {
  const size_t opened = begin("ct");
  reg(writer_, NFTA_CT_DREG, to);
  big_number(writer_, NFTA_CT_KEY, key);
  end(opened);
  return *this;
}

RuleWriter& RuleWriter::payload(uint32_t base, uint32_t offset, uint32_t size, Register to) {
  const size_t opened = begin("payload");
  reg(writer_, NFTA_PAYLOAD_DREG, to);
  big_number(writer_, NFTA_PAYLOAD_BASE, base);
  big_number(writer_, NFTA_PAYLOAD_OFFSET, offset);
  big_number(writer_, NFTA_PAYLOAD_LEN, size);
  end(opened);
  return *this;
}

RuleWriter& RuleWriter::mask(Register in, Bytes bits) {
  const std::vector<std::byte> nothing(bits.size());
  const size_t opened = begin("bitwise");
  reg(writer_, NFTA_BITWISE_SREG, in);
  reg(writer_, NFTA_BITWISE_DREG, in);
  big_number(writer_, NFTA_BITWISE_LEN, static_cast<uint32_t>(bits.size()));
  value(writer_, NFTA_BITWISE_MASK, bits);
  value(writer_, NFTA_BITWISE_XOR, nothing);
  end(opened);
  return *this;
}

RuleWriter& RuleWriter::compare(Register in, uint32_t how, Bytes data) {
  const size_t opened = begin("cmp");
  reg(writer_, NFTA_CMP_SREG, in);
  big_number(writer_, NFTA_CMP_OP, how);
  value(writer_, NFTA_CMP_DATA, data);
  end(opened);
  return *this;
}

// The registers of `ct` are in the machine's byte order.
RuleWriter& RuleWriter::any_bit(Register in, uint32_t bits) {
  constexpr uint32_t kNone = 0;
  return mask(in, bytes_of(bits)).compare(in, NFT_CMP_NEQ, bytes_of(kNone));
}

RuleWriter& RuleWriter::verdict(int code, std::string_view chain) {
  const size_t opened = begin("immediate");
  big_number(writer_, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
  const size_t data = writer_.open(NFTA_IMMEDIATE_DATA);
  const size_t inner = writer_.open(NFTA_DATA_VERDICT);
  big_number(writer_, NFTA_VERDICT_CODE, static_cast<uint32_t>(code));
  if (!chain.empty()) writer_.text(NFTA_VERDICT_CHAIN, chain);
  writer_.close(inner);
  writer_.close(data);
  end(opened);
  return *this;
}

RuleWriter& RuleWriter::family(uint8_t nfproto) {
  return meta(Meta::family, Register::r0).compare(Register::r0, NFT_CMP_EQ, bytes_of(nfproto));
}

RuleWriter& RuleWriter::in_interface(std::string_view set) {
  return meta(Meta::in_name, Register::r0).in_set(set, Register::r0);
}

RuleWriter& RuleWriter::out_interface(std::string_view set) {
  return meta(Meta::out_name, Register::r0).in_set(set, Register::r0);
}

RuleWriter& RuleWriter::interfaces(std::string_view set) {
  return meta(Meta::in_name, Register::r0).meta(Meta::out_name, Register::r4).in_set(set, Register::r0);
}

RuleWriter& RuleWriter::connection_state(uint32_t any_of) {
  return connection(NFT_CT_STATE, Register::r0).any_bit(Register::r0, any_of);
}

RuleWriter& RuleWriter::connection_status(uint32_t any_of) {
  return connection(NFT_CT_STATUS, Register::r0).any_bit(Register::r0, any_of);
}

RuleWriter& RuleWriter::loopback_source() {
  const uint8_t net = IN_LOOPBACKNET;
  return family(NFPROTO_IPV4)
      .payload(NFT_PAYLOAD_NETWORK_HEADER, offsetof(iphdr, saddr), 1, Register::r0)
      .compare(Register::r0, NFT_CMP_EQ, bytes_of(net));
}

RuleWriter& RuleWriter::loopback_destination() {
  const uint8_t net = IN_LOOPBACKNET;
  return family(NFPROTO_IPV4)
      .payload(NFT_PAYLOAD_NETWORK_HEADER, offsetof(iphdr, daddr), 1, Register::r0)
      .compare(Register::r0, NFT_CMP_EQ, bytes_of(net));
}

RuleWriter& RuleWriter::source_in(std::string_view set, uint8_t nfproto) {
  return family(nfproto).load_source(nfproto, Register::r0).in_set(set, Register::r0);
}

RuleWriter& RuleWriter::ether_type(uint16_t type) {
  const uint16_t big = htons(type);
  return payload(NFT_PAYLOAD_LL_HEADER, offsetof(ethhdr, h_proto), sizeof big, Register::r0)
      .compare(Register::r0, NFT_CMP_EQ, bytes_of(big));
}

RuleWriter& RuleWriter::compare_protocol(uint32_t how, uint8_t protocol) {
  return meta(Meta::protocol, Register::r0).compare(Register::r0, how, bytes_of(protocol));
}

RuleWriter& RuleWriter::is_protocol(uint8_t protocol) {
  return compare_protocol(NFT_CMP_EQ, protocol);
}

RuleWriter& RuleWriter::is_not_protocol(uint8_t protocol) {
  return compare_protocol(NFT_CMP_NEQ, protocol);
}

RuleWriter& RuleWriter::icmp_type(uint8_t type) {
  return payload(NFT_PAYLOAD_TRANSPORT_HEADER, 0, sizeof type, Register::r0)
      .compare(Register::r0, NFT_CMP_EQ, bytes_of(type));
}

RuleWriter& RuleWriter::local_destination() {
  const uint32_t local = RTN_LOCAL;
  const size_t opened = begin("fib");
  reg(writer_, NFTA_FIB_DREG, Register::r0);
  big_number(writer_, NFTA_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE);
  big_number(writer_, NFTA_FIB_FLAGS, NFTA_FIB_F_DADDR);
  end(opened);
  return compare(Register::r0, NFT_CMP_EQ, bytes_of(local));
}

RuleWriter& RuleWriter::in_set(std::string_view set, Register key) {
  const size_t opened = begin("lookup");
  writer_.text(NFTA_LOOKUP_SET, set);
  reg(writer_, NFTA_LOOKUP_SREG, key);
  end(opened);
  return *this;
}

RuleWriter& RuleWriter::in_map(std::string_view map, Register key, Register to) {
  const size_t opened = begin("lookup");
  writer_.text(NFTA_LOOKUP_SET, map);
  reg(writer_, NFTA_LOOKUP_SREG, key);
  reg(writer_, NFTA_LOOKUP_DREG, to);
  end(opened);
  return *this;
}

RuleWriter& RuleWriter::load_in_interface(Register to) {
  return meta(Meta::in_name, to);
}

RuleWriter& RuleWriter::load_source(uint8_t nfproto, Register to) {
  const bool four = nfproto == NFPROTO_IPV4;
  return payload(NFT_PAYLOAD_NETWORK_HEADER, four ? offsetof(iphdr, saddr) : offsetof(ip6_hdr, ip6_src),
                 address_size(nfproto), to);
}

RuleWriter& RuleWriter::load_arp_source(Register to) {
  return payload(NFT_PAYLOAD_NETWORK_HEADER, offsetof(ether_arp, arp_spa), sizeof(in_addr), to);
}

RuleWriter& RuleWriter::load_zero(Register to) {
  constexpr uint32_t kZero = 0;
  const size_t opened = begin("immediate");
  reg(writer_, NFTA_IMMEDIATE_DREG, to);
  value(writer_, NFTA_IMMEDIATE_DATA, bytes_of(kZero));
  end(opened);
  return *this;
}

RuleWriter& RuleWriter::to_hardware(std::string_view map, Register key, Register scratch) {
  static_assert(PACKET_HOST == 0);
  in_map(map, key, scratch);
  size_t opened = begin("payload");
  reg(writer_, NFTA_PAYLOAD_SREG, scratch);
  big_number(writer_, NFTA_PAYLOAD_BASE, NFT_PAYLOAD_LL_HEADER);
  big_number(writer_, NFTA_PAYLOAD_OFFSET, offsetof(ethhdr, h_dest));
  big_number(writer_, NFTA_PAYLOAD_LEN, ETH_ALEN);
  big_number(writer_, NFTA_PAYLOAD_CSUM_TYPE, NFT_PAYLOAD_CSUM_NONE);
  end(opened);
  load_zero(scratch);
  opened = begin("meta");
  reg(writer_, NFTA_META_SREG, scratch);
  big_number(writer_, NFTA_META_KEY, static_cast<uint32_t>(Meta::packet_type));
  end(opened);
  return *this;
}

RuleWriter& RuleWriter::count_in(std::string_view set, Register key) {
  const size_t opened = begin("dynset");
  writer_.text(NFTA_DYNSET_SET_NAME, set);
  big_number(writer_, NFTA_DYNSET_OP, NFT_DYNSET_OP_UPDATE);
  reg(writer_, NFTA_DYNSET_SREG_KEY, key);
  counter(writer_, NFTA_DYNSET_EXPR);
  end(opened);
  return *this;
}

RuleWriter& RuleWriter::load_destination(uint8_t nfproto, Register to) {
  const bool four = nfproto == NFPROTO_IPV4;
  return payload(NFT_PAYLOAD_NETWORK_HEADER, four ? offsetof(iphdr, daddr) : offsetof(ip6_hdr, ip6_dst),
                 address_size(nfproto), to);
}

RuleWriter& RuleWriter::load_protocol(Register to) {
  return meta(Meta::protocol, to);
}

RuleWriter& RuleWriter::load_destination_port(Register to) {
  return payload(NFT_PAYLOAD_TRANSPORT_HEADER, kDestinationPort, kPortSize, to);
}

RuleWriter& RuleWriter::accept() {
  return verdict(NF_ACCEPT);
}

RuleWriter& RuleWriter::drop() {
  return verdict(NF_DROP);
}

RuleWriter& RuleWriter::jump(std::string_view chain) {
  return verdict(NFT_JUMP, chain);
}

RuleWriter& RuleWriter::reject(uint32_t type, uint8_t code) {
  const size_t opened = begin("reject");
  big_number(writer_, NFTA_REJECT_TYPE, type);
  writer_.attribute(NFTA_REJECT_ICMP_CODE, bytes_of(code));
  end(opened);
  return *this;
}

RuleWriter& RuleWriter::reset() {
  return reject(NFT_REJECT_TCP_RST, 0);
}

RuleWriter& RuleWriter::refuse() {
  return reject(NFT_REJECT_ICMPX_UNREACH, NFT_REJECT_ICMPX_ADMIN_PROHIBITED);
}

RuleWriter& RuleWriter::masquerade() {
  end(begin("masq"));
  return *this;
}

RuleWriter& RuleWriter::destination_nat(uint8_t nfproto, Register address, const Register* port) {
  const size_t opened = begin("nat");
  big_number(writer_, NFTA_NAT_TYPE, NFT_NAT_DNAT);
  big_number(writer_, NFTA_NAT_FAMILY, nfproto);
  reg(writer_, NFTA_NAT_REG_ADDR_MIN, address);
  if (port != nullptr) reg(writer_, NFTA_NAT_REG_PROTO_MIN, *port);
  end(opened);
  return *this;
}

}  // namespace cove::nft

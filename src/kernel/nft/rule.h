// One rule: expressions, each of which reads or fills registers of 4 bytes, or ends the rule where it does
// not hold. Pure. Source: linux/netfilter/nf_tables.h; `nft --debug=netlink` shows the same expressions.
#pragma once

#include <cstdint>
#include <string_view>

#include "kernel/nft/batch.h"

namespace cove::nft {

// Registers, each of 4 bytes: a key of several fields lies in several, one behind the other.
enum class Register : uint32_t { r0 = 8, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12 };

// NFT_META_*
enum class Meta : uint32_t { protocol = 16, in_name = 6, out_name = 7, family = 15, packet_type = 19 };

class RuleWriter {
 public:
  RuleWriter(Batch& batch, std::string_view chain);
  RuleWriter(const RuleWriter&) = delete;
  RuleWriter& operator=(const RuleWriter&) = delete;
  ~RuleWriter();  // ends it

  // --- matches
  RuleWriter& family(uint8_t nfproto);             // NFPROTO_IPV4, NFPROTO_IPV6
  RuleWriter& in_interface(std::string_view set);  // its name is in this set
  RuleWriter& out_interface(std::string_view set);
  RuleWriter& interfaces(std::string_view set);    // the names of both, the incoming one first
  RuleWriter& connection_state(uint32_t any_of);   // NF_CT_STATE_BIT, NF_CT_STATE_…
  RuleWriter& connection_status(uint32_t any_of);  // IPS_*
  RuleWriter& loopback_source();                   // 127.0.0.0/8
  RuleWriter& loopback_destination();
  RuleWriter& source_in(std::string_view set, uint8_t nfproto);
  RuleWriter& ether_type(uint16_t type);      // ETH_P_*
  RuleWriter& is_protocol(uint8_t protocol);  // IPPROTO_*
  RuleWriter& is_not_protocol(uint8_t protocol);
  RuleWriter& icmp_type(uint8_t type);  // of a packet that is one of ICMP or ICMPv6
  RuleWriter& local_destination();      // an address of this machine
  RuleWriter& in_set(std::string_view set, Register key);
  // The value of `key` goes to `value`; the rule ends where the map has none.
  RuleWriter& in_map(std::string_view map, Register key, Register to);

  // --- what is put into registers
  RuleWriter& load_in_interface(Register to);
  RuleWriter& load_source(uint8_t nfproto, Register to);
  RuleWriter& load_arp_source(Register to);
  RuleWriter& load_zero(Register to);
  RuleWriter& load_destination(uint8_t nfproto, Register to);
  RuleWriter& load_protocol(Register to);
  RuleWriter& load_destination_port(Register to);

  // --- what is done with a packet before its verdict
  // Of a bridge: it goes to the hardware address that the map has for `key`, as one of this machine's own.
  RuleWriter& to_hardware(std::string_view map, Register key, Register scratch);
  // An element of a set that counts: one more packet. The rule ends where the set is full.
  RuleWriter& count_in(std::string_view set, Register key);

  // --- verdicts
  RuleWriter& accept();
  RuleWriter& drop();
  RuleWriter& jump(std::string_view chain);
  RuleWriter& reset();   // of a connection of TCP
  RuleWriter& refuse();  // told as forbidden by an administrator
  RuleWriter& masquerade();
  // To the address in `address`, and the port in `port` where one is given.
  RuleWriter& destination_nat(uint8_t nfproto, Register address, const Register* port);

 private:
  size_t begin(std::string_view name);
  void end(size_t opened);
  RuleWriter& meta(Meta key, Register to);
  RuleWriter& connection(uint32_t key, Register to);
  RuleWriter& payload(uint32_t base, uint32_t offset, uint32_t size, Register to);
  RuleWriter& mask(Register in, Bytes bits);
  RuleWriter& compare(Register in, uint32_t how, Bytes data);
  RuleWriter& compare_protocol(uint32_t how, uint8_t protocol);
  RuleWriter& reject(uint32_t type, uint8_t code);
  RuleWriter& any_bit(Register in, uint32_t bits);
  RuleWriter& verdict(int code, std::string_view chain = {});

  MessageWriter& writer_;
  size_t expressions_ = 0;
  size_t element_ = 0;  // the one that is being written
};

}  // namespace cove::nft

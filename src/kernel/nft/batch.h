// Transactions of nf_tables: messages of NETLINK_NETFILTER that the kernel carries out all together or not at
// all. Written here, sent by Socket (socket.h). Pure. Source: linux/netfilter/nfnetlink.h,
// linux/netfilter/nf_tables.h, nft(8) for the words.
//
// Other than in the routing family, all numbers in attributes are in network order.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernel/netlink/message.h"

namespace cove::nft {

using netlink::Bytes;
using netlink::MessageWriter;

// What a key or a value in a set consists of. The numbers are nft(8)'s own: the kernel keeps them for it.
enum class Datatype : uint32_t {
  ipv4 = 7,
  ipv6 = 8,
  ether = 9,
  protocol = 12,  // IPPROTO_*
  port = 13,      // network order
  interface = 41  // a name, filled up with zeros
};

struct SetSettings {
  std::string_view name;
  std::span<const Datatype>
      key;  // of more than one: they stand one behind the other, each filled up to 4 bytes
  std::span<const Datatype> value;  // empty: a set, not a map
  bool intervals = false;           // its elements are ranges of keys
  bool timeouts = false;            // its elements may have an end
  uint32_t counting = 0;  // rules add to it, up to so many elements, and count: see RuleWriter::count_in()
};

// A key or a value: fields one behind the other, each filled up with zeros to a multiple of 4 bytes.
class Fields {
 public:
  Fields& bytes(Bytes value);  // an address in network order
  Fields& alone(Bytes value);  // the only field: nothing is filled up
  Fields& number(uint8_t value);
  Fields& port(uint16_t value);  // in the machine's order
  Fields& interface(std::string_view name);
  [[nodiscard]] Bytes get() const noexcept { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

struct Element {
  Fields key;
  Fields key_end;             // the last key of the range; empty for a single one. Only of concatenations
  bool end_of_range = false;  // in a set of intervals of one field: the first key behind a range
  Fields value;
  std::string comment;      // at most 120 bytes
  uint64_t timeout_ms = 0;  // 0: it stays
};

enum class ChainType : uint8_t { filter, nat };

struct ChainSettings {
  std::string_view name;
  ChainType type = ChainType::filter;
  int hook = -1;     // NF_INET_*; -1: a chain that others jump to
  int priority = 0;  // the lower, the earlier
};

class Batch {
 public:
  // All of it is about this table of the family inet.
  explicit Batch(std::string_view table);
  // What is written from now on is about that of another family: NFPROTO_BRIDGE.
  void use_family(uint8_t family) noexcept { family_ = family; }

  void add_table();  // no error if it is there
  void delete_table();
  void add_chain(const ChainSettings& chain);
  void add_set(const SetSettings& set);
  // EEXIST: one of them is there already.
  void add_elements(std::string_view set, std::span<const Element> list);
  // ENOENT: one of them is not there.
  void delete_elements(std::string_view set, std::span<const Element> list);

  // For RuleWriter: begins a message.
  MessageWriter& begin(uint16_t type, uint16_t flags, std::string what);
  [[nodiscard]] const std::string& table() const noexcept { return table_; }

  // Ends it, and gives all its bytes. What is written after that is not of it.
  Bytes finish();
  // What the message with this sequence number was to do.
  [[nodiscard]] std::string_view description(uint32_t sequence) const noexcept;
  // The messages that are answered: all but those that begin and end it.
  [[nodiscard]] size_t answers() const noexcept { return what_.size() - 1; }

 private:
  void begin_raw(uint16_t type, uint16_t flags, uint8_t family, uint16_t resource);
  void elements(uint16_t type, uint16_t flags, std::string_view set, std::span<const Element> elements);

  std::string table_;
  uint8_t family_ = 1;  // NFPROTO_INET
  MessageWriter writer_;
  std::vector<std::string> what_;  // parallel to the messages
};

// An attribute with a number in network order.
void big_number(MessageWriter& writer, uint16_t type, uint32_t value);
// A counter as an expression: its name and, empty, where it stands.
void counter(MessageWriter& writer, uint16_t type);

}  // namespace cove::nft

// Messages of the domain name system, as far as one needs them who answers for a few names and hands all
// other questions on: a query is read, an answer to it written, somebody else's answer checked. Pure.
// Sources: RFC 1035, whose sections are named below, and RFC 6891 (EDNS).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cove::dns {

inline constexpr size_t kHeaderSize = 12;      // 4.1.1
inline constexpr size_t kPlainSize = 512;      // 4.2.1: of a datagram, where nobody has agreed on more
inline constexpr size_t kMaxNameSize = 255;    // 3.1: with the lengths of its labels
inline constexpr uint16_t kOwnUdpSize = 1232;  // what reaches everybody in one piece: dnsflagday.net/2020
inline constexpr size_t kMaxMessage = 65'535;  // 4.2.2

enum class Type : uint16_t { a = 1, ptr = 12, aaaa = 28, opt = 41, ixfr = 251, axfr = 252, any = 255 };
inline constexpr uint16_t kInternet = 1;  // the class

// 4.1.1
enum class Rcode : uint16_t {
  none = 0,
  format_error = 1,
  server_failure = 2,
  no_such_name = 3,
  not_implemented = 4,
  refused = 5,
  bad_version = 16,  // RFC 6891, 6.1.3
};

struct Query {
  uint16_t id = 0;
  uint16_t flags = 0;
  std::string name;    // in small letters, its labels joined by dots, without the last one
  bool plain = false;  // no label has a dot or anything in it that is not to be seen
  Type type{};
  uint16_t klass = 0;
  size_t question_end = kHeaderSize;  // where in the message what was asked ends
  bool edns = false;
  bool dnssec = false;  // RFC 6891, 6.1.4: the bit DO
  size_t udp_size = kPlainSize;
  Rcode problem = Rcode::none;  // what it must be refused with
};
// Nothing: it is no query at all, and gets no answer. All of its records are looked at.
std::optional<Query> parse_query(std::string_view message);

// Writes the answer to `query`, which was read from `message`; at most `limit` bytes. What does not fit is
// left out, and its bit says so (TC).
class Answer {
 public:
  Answer(const Query& query, std::string_view message, size_t limit);

  void add_address(std::string_view bytes, uint32_t ttl);  // 4 or 16 bytes; of the name that was asked for
  void add_pointer(std::string_view name, uint32_t ttl);   // as Query::name; left out if it is too long
  // `sure`: nobody knows better (AA).
  std::string finish(Rcode code, bool sure) &&;

 private:
  void add(Type type, std::string_view data, uint32_t ttl);

  const Query& query_;
  std::string text_;
  size_t limit_;
  uint16_t count_ = 0;
  bool truncated_ = false;
};
std::string refuse(const Query& query, std::string_view message, Rcode code);

// Somebody's answer, as far as it matters to whoever hands it on.
struct Reply {
  Rcode code = Rcode::none;
  bool truncated = false;
};
// Nothing: it does not answer the question, which is that of the query: `query`, whose question ends there.
std::optional<Reply> parse_reply(std::string_view reply, uint16_t id, std::string_view query,
                                 size_t question_end);

// To what addresses an answer leads that names have been asked for with, and how long it holds at least.
struct FoundAddresses {
  std::string name;                    // as Query::name
  std::vector<std::string> addresses;  // 4 or 16 bytes
  uint32_t seconds = 0;
};
// As far as the answer can be read.
FoundAddresses parse_addresses(std::string_view answer);

void set_id(std::string& message, uint16_t id);  // of a message with a header
// What remains of one that is too long: the header and the question, and that it is cut (TC).
void cut(std::string& message, size_t question_end);

// The address, of 4 or 16 bytes, that a name below in-addr.arpa (3.5) or ip6.arpa (RFC 3596) stands for.
std::optional<std::string> reverse_address(std::string_view name);

}  // namespace cove::dns

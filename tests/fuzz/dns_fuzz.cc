// Messages of the domain name system, as containers and servers outside send them: what is read lies in the
// message, answers keep to their limit and repeat the question, and an answer is one to its own query. The
// first byte says what the rest is.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "network/dns/message.h"
#include "network/resolver/upstream.h"
#include "require.h"

namespace {

using namespace cove;
using fuzz::require;

void check_query(std::string_view message) {
  const auto query = dns::parse_query(message);
  if (!query) return;
  require(query->question_end >= dns::kHeaderSize && query->question_end <= message.size());
  require(query->name.size() <= dns::kMaxNameSize);
  require(query->udp_size >= dns::kPlainSize);
  dns::reverse_address(query->name);
  constexpr size_t kMany = 40;
  dns::Answer answer(*query, message, dns::kPlainSize);
  for (size_t i = 0; i < kMany; ++i) answer.add_address(std::string(16, 'x'), 1);
  answer.add_pointer(query->name, 1);
  const std::string text = std::move(answer).finish(query->problem, true);
  require(text.size() <= dns::kPlainSize);
  require(text.starts_with(message.substr(0, 2)));
  require(!dns::parse_query(text));
  if (query->problem != dns::Rcode::none) return;
  const auto reply = dns::parse_reply(text, query->id, message, query->question_end);
  require(reply && reply->truncated && reply->code == dns::Rcode::none);
  require(!dns::parse_reply(text, static_cast<uint16_t>(query->id + 1), message, query->question_end));
}

// What somebody sends as an answer to a question of ours.
void check_reply(std::string_view text) {
  const std::string query("\x12\x34\x01\0\0\1\0\0\0\0\0\0\2db\0\0\1\0\1", 20);
  for (const std::string& address : dns::parse_addresses(text).addresses)
    require(address.size() == 4 || address.size() == 16);
  const auto reply = dns::parse_reply(text, 0x1234, query, query.size());
  if (!reply) return;
  std::string whole(text);
  dns::set_id(whole, 1);
  dns::cut(whole, query.size());
  const auto cut = dns::parse_reply(whole, 1, query, query.size());
  require(cut && cut->truncated && cut->code == reply->code);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 'q':
      check_query(text);
      break;
    case 'r':
      check_reply(text);
      break;
    case 's':
      require(network::parse_servers(text).size() <= 3);
      break;
    default:
      break;
  }
  return 0;
}

#include "network/dns/message.h"

#include <algorithm>

#include "base/strings.h"

namespace cove::dns {
namespace {

// Bits of the second 16 of a header: 4.1.1; CD: RFC 4035.
constexpr unsigned kResponse = 0x8000;
constexpr unsigned kOpcode = 0x7800;
constexpr unsigned kAuthoritative = 0x0400;
constexpr unsigned kTruncated = 0x0200;
constexpr unsigned kRecursionDesired = 0x0100;
constexpr unsigned kRecursionAvailable = 0x0080;
constexpr unsigned kCheckingDisabled = 0x0010;
constexpr unsigned kRcode = 0x000f;

constexpr size_t kQuestions = 4;  // where the four counts begin
constexpr size_t kAnswers = 6;
constexpr size_t kAdditional = 10;
constexpr size_t kOptSize = 11;
constexpr unsigned kDnssecOk = 0x8000;
constexpr unsigned kByteBits = 8;

uint8_t byte_at(std::string_view message, size_t at) {
  return static_cast<uint8_t>(message[at]);
}

uint16_t number_at(std::string_view message, size_t at) {
  return static_cast<uint16_t>(byte_at(message, at) << kByteBits | byte_at(message, at + 1));
}

void put(std::string& message, unsigned number) {
  message.push_back(static_cast<char>(number >> kByteBits));
  message.push_back(static_cast<char>(number));
}

void put_at(std::string& message, size_t at, unsigned number) {
  message[at] = static_cast<char>(number >> kByteBits);
  message[at + 1] = static_cast<char>(number);
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// A label may have any byte in it; a host's name has only such as can be seen.
bool is_plain(std::string_view label) {
  return std::all_of(label.begin(), label.end(), [](char c) { return c > ' ' && c < 0x7f && c != '.'; });
}

// Takes one message apart from the front. Whatever is not there makes it fail, once and for all.
class Reader {
 public:
  explicit Reader(std::string_view message, size_t at = kHeaderSize) : message_(message), at_(at) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] size_t at() const { return at_; }

  uint16_t number() {
    if (!has(2)) return 0;
    at_ += 2;
    return number_at(message_, at_ - 2);
  }
  void skip(size_t size) {
    if (has(size)) at_ += size;
  }
  // 3.1, 4.1.4. A pointer leads further to the front than what points, so that it ends; whoever asks has
  // nothing to point at, so one in a question is refused by whoever wants the name.
  bool name(std::string* text, bool* plain) {
    size_t size = 1;
    while (has(1)) {
      const size_t length = byte_at(message_, at_);
      if ((length & kPointer) == kPointer) {
        skip(2);
        return ok_ && text == nullptr;
      }
      if ((length & kPointer) != 0) return fail();
      ++at_;
      if (length == 0) return true;
      size += length + 1;
      if (size > kMaxNameSize || !has(length)) return fail();
      const std::string_view label = message_.substr(at_, length);
      at_ += length;
      if (text == nullptr) continue;
      if (!text->empty()) text->push_back('.');
      std::transform(label.begin(), label.end(), std::back_inserter(*text), lower);
      *plain = *plain && is_plain(label);
    }
    return false;
  }

 private:
  static constexpr size_t kPointer = 0xc0;
  bool has(size_t size) {
    ok_ = ok_ && at_ <= message_.size() && size <= message_.size() - at_;
    return ok_;
  }
  bool fail() {
    ok_ = false;
    return false;
  }

  std::string_view message_;
  size_t at_;
  bool ok_ = true;
};

// 4.1.3
struct Record {
  Type type{};
  uint16_t klass = 0;
  unsigned ttl_high = 0, ttl_low = 0;
  bool root = false;  // its name is that of the root
  size_t end = 0;     // behind its data
  size_t size = 0;    // of its data
};
bool read_record(Reader& reader, Record& record) {
  const size_t begin = reader.at();
  if (!reader.name(nullptr, nullptr)) return false;
  record.root = reader.at() == begin + 1;
  record.type = static_cast<Type>(reader.number());
  record.klass = reader.number();
  record.ttl_high = reader.number();
  record.ttl_low = reader.number();
  record.size = reader.number();
  reader.skip(record.size);
  record.end = reader.at();
  return reader.ok();
}

// RFC 6891, 6.1.2 and 6.1.3: a record whose class and time to live mean something else.
bool take_edns(const Record& record, Query& query) {
  if (query.edns || !record.root) return false;  // 6.1.1: one at most
  query.edns = true;
  query.dnssec = (record.ttl_low & kDnssecOk) != 0;
  query.udp_size = std::max<size_t>(record.klass, kPlainSize);
  if ((record.ttl_high & 0xffU) != 0) query.problem = Rcode::bad_version;
  return true;
}

bool read_records(std::string_view message, Reader& reader, Query& query) {
  for (size_t count = kAnswers; count <= kAdditional; count += 2) {
    for (unsigned i = number_at(message, count); i > 0; --i) {
      Record record;
      if (!read_record(reader, record)) return false;
      if (record.type == Type::opt && (count != kAdditional || !take_edns(record, query))) return false;
    }
  }
  return true;
}

}  // namespace

std::optional<Query> parse_query(std::string_view message) {
  if (message.size() < kHeaderSize || (number_at(message, 2) & kResponse) != 0) return std::nullopt;
  Query query;
  query.id = number_at(message, 0);
  query.flags = number_at(message, 2);
  if ((query.flags & kOpcode) != 0) {
    query.problem = Rcode::not_implemented;
    return query;
  }
  const auto bad = [&] {
    query.edns = false;
    query.problem = Rcode::format_error;
    return query;
  };
  Reader reader(message);
  query.plain = true;
  if (number_at(message, kQuestions) != 1 || !reader.name(&query.name, &query.plain)) return bad();
  query.type = static_cast<Type>(reader.number());
  query.klass = reader.number();
  if (!reader.ok()) return bad();
  query.question_end = reader.at();
  if (!read_records(message, reader, query)) return bad();
  // Zones are not handed on: RFC 5936 has them come in many messages.
  if (query.type == Type::axfr || query.type == Type::ixfr) query.problem = Rcode::refused;
  return query;
}

Answer::Answer(const Query& query, std::string_view message, size_t limit)
    : query_(query), text_(message.substr(0, query.question_end)), limit_(limit) {
  for (size_t count = kQuestions; count <= kAdditional; count += 2) put_at(text_, count, 0);
  if (query.question_end > kHeaderSize) put_at(text_, kQuestions, 1);
  if (query.edns) limit_ -= kOptSize;
}

void Answer::add(Type type, std::string_view data, uint32_t ttl) {
  constexpr unsigned kNameOfQuestion = 0xc000U | kHeaderSize;  // 4.1.4
  constexpr size_t kFixed = 12;
  constexpr unsigned kHalf = 16;
  if (truncated_ || text_.size() + kFixed + data.size() > limit_) {
    truncated_ = true;
    return;
  }
  put(text_, kNameOfQuestion);
  put(text_, static_cast<unsigned>(type));
  put(text_, kInternet);
  put(text_, ttl >> kHalf);
  put(text_, ttl);
  put(text_, static_cast<unsigned>(data.size()));
  text_ += data;
  ++count_;
}

void Answer::add_address(std::string_view bytes, uint32_t ttl) {
  constexpr size_t kFour = 4;
  add(bytes.size() == kFour ? Type::a : Type::aaaa, bytes, ttl);
}

void Answer::add_pointer(std::string_view name, uint32_t ttl) {
  constexpr size_t kMaxLabel = 63;  // 2.3.4
  std::string data;
  for (const std::string_view label : split(name, '.')) {
    if (label.empty() || label.size() > kMaxLabel) return;
    data.push_back(static_cast<char>(label.size()));
    data += label;
  }
  data.push_back('\0');
  if (data.size() <= kMaxNameSize) add(Type::ptr, data, ttl);
}

std::string Answer::finish(Rcode code, bool sure) && {
  constexpr unsigned kExtended = 4;  // bits of a code that the header has
  const auto number = static_cast<unsigned>(code);
  unsigned flags = kResponse | kRecursionAvailable | (number & kRcode);
  flags |= query_.flags & (kOpcode | kRecursionDesired | kCheckingDisabled);
  if (sure) flags |= kAuthoritative;
  if (truncated_) flags |= kTruncated;
  put_at(text_, 2, flags);
  put_at(text_, kAnswers, count_);
  if (query_.edns) {
    text_.push_back('\0');
    put(text_, static_cast<unsigned>(Type::opt));
    put(text_, kOwnUdpSize);
    put(text_, number >> kExtended << kByteBits);
    put(text_, query_.dnssec ? kDnssecOk : 0);
    put(text_, 0);
    put_at(text_, kAdditional, 1);
  }
  return std::move(text_);
}

std::string refuse(const Query& query, std::string_view message, Rcode code) {
  return Answer(query, message, kPlainSize).finish(code, false);
}

std::optional<Reply> parse_reply(std::string_view reply, uint16_t id, std::string_view query,
                                 size_t question_end) {
  if (reply.size() < question_end || query.size() < question_end || question_end < kHeaderSize)
    return std::nullopt;
  const unsigned flags = number_at(reply, 2);
  if (number_at(reply, 0) != id || (flags & kResponse) == 0 || (flags & kOpcode) != 0 ||
      number_at(reply, kQuestions) != 1)
    return std::nullopt;
  // Byte by byte: the lengths of labels are no letters.
  const auto same = [](char one, char other) { return lower(one) == lower(other); };
  if (!std::equal(reply.begin() + kHeaderSize, reply.begin() + static_cast<ptrdiff_t>(question_end),
                  query.begin() + kHeaderSize, same))
    return std::nullopt;
  return Reply{static_cast<Rcode>(flags & kRcode), (flags & kTruncated) != 0};
}

FoundAddresses parse_addresses(std::string_view answer) {
  constexpr size_t kFour = 4;
  constexpr size_t kSixteen = 16;
  constexpr unsigned kHalf = 16;
  FoundAddresses found;
  if (answer.size() < kHeaderSize || number_at(answer, kQuestions) != 1) return found;
  Reader reader(answer);
  bool plain = true;
  if (!reader.name(&found.name, &plain)) return found;
  reader.number();
  reader.number();
  found.seconds = UINT32_MAX;
  for (unsigned i = number_at(answer, kAnswers); i > 0 && reader.ok(); --i) {
    Record record;
    if (!read_record(reader, record)) break;
    found.seconds = std::min<uint32_t>(found.seconds, record.ttl_high << kHalf | record.ttl_low);
    const size_t size = record.type == Type::a ? kFour : record.type == Type::aaaa ? kSixteen : 0;
    if (size != 0 && record.klass == kInternet && record.size == size)
      found.addresses.emplace_back(answer.substr(record.end - size, size));
  }
  return found;
}

void set_id(std::string& message, uint16_t id) {
  put_at(message, 0, id);
}

void cut(std::string& message, size_t question_end) {
  message.resize(question_end);
  put_at(message, 2, number_at(message, 2) | kTruncated);
  for (size_t count = kAnswers; count <= kAdditional; count += 2) put_at(message, count, 0);
}

std::optional<std::string> reverse_address(std::string_view name) {
  constexpr std::string_view kFour = ".in-addr.arpa";
  constexpr std::string_view kSix = ".ip6.arpa";
  constexpr size_t kBytes4 = 4;
  constexpr size_t kDigits6 = 32;
  constexpr int kHexadecimal = 16;
  std::string bytes;
  if (name.ends_with(kFour)) {
    for (const std::string_view part : split(name.substr(0, name.size() - kFour.size()), '.')) {
      const auto number = parse_number<uint8_t>(part);
      if (!number) return std::nullopt;
      bytes.insert(bytes.begin(), static_cast<char>(*number));
    }
    return bytes.size() == kBytes4 ? std::optional(bytes) : std::nullopt;
  }
  if (!name.ends_with(kSix)) return std::nullopt;
  const auto digits = split(name.substr(0, name.size() - kSix.size()), '.');
  if (digits.size() != kDigits6) return std::nullopt;
  for (size_t i = kDigits6; i > 0; i -= 2) {
    const auto high = parse_number<uint8_t>(digits[i - 1], kHexadecimal);
    const auto low = parse_number<uint8_t>(digits[i - 2], kHexadecimal);
    if (!high || !low || digits[i - 1].size() != 1 || digits[i - 2].size() != 1) return std::nullopt;
    bytes.push_back(static_cast<char>(*high * kHexadecimal + *low));
  }
  return bytes;
}

}  // namespace cove::dns

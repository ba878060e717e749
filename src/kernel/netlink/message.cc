#include "kernel/netlink/message.h"

#include <errno.h>
#include <fmt/format.h>
#include <linux/netlink.h>
#include <string.h>

#include <algorithm>

namespace cove::netlink {
namespace {

constexpr size_t kAlignment = NLMSG_ALIGNTO;
static_assert(kAlignment == NLA_ALIGNTO && sizeof(nlmsghdr) % kAlignment == 0 && NLA_HDRLEN == 4);
constexpr size_t kLargestAttribute = 0xffff - NLA_HDRLEN;

constexpr size_t align(size_t size) {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

// The last part of a message may lack its padding.
Bytes skip(Bytes bytes, size_t size) {
  return bytes.subspan(std::min(align(size), bytes.size()));
}

template <typename Number>
std::optional<Number> read_number(Bytes bytes) {
  if (bytes.size() != sizeof(Number)) return std::nullopt;
  Number number;
  memcpy(&number, bytes.data(), sizeof number);
  return number;
}

Error malformed(std::string_view what, size_t length, size_t available) {
  return Error(ErrorCode::protocol,
               fmt::format("netlink: {} of {} bytes, where there are {}", what, length, available));
}

}  // namespace

void MessageWriter::append(const void* data, size_t size) {
  const auto* bytes = static_cast<const std::byte*>(data);
  bytes_.insert(bytes_.end(), bytes, bytes + size);
  bytes_.resize(align(bytes_.size()));
}

// Every part ends where the next begins, so a length is known when the part is complete.
void MessageWriter::set_message_length() {
  const auto length = static_cast<uint32_t>(bytes_.size() - begin_);
  memcpy(bytes_.data() + begin_, &length, sizeof length);
}

void MessageWriter::begin(uint16_t type, uint16_t flags) {
  begin_ = bytes_.size();
  const nlmsghdr header{0, type, flags, ++count_, 0};
  append(&header, sizeof header);
  set_message_length();
}

void MessageWriter::append_body(const void* data, size_t size) {
  append(data, size);
  set_message_length();
}

void MessageWriter::attribute(uint16_t type, Bytes value) {
  value = value.first(std::min(value.size(), kLargestAttribute));
  const nlattr header{static_cast<uint16_t>(NLA_HDRLEN + value.size()), type};
  append(&header, sizeof header);
  append_body(value.data(), value.size());
}

void MessageWriter::text(uint16_t type, std::string_view value) {
  std::string terminated(value);
  attribute(type, std::as_bytes(std::span(terminated.c_str(), terminated.size() + 1)));
}

void MessageWriter::number(uint16_t type, uint32_t value) {
  attribute(type, std::as_bytes(std::span(&value, 1)));
}

size_t MessageWriter::open(uint16_t type) {
  const size_t opened = bytes_.size();
  attribute(type | NLA_F_NESTED, {});
  return opened;
}

void MessageWriter::close(size_t opened) {
  const auto length = static_cast<uint16_t>(std::min<size_t>(bytes_.size() - opened, 0xffff));
  memcpy(bytes_.data() + opened, &length, sizeof length);
}

std::optional<uint32_t> Attribute::number() const noexcept {
  return read_number<uint32_t>(value);
}

std::optional<uint64_t> Attribute::long_number() const noexcept {
  return read_number<uint64_t>(value);
}

std::string_view Attribute::text() const noexcept {
  const std::string_view whole(reinterpret_cast<const char*>(value.data()), value.size());
  return whole.substr(0, whole.find('\0'));
}

Result<std::optional<Attribute>> next_attribute(Bytes& rest) {
  if (rest.empty()) return std::optional<Attribute>();
  nlattr header{};
  if (rest.size() < sizeof header) return malformed("attribute header", sizeof header, rest.size());
  memcpy(&header, rest.data(), sizeof header);
  if (header.nla_len < NLA_HDRLEN || header.nla_len > rest.size()) {
    return malformed("attribute", header.nla_len, rest.size());
  }
  const Attribute attribute{static_cast<uint16_t>(header.nla_type & NLA_TYPE_MASK),
                            rest.subspan(NLA_HDRLEN, header.nla_len - size_t{NLA_HDRLEN})};
  rest = skip(rest, header.nla_len);
  return std::optional(attribute);
}

bool Message::copy_body(void* into, size_t size) const noexcept {
  if (payload.size() < size) return false;
  memcpy(into, payload.data(), size);
  return true;
}

Bytes Message::attributes(size_t body_size) const noexcept {
  return skip(payload, body_size);
}

Result<std::optional<Message>> next_message(Bytes& rest) {
  if (rest.empty()) return std::optional<Message>();
  nlmsghdr header{};
  if (rest.size() < sizeof header) return malformed("message header", sizeof header, rest.size());
  memcpy(&header, rest.data(), sizeof header);
  if (header.nlmsg_len < sizeof header || header.nlmsg_len > rest.size()) {
    return malformed("message", header.nlmsg_len, rest.size());
  }
  Message message;
  message.type = header.nlmsg_type;
  message.flags = header.nlmsg_flags;
  message.sequence = header.nlmsg_seq;
  message.payload = rest.subspan(sizeof header, header.nlmsg_len - sizeof header);
  rest = skip(rest, header.nlmsg_len);
  return std::optional(message);
}

Result<Acknowledgement> parse_acknowledgement(const Message& message) {
  const auto error = message.body<int>();
  if (!error.has_value()) return malformed("acknowledgement", sizeof *error, message.payload.size());
  if (*error > 0 || *error < -kMaxErrno) {
    return Error(ErrorCode::protocol, fmt::format("netlink: {} is no error number", *error));
  }
  Acknowledgement answer{-*error, {}};
  if ((message.flags & NLM_F_ACK_TLVS) == 0) return answer;
  // An NLMSG_ERROR repeats the request's header, and the whole request unless it is capped.
  size_t fixed = sizeof *error;
  if (message.type == NLMSG_ERROR) {
    const auto body = message.body<nlmsgerr>();
    if (!body.has_value()) return malformed("error message", sizeof *body, message.payload.size());
    fixed = sizeof *body;
    if ((message.flags & NLM_F_CAPPED) == 0 && body->msg.nlmsg_len > sizeof body->msg) {
      fixed += align(body->msg.nlmsg_len) - sizeof body->msg;
    }
  }
  Bytes rest = message.attributes(fixed);
  while (const auto attribute = COVE_TRY(next_attribute(rest))) {
    if (attribute->type == NLMSGERR_ATTR_MSG) answer.words = attribute->text();
  }
  return answer;
}

}  // namespace cove::netlink

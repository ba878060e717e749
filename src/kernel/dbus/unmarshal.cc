#include <fmt/format.h>

#include <bit>

#include "base/strings.h"
#include "kernel/dbus/message.h"
#include "kernel/dbus/wire.h"

namespace cove::dbus {
namespace {

constexpr size_t kLongestBody = size_t{1} << 20;
constexpr size_t kMostValues = size_t{1} << 16;  // a byte can become a Value of dozens
constexpr int kDeepest = 64;                     // containers within each other, variants too

Error refuse(std::string_view why) {
  return Error(ErrorCode::protocol, fmt::format("D-Bus message: {}", why));
}

class Decoder {
 public:
  Decoder(std::string_view bytes, bool big_endian) noexcept : bytes_(bytes), big_endian_(big_endian) {}

  // The value of the complete type `type`.
  Result<Value> read(std::string_view type, int depth = 0);
  Status skip_padding(size_t alignment) {
    while (at_ % alignment != 0) {
      if (at_ >= bytes_.size()) return refuse("it ends too early");
      if (bytes_[at_] != '\0') return refuse("padding is not zero");
      ++at_;
    }
    return {};
  }
  [[nodiscard]] size_t position() const noexcept { return at_; }
  [[nodiscard]] bool at_end() const noexcept { return at_ == bytes_.size(); }

 private:
  template <typename T>
  Result<T> number() {
    COVE_TRY(skip_padding(sizeof(T)));
    if (bytes_.size() - at_ < sizeof(T)) return refuse("it ends too early");
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof(T); ++i) {
      const size_t from = big_endian_ ? i : sizeof(T) - 1 - i;
      value = (value << 8) | static_cast<uint8_t>(bytes_[at_ + from]);
    }
    at_ += sizeof(T);
    return static_cast<T>(value);
  }
  template <typename T>
  Result<Value> number_value() {
    return Value{COVE_TRY(number<T>())};
  }
  Result<std::string> text(size_t length) {
    if (bytes_.size() - at_ <= length) return refuse("it ends too early");
    const std::string_view content = bytes_.substr(at_, length);
    if (bytes_[at_ + length] != '\0' || content.find('\0') != std::string_view::npos) {
      return refuse("a string is not ended by its only NUL");
    }
    at_ += length + 1;
    return std::string(content);
  }
  Result<std::string> signature() {
    const auto length = COVE_TRY(number<uint8_t>());
    return text(length);
  }
  Result<Value> read_basic(char type);
  Result<Value> read_array(std::string_view element, int depth);
  Result<Value> read_struct(std::string_view fields, bool dict_entry, int depth);
  Result<Value> read_variant(int depth);

  std::string_view bytes_;
  bool big_endian_;
  size_t at_ = 0;
  size_t values_ = 0;
};

Result<Value> Decoder::read_basic(char type) {
  switch (type) {
    case 'y':
      return number_value<uint8_t>();
    case 'b': {
      const auto truth = COVE_TRY(number<uint32_t>());
      if (truth > 1) return refuse("a boolean is neither 0 nor 1");
      return Value{truth == 1};
    }
    case 'n':
      return number_value<int16_t>();
    case 'q':
      return number_value<uint16_t>();
    case 'i':
      return number_value<int32_t>();
    case 'u':
      return number_value<uint32_t>();
    case 'x':
      return number_value<int64_t>();
    case 't':
      return number_value<uint64_t>();
    case 'd':
      return Value{std::bit_cast<double>(COVE_TRY(number<uint64_t>()))};
    case 'g':
      return Value{Signature{COVE_TRY(signature())}};
    default:  // s, o
      break;
  }
  const auto length = COVE_TRY(number<uint32_t>());
  std::string content = COVE_TRY(text(length));
  if (type == 's') return Value{std::move(content)};
  if (!content.starts_with('/')) return refuse("an object path does not begin with a slash");
  return Value{ObjectPath{std::move(content)}};
}

Result<Value> Decoder::read_array(std::string_view element, int depth) {
  const auto length = COVE_TRY(number<uint32_t>());
  COVE_TRY(skip_padding(alignment_of(element.front())));
  if (length > bytes_.size() - at_) return refuse("an array is longer than the message");
  const size_t end = at_ + length;
  Array array{std::string(element), {}};
  while (at_ < end) array.items.push_back(COVE_TRY(read(element, depth)));
  if (at_ != end) return refuse("an array's last element leads beyond its end");
  return Value{std::move(array)};
}

Result<Value> Decoder::read_struct(std::string_view fields, bool dict_entry, int depth) {
  COVE_TRY(skip_padding(alignment_of('(')));
  Struct value{{}, dict_entry};
  while (!fields.empty()) {
    const size_t length = complete_type(fields);
    if (length == 0) return refuse("a struct's signature is not valid");
    value.fields.push_back(COVE_TRY(read(fields.substr(0, length), depth)));
    fields.remove_prefix(length);
  }
  return Value{std::move(value)};
}

Result<Value> Decoder::read_variant(int depth) {
  const std::string type = COVE_TRY(signature());
  if (type.empty() || complete_type(type) != type.size())
    return refuse("a variant is not of one complete type");
  return variant(COVE_TRY(read(type, depth)));
}

Result<Value> Decoder::read(std::string_view type, int depth) {
  if (depth > kDeepest) return refuse("it is nested too deeply");
  if (++values_ > kMostValues) return refuse("it holds too many values");
  switch (type.front()) {
    case 'a':
      return read_array(type.substr(1), depth + 1);
    case '(':
    case '{':
      return read_struct(type.substr(1, type.size() - 2), type.front() == '{', depth + 1);
    case 'v':
      return read_variant(depth + 1);
    default:
      return read_basic(type.front());
  }
}

uint32_t header_number(std::string_view header, size_t at) noexcept {
  uint32_t value = 0;
  for (size_t i = 0; i < sizeof value; ++i) {
    const size_t from = header[0] == 'B' ? i : sizeof value - 1 - i;
    value = (value << 8) | static_cast<uint8_t>(header[at + from]);
  }
  return value;
}

// Where the body begins.
size_t body_offset(std::string_view header) noexcept {
  const size_t end = kFixedHeader + size_t{header_number(header, 12)};
  return (end + kHeaderAlignment - 1) / kHeaderAlignment * kHeaderAlignment;
}

// Puts one header field where it belongs; false if it is not of its type.
bool take_field(Message& message, uint8_t field, Value& content) {
  const auto take = [&]<typename T>(auto& target, std::type_identity<T>) {
    T* found = std::get_if<T>(&content.data);
    if (found == nullptr) return false;
    if constexpr (std::is_same_v<T, ObjectPath>) {
      target = std::move(found->path);
    } else if constexpr (std::is_same_v<T, Signature>) {
      target = std::move(found->text);
    } else {
      target = std::move(*found);
    }
    return true;
  };
  constexpr std::type_identity<std::string> kText;
  switch (HeaderField{field}) {
    case HeaderField::path:
      return take(message.path, std::type_identity<ObjectPath>{});
    case HeaderField::interface:
      return take(message.interface, kText);
    case HeaderField::member:
      return take(message.member, kText);
    case HeaderField::error_name:
      return take(message.error_name, kText);
    case HeaderField::reply_serial:
      return take(message.reply_serial, std::type_identity<uint32_t>{});
    case HeaderField::destination:
      return take(message.destination, kText);
    case HeaderField::sender:
      return take(message.sender, kText);
    case HeaderField::signature:
      return take(message.signature, std::type_identity<Signature>{});
  }
  return true;
}

Status read_fields(std::string_view header, Message& message) {
  // The array's length field is the last word of the fixed header, so decoding begins there in a text that is
  // aligned as the message.
  constexpr size_t kArrayAt = 12;
  Decoder decoder(header.substr(kHeaderAlignment), message.big_endian);
  static_assert(kArrayAt - kHeaderAlignment == sizeof(uint32_t));
  static_cast<void>(COVE_TRY(decoder.read("u")));  // the serial
  Value fields = COVE_TRY(decoder.read("a(yv)"));
  COVE_TRY(decoder.skip_padding(kHeaderAlignment));
  for (Value& item : std::get<Array>(fields.data).items) {
    std::vector<Value>& pair = std::get<Struct>(item.data).fields;
    const uint8_t field = std::get<uint8_t>(pair[0].data);
    if (!take_field(message, field, std::get<Variant>(pair[1].data).content.front())) {
      return refuse("a header field is not of its type");
    }
  }
  return {};
}

}  // namespace

Result<size_t> message_length(std::string_view header) {
  if (header.size() < kFixedHeader) return refuse("it ends too early");
  if (header[0] != 'l' && header[0] != 'B') return refuse("its byte order is neither l nor B");
  if (static_cast<uint8_t>(header[3]) != kProtocolVersion) return refuse("it is of another protocol version");
  const size_t length = body_offset(header) + header_number(header, 4);
  if (length > kLongestMessage) return refuse("it is too long");
  return length;
}

Result<Message> parse_message(std::string_view bytes) {
  if (COVE_TRY(message_length(bytes)) != bytes.size()) return refuse("it is not as long as it says");
  Message message;
  message.big_endian = bytes[0] == 'B';
  message.serial = header_number(bytes, 8);
  const auto type = static_cast<uint8_t>(bytes[1]);
  if (type < 1 || type > 4) return refuse("it is of no known type");
  message.type = MessageType{type};
  if (message.serial == 0) return refuse("its serial number is 0");
  const size_t body = body_offset(bytes);
  if (body > kLongestBody) return refuse("its header is too long");
  COVE_TRY(read_fields(bytes.substr(0, body), message));
  message.body = bytes.substr(body);
  return message;
}

Result<std::vector<Value>> read_body(const Message& message) {
  if (message.body.size() > kLongestBody) return refuse("its body is too long");
  Decoder decoder(message.body, message.big_endian);
  std::vector<Value> values;
  for (std::string_view rest = message.signature; !rest.empty();) {
    const size_t length = complete_type(rest);
    if (length == 0) return refuse(fmt::format("{} is no signature", quote(message.signature)));
    values.push_back(COVE_TRY(decoder.read(rest.substr(0, length))));
    rest.remove_prefix(length);
  }
  if (!decoder.at_end()) return refuse("its body is longer than its signature says");
  return values;
}

}  // namespace cove::dbus

#include <fmt/format.h>

#include <bit>
#include <cstring>

#include "base/strings.h"
#include "kernel/dbus/message.h"
#include "kernel/dbus/wire.h"

namespace cove::dbus {
namespace {

constexpr size_t kLongestArray = size_t{64} << 20;
constexpr size_t kLongestSignature = 255;

Error refuse(const std::string& why) {
  return Error(ErrorCode::invalid_argument, fmt::format("D-Bus message: {}", why));
}

class Encoder {
 public:
  Status put(const Value& value) {
    return std::visit([this](const auto& content) { return add(content); }, value.data);
  }
  void align(size_t alignment) { out_.resize((out_.size() + alignment - 1) / alignment * alignment); }
  void add_u32(uint32_t number) { add_fixed(number); }
  void add_byte(uint8_t number) { out_ += static_cast<char>(number); }
  [[nodiscard]] const std::string& bytes() const noexcept { return out_; }
  std::string take() { return std::move(out_); }
  void set_u32(size_t at, uint32_t number) {
    for (size_t i = 0; i < sizeof number; ++i) out_[at + i] = static_cast<char>(number >> (8 * i));
  }

 private:
  template <typename T>
  void add_fixed(T number) {
    align(sizeof number);
    for (size_t i = 0; i < sizeof number; ++i)
      out_ += static_cast<char>(static_cast<uint64_t>(number) >> (8 * i));
  }

  template <std::integral T>
  Status add(T number) {
    if constexpr (std::is_same_v<T, bool>) {
      add_fixed(uint32_t{number});
    } else {
      add_fixed(static_cast<std::make_unsigned_t<T>>(number));
    }
    return {};
  }
  Status add(double number) {
    add_fixed(std::bit_cast<uint64_t>(number));
    return {};
  }
  Status add(const std::string& text) {
    if (text.find('\0') != std::string::npos || text.size() > kLongestMessage) {
      return refuse(fmt::format("the string {} holds a NUL or is too long", quote(text)));
    }
    add_u32(static_cast<uint32_t>(text.size()));
    out_.append(text.c_str(), text.size() + 1);
    return {};
  }
  Status add(const ObjectPath& path) {
    if (!path.path.starts_with('/')) return refuse(fmt::format("{} is no object path", quote(path.path)));
    return add(path.path);
  }
  Status add(const Signature& signature) {
    if (signature.text.size() > kLongestSignature) return refuse("a signature is longer than 255 bytes");
    add_byte(static_cast<uint8_t>(signature.text.size()));
    out_.append(signature.text.c_str(), signature.text.size() + 1);
    return {};
  }
  Status add(const Array& array) {
    if (complete_type("a" + array.element) != array.element.size() + 1) {
      return refuse(fmt::format("{} is not one complete type", quote(array.element)));
    }
    align(sizeof(uint32_t));
    const size_t length_at = out_.size();
    add_u32(0);
    align(alignment_of(array.element.front()));  // not counted in the length
    const size_t begin = out_.size();
    for (const Value& item : array.items) {
      if (signature_of(item) != array.element) {
        return refuse(fmt::format("an array of {} holds a {}", array.element, signature_of(item)));
      }
      COVE_TRY(put(item));
    }
    if (out_.size() - begin > kLongestArray) return refuse("an array is too long");
    set_u32(length_at, static_cast<uint32_t>(out_.size() - begin));
    return {};
  }
  Status add(const Struct& value) {
    align(alignment_of('('));
    for (const Value& field : value.fields) COVE_TRY(put(field));
    return {};
  }
  Status add(const Variant& value) {
    if (value.content.size() != 1) return refuse("a variant holds not exactly one value");
    COVE_TRY(add(Signature{signature_of(value.content.front())}));
    return put(value.content.front());
  }

  std::string out_;
};

Value header_field(HeaderField field, Value content) {
  Struct made;
  made.fields.push_back({static_cast<uint8_t>(field)});
  made.fields.push_back(variant(std::move(content)));
  return {std::move(made)};
}

Value header_fields(const Message& message, const std::string& signature) {
  Array fields{"(yv)", {}};
  const auto add_text = [&](HeaderField field, const std::string& text) {
    if (!text.empty()) fields.items.push_back(header_field(field, {text}));
  };
  if (!message.path.empty()) {
    fields.items.push_back(header_field(HeaderField::path, {ObjectPath{message.path}}));
  }
  add_text(HeaderField::member, message.member);
  add_text(HeaderField::interface, message.interface);
  add_text(HeaderField::error_name, message.error_name);
  add_text(HeaderField::destination, message.destination);
  add_text(HeaderField::sender, message.sender);
  if (message.reply_serial != 0) {
    fields.items.push_back(header_field(HeaderField::reply_serial, {message.reply_serial}));
  }
  if (!signature.empty()) {
    fields.items.push_back(header_field(HeaderField::signature, {Signature{signature}}));
  }
  return {std::move(fields)};
}

}  // namespace

Result<std::string> marshal(const Message& message, const std::vector<Value>& arguments) {
  Encoder body;
  std::string signature;
  for (const Value& argument : arguments) {
    signature += signature_of(argument);
    COVE_TRY(body.put(argument));
  }
  Encoder out;
  out.add_byte('l');
  out.add_byte(static_cast<uint8_t>(message.type));
  out.add_byte(0);  // flags
  out.add_byte(kProtocolVersion);
  out.add_u32(static_cast<uint32_t>(body.bytes().size()));
  out.add_u32(message.serial);
  COVE_TRY(out.put(header_fields(message, signature)));
  out.align(kHeaderAlignment);
  std::string bytes = out.take();
  bytes += body.bytes();
  if (bytes.size() > kLongestMessage) return refuse("it is too long");
  return bytes;
}

}  // namespace cove::dbus

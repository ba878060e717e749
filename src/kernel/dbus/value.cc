#include "kernel/dbus/value.h"

#include <array>

namespace cove::dbus {
namespace {

constexpr std::string_view kBasic = "ybnqiuxtdsog";
constexpr int kDeepest = 32;  // arrays, and structs, each; from the specification

struct Depth {
  int arrays = 0;
  int structs = 0;
};

size_t type_length(std::string_view signature, Depth depth) noexcept;

// A struct or a dictionary's entry, from its opening bracket to behind its closing one.
size_t bracket_length(std::string_view signature, Depth depth, bool dict_entry) noexcept {
  if (++depth.structs > kDeepest) return 0;
  size_t at = 1;
  size_t fields = 0;
  const char end = dict_entry ? '}' : ')';
  while (at < signature.size() && signature[at] != end) {
    const bool key = dict_entry && fields == 0;
    if (key && kBasic.find(signature[at]) == std::string_view::npos) return 0;
    const size_t length = type_length(signature.substr(at), depth);
    if (length == 0) return 0;
    at += length;
    ++fields;
  }
  const bool complete = at < signature.size() && (dict_entry ? fields == 2 : fields > 0);
  return complete ? at + 1 : 0;
}

size_t type_length(std::string_view signature, Depth depth) noexcept {
  if (signature.empty()) return 0;
  const char type = signature.front();
  if (type == 'v' || kBasic.find(type) != std::string_view::npos) return 1;
  if (type == '(') return bracket_length(signature, depth, false);
  if (type != 'a' || ++depth.arrays > kDeepest) return 0;
  const std::string_view element = signature.substr(1);
  const size_t length =
      element.starts_with('{') ? bracket_length(element, depth, true) : type_length(element, depth);
  return length == 0 ? 0 : length + 1;
}

struct SignatureOf {
  std::string operator()(const Array& array) const { return "a" + array.element; }
  std::string operator()(const Struct& value) const {
    std::string text = value.dict_entry ? "{" : "(";
    for (const Value& field : value.fields) text += signature_of(field);
    return text + (value.dict_entry ? "}" : ")");
  }
  std::string operator()(const Variant&) const { return "v"; }
  template <typename T>
  std::string operator()(const T&) const {
    return {};
  }
};

}  // namespace

bool operator==(const Value& a, const Value& b) {
  return a.data == b.data;
}
bool operator==(const Array& a, const Array& b) {
  return a.element == b.element && a.items == b.items;
}
bool operator==(const Struct& a, const Struct& b) {
  return a.dict_entry == b.dict_entry && a.fields == b.fields;
}
bool operator==(const Variant& a, const Variant& b) {
  return a.content == b.content;
}

Value variant(Value content) {
  Variant made;
  made.content.push_back(std::move(content));
  return {std::move(made)};
}

Value property(std::string name, Value content) {
  Struct made;
  made.fields.push_back({std::move(name)});
  made.fields.push_back(variant(std::move(content)));
  return {std::move(made)};
}

Value string_array(std::vector<std::string> items) {
  Array made{"s", {}};
  for (std::string& item : items) made.items.push_back({std::move(item)});
  return {std::move(made)};
}

std::string signature_of(const Value& value) {
  // In the order of the variant.
  const size_t index = value.data.index();
  if (index < kBasic.size()) return std::string(kBasic.substr(index, 1));
  return std::visit(SignatureOf{}, value.data);
}

size_t complete_type(std::string_view signature) noexcept {
  return type_length(signature, {});
}

}  // namespace cove::dbus

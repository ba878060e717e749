// The D-Bus types as values: enough of them for systemd's manager (no file descriptors). Pure.
// Source: D-Bus Specification, "Type System".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cove::dbus {

struct Value;

struct ObjectPath {
  std::string path;  // begins with '/'
  friend bool operator==(const ObjectPath&, const ObjectPath&) = default;
};
struct Signature {
  std::string text;
  friend bool operator==(const Signature&, const Signature&) = default;
};
struct Array {
  std::string element;  // the signature of one element: one complete type
  std::vector<Value> items;
};
struct Struct {
  std::vector<Value> fields;
  bool dict_entry = false;  // an element of an array: {key, value}
};
struct Variant {
  std::vector<Value> content;  // exactly one
};

struct Value {
  std::variant<uint8_t, bool, int16_t, uint16_t, int32_t, uint32_t, int64_t, uint64_t, double, std::string,
               ObjectPath, Signature, Array, Struct, Variant>
      data;
};
bool operator==(const Value& a, const Value& b);
bool operator==(const Array& a, const Array& b);
bool operator==(const Struct& a, const Struct& b);
bool operator==(const Variant& a, const Variant& b);

Value variant(Value content);
// "(sv)": how systemd takes a unit's properties.
Value property(std::string name, Value content);
Value string_array(std::vector<std::string> items);  // "as"

// The signature of a value, as "a(sv)".
std::string signature_of(const Value& value);

// The length of the complete type that `signature` begins with; 0 if it begins with none. At most 32 arrays
// and 32 structs within each other.
size_t complete_type(std::string_view signature) noexcept;

}  // namespace cove::dbus

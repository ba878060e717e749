#include "cli/format/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <type_traits>

#include "base/json_writer.h"
#include "base/utf8.h"

namespace cove::cli::format {
namespace {

Value make_object(ObjectKind kind, Value::Members members) {
  Object object(kind);
  object.members.reserve(members.size());
  for (const auto& [key, value] : members) object.members.push_back(Member{std::string(key), value});
  return object;
}

bool is_lookup(const Value& value) noexcept {
  const Object* object = value.object();
  return object != nullptr && object->kind == ObjectKind::lookup;
}

void write_json(JsonWriter& json, const Value& value);

void write_member(JsonWriter& json, const Member& member) {
  if (is_lookup(member.value)) return;
  json.key(member.key);
  write_json(json, member.value);
}

void write_object(JsonWriter& json, const Object& object) {
  json.begin_object();
  if (object.kind == ObjectKind::record) {
    for (const Member& member : object.members) write_member(json, member);
  } else {
    for (const Member* member : members_by_key(object)) write_member(json, *member);
  }
  json.end_object();
}

void write_json(JsonWriter& json, const Value& value) {
  if (value.is_null_in_json()) {
    json.null();
    return;
  }
  std::visit(
      [&json](const auto& data) {
        using Data = std::decay_t<decltype(data)>;
        if constexpr (std::is_same_v<Data, std::nullptr_t>) {
          json.null();
        } else if constexpr (std::is_same_v<Data, Array>) {
          json.begin_array();
          for (const Value& element : data) write_json(json, element);
          json.end_array();
        } else if constexpr (std::is_same_v<Data, Object>) {
          write_object(json, data);
        } else {
          json.value(data);
        }
      },
      value.data());
}

std::string harmless_control(char32_t code) {
  if (code == '\n') return "\\n";
  if (code == '\t') return "\\t";
  if (code == '\r') return "\\r";
  return code < 0x80 ? fmt::format("\\x{:02x}", static_cast<uint32_t>(code))
                     : fmt::format("\\u{:04x}", static_cast<uint32_t>(code));
}

// Direction overrides and isolates, and line separators: they rearrange what stands around them.
bool moves_text(char32_t code) noexcept {
  return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0x2028 ||
         code == 0x2029 || code == 0x200e || code == 0x200f || code == 0x061c;
}

}  // namespace

Object::Object(ObjectKind what) : kind(what) {}
Object::Object(const Object& other) = default;
Object::Object(Object&& other) noexcept = default;
Object& Object::operator=(const Object& other) = default;
Object& Object::operator=(Object&& other) noexcept = default;
Object::~Object() = default;

const Value* Object::find(std::string_view key) const noexcept {
  for (const Member& member : members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

Value::Value(std::nullptr_t) {}
Value::Value(double number) : data_(number) {}
Value::Value(const char* text) : data_(std::string(text)) {}
Value::Value(std::string_view text) : data_(std::string(text)) {}
Value::Value(std::string text) : data_(std::move(text)) {}
Value::Value(Array array) : data_(std::move(array)) {}
Value::Value(Object object) : data_(std::move(object)) {}

Value Value::record(Members members) {
  return make_object(ObjectKind::record, members);
}
Value Value::map(Members members) {
  return make_object(ObjectKind::map, members);
}
Value Value::lookup(Members members) {
  return make_object(ObjectKind::lookup, members);
}

Value Value::strings(const std::vector<std::string>& texts) {
  return Array(texts.begin(), texts.end());
}

Value Value::null_if_empty() && {
  null_in_json_ =
      (array() != nullptr && array()->empty()) || (object() != nullptr && object()->members.empty());
  return std::move(*this);
}

Value& Value::set(std::string_view key, Value value) {
  auto* object = std::get_if<Object>(&data_);
  assert(object != nullptr);
  for (Member& member : object->members) {
    if (member.key == key) return member.value = std::move(value);
  }
  object->members.push_back(Member{std::string(key), std::move(value)});
  return object->members.back().value;
}

Value& Value::push(Value value) {
  auto* array = std::get_if<Array>(&data_);
  assert(array != nullptr);
  array->push_back(std::move(value));
  return array->back();
}

const Value* Value::find(std::string_view key) const noexcept {
  const Object* members = object();
  return members != nullptr ? members->find(key) : nullptr;
}

std::string_view type_name(const Value& value) noexcept {
  switch (value.data().index()) {
    case 0:
      return "nil";
    case 1:
      return "bool";
    case 2:
      return "int";
    case 3:
      return "uint64";
    case 4:
      return "float64";
    case 5:
      return "string";
    case 6:
      return "array";
    default:
      break;
  }
  switch (value.object()->kind) {
    case ObjectKind::record:
      return "record";
    case ObjectKind::map:
      return "map";
    default:
      return "method";
  }
}

std::vector<const Member*> members_by_key(const Object& object) {
  std::vector<const Member*> members;
  members.reserve(object.members.size());
  for (const Member& member : object.members) members.push_back(&member);
  std::sort(members.begin(), members.end(), [](const Member* a, const Member* b) { return a->key < b->key; });
  return members;
}

size_t value_weight(const Value& value) noexcept {
  size_t weight = sizeof(Value);
  if (const std::string* text = value.string()) weight += text->size();
  if (const Array* array = value.array()) {
    for (const Value& element : *array) weight += value_weight(element);
  }
  if (const Object* object = value.object()) {
    for (const Member& member : object->members) weight += member.key.size() + value_weight(member.value);
  }
  return weight;
}

std::string print_json(const Value& value) {
  JsonWriter json(JsonWriter::Layout::compact);
  write_json(json, value);
  return std::move(json).text();
}

std::string print_indented_json(const Value& value) {
  JsonWriter json(JsonWriter::Layout::indented, 4);
  write_json(json, value);
  return std::move(json).text();
}

std::string harmless_text(std::string_view text) {
  // Most texts: thousands of them in a long list.
  if (std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; }))
    return std::string(text);
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Utf8Piece piece = next_utf8(text);
    if (!piece.valid) {
      out += "\xef\xbf\xbd";
    } else if (piece.code < 0x20 || piece.code == 0x7f || is_c1_control(piece) || moves_text(piece.code)) {
      out += harmless_control(piece.code);
    } else {
      out += text.substr(0, piece.size);
    }
    text.remove_prefix(piece.size);
  }
  return out;
}

Value harmless_value(const Value& value) {
  if (value.is_null_in_json()) return value;
  if (const std::string* text = value.string()) return harmless_text(*text);
  if (const Array* array = value.array()) {
    Array copy;
    copy.reserve(array->size());
    for (const Value& element : *array) copy.push_back(harmless_value(element));
    return copy;
  }
  if (const Object* object = value.object()) {
    Object copy(object->kind);
    copy.members.reserve(object->members.size());
    for (const Member& member : object->members) {
      copy.members.push_back(Member{harmless_text(member.key), harmless_value(member.value)});
    }
    return copy;
  }
  return value;
}

}  // namespace cove::cli::format

#include "fields/writer.h"

namespace cove::fields {
namespace {

struct ValueWriter {
  JsonWriter& json;

  void operator()(std::nullptr_t) const { json.null(); }
  void operator()(bool truth) const { json.value(truth); }
  void operator()(uint64_t number) const { json.value(number); }
  void operator()(int64_t number) const { json.value(number); }
  void operator()(double number) const { json.value(number); }
  void operator()(const std::string& text) const { json.value(text); }
  void operator()(const json::Array& array) const {
    json.begin_array();
    for (const json::Value& element : array) write_value(json, element);
    json.end_array();
  }
  void operator()(const json::Object& object) const {
    json.begin_object();
    for (const json::Member& member : object) {
      json.key(member.key);
      write_value(json, member.value);
    }
    json.end_object();
  }
};

}  // namespace

void write_value(JsonWriter& json, const json::Value& value) {
  std::visit(ValueWriter{json}, value.data);
}

JsonWriter& Writer::key(std::string_view name) {
  for (Level& level : levels_) {
    if (level.kind != Kind::pending_object) continue;
    json_.key(level.name).begin_object();
    level.kind = Kind::object;
  }
  return json_.key(name);
}

void Writer::raw(std::string_view name, std::optional<json::Value>& value) {
  if (value.has_value()) write_value(key(name), *value);
}

// Of use to a reader only: what is written is what it is.
void Writer::refuse(std::string_view /*name*/, std::string_view /*why*/) {}

void Writer::flag(std::string_view name, std::optional<bool>& value, Need /*need*/) {
  if (value.has_value()) key(name).value(*value);
}

void Writer::text(std::string_view name, std::string& value, Need need) {
  if (!value.empty() || need == Need::required) key(name).value(value);
}

void Writer::number(std::string_view name, Number& value, Need /*need*/) {
  if (!value.bits.has_value()) return;
  if (value.least < 0) {
    key(name).value(static_cast<int64_t>(*value.bits));
  } else {
    key(name).value(*value.bits);
  }
}

bool Writer::texts(std::string_view name, std::vector<std::string>& value, bool even_empty) {
  if (value.empty() && !even_empty) return false;
  key(name).begin_array();
  for (const std::string& element : value) json_.value(element);
  json_.end_array();
  return true;
}

void Writer::numbers(std::string_view name, std::vector<uint32_t>& value) {
  if (value.empty()) return;
  key(name).begin_array();
  for (const uint32_t element : value) json_.value(element);
  json_.end_array();
}

void Writer::text_map(std::string_view name, StringMap& value) {
  if (value.empty()) return;
  key(name).begin_object();
  for (const auto& [member, content] : value) json_.member(member, content);
  json_.end_object();
}

bool Writer::enter_object(std::string_view name, Presence presence) {
  if (presence == Presence::absent) return false;
  if (presence == Presence::when_not_empty) {
    levels_.push_back({Kind::pending_object, name});
    return true;
  }
  key(name).begin_object();
  levels_.push_back({Kind::object, {}});
  return true;
}

size_t Writer::enter_array(std::string_view name, size_t size) {
  if (size == 0) return 0;
  key(name).begin_array();
  levels_.push_back({Kind::array, {}});
  return size;
}

size_t Writer::enter_map(std::string_view name, size_t size) {
  if (size == 0) return 0;
  key(name).begin_object();
  levels_.push_back({Kind::object, {}});
  return size;
}

bool Writer::enter_element(size_t /*index*/) {
  json_.begin_object();
  levels_.push_back({Kind::object, {}});
  return true;
}

bool Writer::enter_member(size_t /*index*/, std::string& key) {
  json_.key(key).begin_object();
  levels_.push_back({Kind::object, {}});
  return true;
}

void Writer::leave() {
  const Kind kind = levels_.back().kind;
  levels_.pop_back();
  if (kind == Kind::array) json_.end_array();
  if (kind == Kind::object) json_.end_object();
}

}  // namespace cove::fields

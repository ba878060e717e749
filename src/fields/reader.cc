#include "fields/reader.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "base/strings.h"

namespace cove::fields {
namespace {

constexpr std::string_view kNulInKey = "a key must not contain a NUL character";

std::string number_kind(const Number& number) {
  return fmt::format("a whole number from {} to {}", number.least, number.most);
}

// The value as the bits of an int64_t or uint64_t, if it is one and within the bounds.
std::optional<uint64_t> bits_of(const json::Value& value, const Number& bounds) {
  if (const auto* number = std::get_if<uint64_t>(&value.data)) {
    if (*number <= bounds.most) return *number;
  } else if (const auto* negative = std::get_if<int64_t>(&value.data)) {
    if (*negative >= bounds.least) return static_cast<uint64_t>(*negative);
  }
  return std::nullopt;
}

// Moves the string out of `from`; returns what is wrong with it, or nothing.
std::string take_text(json::Value& from, std::string& to) {
  auto* text = std::get_if<std::string>(&from.data);
  if (text == nullptr) return std::string("must be a string, not ").append(json::kind_name(from));
  if (text->find('\0') != std::string::npos) return "must not contain a NUL character";  // a C string later
  to = std::move(*text);
  return {};
}

bool is_integer(const json::Value& value) {
  return std::holds_alternative<uint64_t>(value.data) || std::holds_alternative<int64_t>(value.data);
}

// A key within a path: quoted if it would be misread.
std::string path_key(std::string_view key) {
  const bool plain = !key.empty() && key.find_first_of(".[]:'\"\\ \n") == std::string_view::npos;
  return plain ? std::string(key) : quote(key);
}

// One bit of 64: most of a few keys have different ones.
uint64_t key_bit(std::string_view key) {
  constexpr unsigned kFactor = 7;
  constexpr unsigned kBits = 64;
  if (key.empty()) return 1;
  const auto byte = [](char c) { return static_cast<unsigned char>(c); };
  const unsigned sum = byte(key.front()) + kFactor * byte(key.back()) + static_cast<unsigned>(key.size());
  return uint64_t{1} << sum % kBits;
}

}  // namespace

void Reader::enter_frame(std::string_view name, size_t index, json::Object& object) {
  uint64_t keys = 0;
  for (const json::Member& member : object) keys |= key_bit(member.key);
  frames_.push_back({name, index, &object, nullptr, 0, keys});
}

std::string Reader::path(std::string_view name) const {
  std::string text;
  const auto append = [&](std::string_view key) {
    if (!text.empty()) text += '.';
    text += key;
  };
  for (size_t i = 1; i < frames_.size(); ++i) {
    if (frames_[i - 1].array != nullptr) {
      text += fmt::format("[{}]", frames_[i].index);
    } else {
      append(path_key(frames_[i].name));
    }
  }
  if (!name.empty()) append(name);
  return text;
}

void Reader::refuse(std::string_view name, std::string_view why) {
  if (error_.has_value()) return;
  error_.emplace(ErrorCode::invalid_argument, std::string(why));
  if (const std::string where = path(name); !where.empty()) error_->add_context(where);
}

void Reader::wrong_kind(std::string_view name, std::string_view wanted, const json::Value& value) {
  refuse(name, fmt::format("must be {}, not {}", wanted, json::kind_name(value)));
}

// The member of the innermost object, or nullptr if it is absent or null. Texts tend to have the order of the
// description, so the search goes on where the last one ended.
json::Value* Reader::find(std::string_view name, Need need) {
  if (error_.has_value()) return nullptr;
  Frame& frame = frames_.back();
  json::Object& members = *frame.object;
  const size_t size = members.size();
  size_t i = frame.next < size ? frame.next : 0;
  for (size_t tried = (frame.keys & key_bit(name)) != 0 ? 0 : size; tried < size;
       ++tried, i = i + 1 < size ? i + 1 : 0) {
    if (members[i].key != name) continue;
    frame.next = i + 1;
    if (std::holds_alternative<std::nullptr_t>(members[i].value.data)) break;
    return &members[i].value;
  }
  if (need == Need::required) refuse(name, "must be given");
  return nullptr;
}

template <typename T>
T* Reader::find_kind(std::string_view name, std::string_view kind) {
  json::Value* value = find(name);
  if (value == nullptr) return nullptr;
  T* content = std::get_if<T>(&value->data);
  if (content == nullptr) wrong_kind(name, kind, *value);
  return content;
}

void Reader::raw(std::string_view name, std::optional<json::Value>& value) {
  if (json::Value* found = find(name)) value = std::move(*found);
}

void Reader::flag(std::string_view name, std::optional<bool>& value, Need need) {
  const json::Value* found = find(name, need);
  if (found == nullptr) return;
  const bool* truth = std::get_if<bool>(&found->data);
  if (truth == nullptr) return wrong_kind(name, "true or false", *found);
  value = *truth;
}

void Reader::text(std::string_view name, std::string& value, Need need) {
  json::Value* found = find(name, need);
  if (found == nullptr) return;
  if (const std::string wrong = take_text(*found, value); !wrong.empty()) refuse(name, wrong);
}

void Reader::number(std::string_view name, Number& value, Need need) {
  const json::Value* found = find(name, need);
  if (found == nullptr) return;
  value.bits = bits_of(*found, value);
  if (value.bits.has_value()) return;
  if (!is_integer(*found)) return wrong_kind(name, number_kind(value), *found);
  const auto* positive = std::get_if<uint64_t>(&found->data);
  const std::string given = positive != nullptr ? fmt::format("{}", *positive)
                                                : fmt::format("{}", *std::get_if<int64_t>(&found->data));
  refuse(name, fmt::format("must be {}, not {}", number_kind(value), given));
}

bool Reader::texts(std::string_view name, std::vector<std::string>& value, bool /*even_empty*/) {
  auto* array = find_kind<json::Array>(name, "an array of strings");
  if (array == nullptr) return false;
  value.resize(array->size());
  for (size_t i = 0; i < value.size(); ++i) {
    const std::string wrong = take_text((*array)[i], value[i]);
    if (!wrong.empty()) refuse(fmt::format("{}[{}]", name, i), wrong);
  }
  return true;
}

void Reader::numbers(std::string_view name, std::vector<uint32_t>& value) {
  const auto* array = find_kind<json::Array>(name, "an array of whole numbers");
  if (array == nullptr) return;
  const Number bounds{0, std::numeric_limits<uint32_t>::max(), {}};
  value.resize(array->size());
  for (size_t i = 0; i < value.size(); ++i) {
    const auto bits = bits_of((*array)[i], bounds);
    if (!bits.has_value()) {
      return refuse(fmt::format("{}[{}]", name, i), fmt::format("must be {}", number_kind(bounds)));
    }
    value[i] = static_cast<uint32_t>(*bits);
  }
}

void Reader::text_map(std::string_view name, StringMap& value) {
  auto* object = find_kind<json::Object>(name, "an object with strings");
  if (object == nullptr) return;
  value.reserve(object->size());
  for (json::Member& member : *object) {
    if (member.key.find('\0') != std::string::npos) return refuse(name, kNulInKey);
    std::string text;
    const std::string wrong = take_text(member.value, text);
    if (!wrong.empty()) return refuse(fmt::format("{}.{}", name, path_key(member.key)), wrong);
    value.emplace_back(std::move(member.key), std::move(text));
  }
}

bool Reader::enter(json::Value& value, std::string_view name, size_t index) {
  if (auto* object = std::get_if<json::Object>(&value.data)) {
    enter_frame(name, index, *object);
    return true;
  }
  // By a frame of its own it has its place in the message.
  frames_.push_back({name, index, nullptr, nullptr, 0, 0});
  wrong_kind({}, "an object", value);
  frames_.pop_back();
  return false;
}

bool Reader::enter_object(std::string_view name, Presence /*presence*/) {
  json::Value* value = find(name);
  return value != nullptr && enter(*value, name, 0);
}

size_t Reader::enter_array(std::string_view name, size_t /*size*/) {
  auto* array = find_kind<json::Array>(name, "an array");
  if (array == nullptr || array->empty()) return 0;
  frames_.push_back({name, 0, nullptr, array, 0, 0});
  return array->size();
}

bool Reader::enter_element(size_t index) {
  return !error_.has_value() && enter((*frames_.back().array)[index], {}, index);
}

size_t Reader::enter_map(std::string_view name, size_t /*size*/) {
  auto* object = find_kind<json::Object>(name, "an object");
  if (object == nullptr || object->empty()) return 0;
  enter_frame(name, 0, *object);
  return object->size();
}

bool Reader::enter_member(size_t index, std::string& key) {
  if (error_.has_value()) return false;
  json::Member& member = (*frames_.back().object)[index];
  if (member.key.find('\0') != std::string::npos) {
    refuse({}, kNulInKey);
    return false;
  }
  key = member.key;
  return enter(member.value, member.key, index);
}

}  // namespace cove::fields

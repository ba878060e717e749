// One description of each object of a JSON document, read and written through it: a function
// describe(FieldVisitor&, T&) beside T names T's properties and hands each to the visitor, of which there are
// two, the reader (reader.h) and the writer (writer.h). So the two cannot drift apart.
//
// A visitor changes what it is shown only if it is the reader.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strict_json.h"
#include "fields/types.h"

namespace cove::fields {

class FieldVisitor;

template <typename T>
concept Described = requires(FieldVisitor& v, T& object) {
  describe(v, object);
};

// A whole number of any of the model's types, and the bounds of that type.
struct Number {
  int64_t least;
  uint64_t most;
  std::optional<uint64_t> bits;  // of an int64_t where `least` is negative
};

class FieldVisitor {
 public:
  enum class Need : uint8_t {
    optional,  // may be absent; not written when it equals its default
    required,  // the reader refuses its absence
  };
  // Whether an object is there, for the writer.
  enum class Presence : uint8_t { absent, present, when_not_empty };

  FieldVisitor() = default;
  FieldVisitor(const FieldVisitor&) = delete;
  FieldVisitor& operator=(const FieldVisitor&) = delete;
  virtual ~FieldVisitor() = default;

  void field(std::string_view name, bool& value);
  void field(std::string_view name, std::optional<bool>& value) { flag(name, value, Need::optional); }
  void field(std::string_view name, std::string& value) { text(name, value, Need::optional); }
  void field(std::string_view name, std::vector<std::string>& value) { texts(name, value, false); }
  void field(std::string_view name, StringList& value);
  void field(std::string_view name, std::vector<uint32_t>& value) { numbers(name, value); }
  void field(std::string_view name, StringMap& value) { text_map(name, value); }
  template <std::integral T>
  void field(std::string_view name, std::optional<T>& value);
  template <Described T>
  void field(std::string_view name, T& object);
  template <Described T>
  void field(std::string_view name, std::optional<T>& object);
  template <Described T>
  void field(std::string_view name, std::vector<T>& objects);
  template <Described T>
  void field(std::string_view name, Map<T>& objects);

  void required(std::string_view name, bool& value);
  void required(std::string_view name, std::string& value) { text(name, value, Need::required); }
  template <std::integral T>
  void required(std::string_view name, T& value);
  // Written always, though it may be absent.
  template <std::integral T>
  void always(std::string_view name, T& value);

  // A value of any kind, as it is.
  virtual void raw(std::string_view name, std::optional<json::Value>& value) = 0;
  // What the reader got for `name` cannot be.
  virtual void refuse(std::string_view name, std::string_view why) = 0;

 protected:
  virtual void flag(std::string_view name, std::optional<bool>& value, Need need) = 0;
  virtual void text(std::string_view name, std::string& value, Need need) = 0;
  virtual void number(std::string_view name, Number& value, Need need) = 0;
  // Whether the list is there; the writer writes an empty one only if `even_empty`.
  virtual bool texts(std::string_view name, std::vector<std::string>& value, bool even_empty) = 0;
  virtual void numbers(std::string_view name, std::vector<uint32_t>& value) = 0;
  virtual void text_map(std::string_view name, StringMap& value) = 0;

  // What enter_*() begins when it returns true, or more than 0 elements, leave() ends.
  virtual bool enter_object(std::string_view name, Presence presence) = 0;
  virtual size_t enter_array(std::string_view name, size_t size) = 0;
  virtual size_t enter_map(std::string_view name, size_t size) = 0;
  virtual bool enter_element(size_t index) = 0;
  virtual bool enter_member(size_t index, std::string& key) = 0;
  virtual void leave() = 0;
};

template <Described T>
void FieldVisitor::field(std::string_view name, T& object) {
  if (!enter_object(name, Presence::when_not_empty)) return;
  describe(*this, object);
  leave();
}

template <Described T>
void FieldVisitor::field(std::string_view name, std::optional<T>& object) {
  if (!enter_object(name, object.has_value() ? Presence::present : Presence::absent)) return;
  if (!object.has_value()) object.emplace();
  describe(*this, *object);
  leave();
}

template <Described T>
void FieldVisitor::field(std::string_view name, std::vector<T>& objects) {
  objects.resize(enter_array(name, objects.size()));
  if (objects.empty()) return;
  for (size_t i = 0; i < objects.size() && enter_element(i); ++i) {
    describe(*this, objects[i]);
    leave();
  }
  leave();
}

template <Described T>
void FieldVisitor::field(std::string_view name, Map<T>& objects) {
  objects.resize(enter_map(name, objects.size()));
  if (objects.empty()) return;
  for (size_t i = 0; i < objects.size() && enter_member(i, objects[i].first); ++i) {
    describe(*this, objects[i].second);
    leave();
  }
  leave();
}

}  // namespace cove::fields

// The FieldVisitor that writes an object as JSON.
#pragma once

#include <string>
#include <vector>

#include "base/json_writer.h"
#include "fields/visitor.h"

namespace cove::fields {

// Any value, as it is.
void write_value(JsonWriter& json, const json::Value& value);

// Leaves out what equals its default, and the objects that are empty then.
class Writer final : public FieldVisitor {
 public:
  explicit Writer(JsonWriter::Layout layout) : json_(layout) { json_.begin_object(); }

  // The text; call it once, at the end.
  [[nodiscard]] std::string finish() {
    json_.end_object();
    return std::move(json_).text();
  }

  void raw(std::string_view name, std::optional<json::Value>& value) override;
  void refuse(std::string_view name, std::string_view why) override;

 protected:
  void flag(std::string_view name, std::optional<bool>& value, Need need) override;
  void text(std::string_view name, std::string& value, Need need) override;
  void number(std::string_view name, Number& value, Need need) override;
  bool texts(std::string_view name, std::vector<std::string>& value, bool even_empty) override;
  void numbers(std::string_view name, std::vector<uint32_t>& value) override;
  void text_map(std::string_view name, StringMap& value) override;
  bool enter_object(std::string_view name, Presence presence) override;
  size_t enter_array(std::string_view name, size_t size) override;
  size_t enter_map(std::string_view name, size_t size) override;
  bool enter_element(size_t index) override;
  bool enter_member(size_t index, std::string& key) override;
  void leave() override;

 private:
  enum class Kind : uint8_t { object, array, pending_object };
  struct Level {
    Kind kind;
    std::string_view name;  // of a pending object: it begins with its first property
  };

  JsonWriter& key(std::string_view name);

  JsonWriter json_;
  std::vector<Level> levels_;
};

// `object` as the whole text, indented with a final newline, or on one line without.
template <Described T>
std::string print_object(T object, JsonWriter::Layout layout) {  // a copy: a visitor takes what could change
  Writer writer(layout);
  describe(writer, object);
  std::string text = writer.finish();
  if (layout == JsonWriter::Layout::indented) text += '\n';
  return text;
}

}  // namespace cove::fields

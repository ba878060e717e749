// Writes one JSON text (RFC 8259), value after value; commas, quoting and escaping are its business.
//
// The output is always valid UTF-8 without control characters in its strings: each ill-formed sequence
// becomes \ufffd. No process-wide state: may be used from any process. Calls in an order that JSON does not
// allow (a value in an object without its key, an end without its begin) are bugs of the caller and stop a
// debug build.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cove {

class JsonWriter {
 public:
  enum class Layout : uint8_t {
    compact,   // no white space at all: one line
    indented,  // a line for each element, `indent` spaces a level
  };

  explicit JsonWriter(Layout layout = Layout::indented, size_t indent = 2)
      : layout_(layout), indent_(indent) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();

  JsonWriter& key(std::string_view name);  // in an object, before each value

  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(double number);  // an infinity or NaN, which JSON lacks, becomes null
  template <std::same_as<bool> T>
  JsonWriter& value(T truth) {
    return literal(truth ? "true" : "false");
  }
  // Whole numbers are written in full; a reader that keeps them as doubles loses those beyond 2^53.
  template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>) JsonWriter& value(T number) {
    if constexpr (std::signed_integral<T>) return signed_number(static_cast<int64_t>(number));
    return unsigned_number(static_cast<uint64_t>(number));
  }
  JsonWriter& null() { return literal("null"); }

  // key() and value() in one.
  template <typename T>
  JsonWriter& member(std::string_view name, const T& content) {
    return key(name).value(content);
  }

  // The text so far; whole once every begin has met its end. Indented text gets its final '\n' from the
  // caller.
  [[nodiscard]] const std::string& text() const& noexcept { return out_; }
  [[nodiscard]] std::string&& text() && noexcept { return std::move(out_); }

 private:
  struct Level {
    bool object;
    bool empty = true;
    bool after_key = false;
  };

  void begin_value();
  JsonWriter& open(char bracket, bool object);
  JsonWriter& close(char bracket, bool object);
  void new_line();
  JsonWriter& literal(std::string_view text);
  JsonWriter& signed_number(int64_t number);
  JsonWriter& unsigned_number(uint64_t number);
  void append_string(std::string_view text);

  Layout layout_;
  size_t indent_;
  std::string out_;
  std::vector<Level> levels_;
};

}  // namespace cove

// What a command lists or inspects, as a tree: a row of `ps`, an object of `inspect`, with Docker's names for
// the fields. Templates walk it (template.h), tables show it (list.h). Plain data; may be used from any
// process.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cove::cli::format {

class Value;
struct Member;
using Array = std::vector<Value>;

// The objects of Docker's answers are of three kinds, which templates tell apart.
enum class ObjectKind : uint8_t {
  record,  // Go's struct: its fields are known, so asking for another is an error
  map,     // Go's map: any key may be asked for, an absent one is <no value>; templates walk it in the keys'
           // order
  lookup,  // a method with one argument, as {{.Label "x"}}: an absent key gives ""; no part of JSON
};

struct Object {
  explicit Object(ObjectKind what);
  // Defined where Member is known.
  Object(const Object& other);
  Object(Object&& other) noexcept;
  Object& operator=(const Object& other);
  Object& operator=(Object&& other) noexcept;
  ~Object();

  ObjectKind kind;
  std::vector<Member> members;  // in the order in which they are printed; keys are unique

  [[nodiscard]] const Value* find(std::string_view key) const noexcept;  // nullptr if there is none
};

class Value {
 public:
  using Data = std::variant<std::nullptr_t, bool, int64_t, uint64_t, double, std::string, Array, Object>;
  using Members = std::initializer_list<std::pair<std::string_view, Value>>;

  // Values are written where they are needed, so every conversion is implicit.
  Value(std::nullptr_t = nullptr);  // NOLINT(google-explicit-constructor)
  Value(double number);             // NOLINT(google-explicit-constructor)
  Value(const char* text);          // NOLINT(google-explicit-constructor)
  Value(std::string_view text);     // NOLINT(google-explicit-constructor)
  Value(std::string text);          // NOLINT(google-explicit-constructor)
  Value(Array array);               // NOLINT(google-explicit-constructor)
  Value(Object object);             // NOLINT(google-explicit-constructor)
  template <std::same_as<bool> T>
  Value(T truth) : data_(truth) {}  // NOLINT(google-explicit-constructor)
  template <std::signed_integral T>
  requires(!std::same_as<T, char>) Value(T number) : data_(int64_t{number}) {}  // NOLINT
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>) Value(T number)  // NOLINT
      : data_(uint64_t{number}) {}

  static Value record(Members members = {});
  static Value map(Members members = {});
  static Value lookup(Members members = {});
  static Value strings(const std::vector<std::string>& texts);

  // A list or map that JSON shows as null where it is empty, as it does Go's nil ones, which are empty lists
  // and maps to templates.
  [[nodiscard]] Value null_if_empty() &&;

  // Of an object: adds the member at the end, or replaces its value. Returns the member's value.
  Value& set(std::string_view key, Value value);
  // Of an array.
  Value& push(Value value);

  [[nodiscard]] const Data& data() const noexcept { return data_; }
  [[nodiscard]] bool is_null() const noexcept { return std::holds_alternative<std::nullptr_t>(data_); }
  [[nodiscard]] bool is_null_in_json() const noexcept { return null_in_json_; }  // see null_if_empty()
  // nullptr if the value is of another kind.
  [[nodiscard]] const std::string* string() const noexcept { return std::get_if<std::string>(&data_); }
  [[nodiscard]] const Array* array() const noexcept { return std::get_if<Array>(&data_); }
  [[nodiscard]] const Object* object() const noexcept { return std::get_if<Object>(&data_); }
  [[nodiscard]] const Value* find(std::string_view key) const noexcept;  // a member; nullptr if there is none

 private:
  Data data_;
  bool null_in_json_ = false;
};

struct Member {
  std::string key;
  Value value;
};

// As Go names a value's type in messages: "string", "int", "[]interface {}", "map", "record".
[[nodiscard]] std::string_view type_name(const Value& value) noexcept;

// The members in the order of their keys (byte by byte), as Go walks its maps.
[[nodiscard]] std::vector<const Member*> members_by_key(const Object& object);

// Roughly the bytes that a copy of it takes.
[[nodiscard]] size_t value_weight(const Value& value) noexcept;

// JSON on one line: records in their order, maps sorted, lookups left out; invalid UTF-8 becomes U+FFFD.
[[nodiscard]] std::string print_json(const Value& value);
// The same over several lines, with four blanks a level as `docker inspect` has it; without a final '\n'.
[[nodiscard]] std::string print_indented_json(const Value& value);

// A copy whose texts (keys too) have no control characters: they become \n, \t, \x1b, \u009b; invalid UTF-8
// becomes U+FFFD. What a container chose (its name, its command) must not act on the terminal that shows it.
[[nodiscard]] Value harmless_value(const Value& value);
[[nodiscard]] std::string harmless_text(std::string_view text);

}  // namespace cove::cli::format

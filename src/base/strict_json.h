// Reading JSON from outside, strictly: RFC 8259, one document, no duplicate keys, limits on size, depth and
// number of values. The library (Boost.JSON) stays inside strict_json.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace cove::json {

struct Limits {
  size_t bytes = size_t{4} << 20;
  size_t depth = 64;                // arrays and objects within each other
  size_t values = size_t{1} << 18;  // so that a small text cannot become a large tree
};

struct Member;
struct Value;
using Array = std::vector<Value>;
using Object = std::vector<Member>;  // in the order of the text; keys are unique

// A whole number is uint64_t if it is not negative, else int64_t; one that fits neither, or has a fraction or
// an exponent, is double.
struct Value {
  std::variant<std::nullptr_t, bool, uint64_t, int64_t, double, std::string, Array, Object> data;
};

struct Member {
  std::string key;
  Value value;
};

// Errors are ErrorCode::invalid_argument and say where: "line 3, column 7: …", or "syscalls[3]: duplicate key
// 'action'".
Result<Value> parse(std::string_view text, const Limits& limits = {});

// What a value is, for messages: "a string", "null".
[[nodiscard]] std::string_view kind_name(const Value& value) noexcept;

}  // namespace cove::json

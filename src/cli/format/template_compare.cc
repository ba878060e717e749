// eq, ne, lt, le, gt, ge.
#include <compare>
#include <optional>

#include "cli/format/template_functions.h"

namespace cove::cli::format::tree {
namespace {

enum class Basic : uint8_t { none, boolean, signed_number, unsigned_number, real, text };

Basic basic_kind(const Value& value) noexcept {
  switch (value.data().index()) {
    case 1:
      return Basic::boolean;
    case 2:
      return Basic::signed_number;
    case 3:
      return Basic::unsigned_number;
    case 4:
      return Basic::real;
    case 5:
      return Basic::text;
    default:
      return Basic::none;
  }
}

template <typename T>
const T& get(const Value& value) noexcept {
  return *std::get_if<T>(&value.data());
}

bool is_whole(Basic kind) noexcept {
  return kind == Basic::signed_number || kind == Basic::unsigned_number;
}

std::strong_ordering compare_whole(const Value& left, const Value& right) noexcept {
  const auto negative = [](const Value& value) {
    return basic_kind(value) == Basic::signed_number && get<int64_t>(value) < 0;
  };
  const auto magnitude = [](const Value& value) {
    return basic_kind(value) == Basic::signed_number ? static_cast<uint64_t>(get<int64_t>(value))
                                                     : get<uint64_t>(value);
  };
  if (negative(left) != negative(right))
    return negative(left) ? std::strong_ordering::less : std::strong_ordering::greater;
  return magnitude(left) <=> magnitude(right);  // two's complement keeps the order of negative numbers
}

// The order of two values of one basic kind; whole numbers compare whatever their sign.
std::partial_ordering compare(const Value& left, const Value& right) noexcept {
  switch (basic_kind(left)) {
    case Basic::boolean:
      return get<bool>(left) <=> get<bool>(right);
    case Basic::real:
      return get<double>(left) <=> get<double>(right);
    case Basic::text:
      return get<std::string>(left) <=> get<std::string>(right);
    default:
      return compare_whole(left, right);
  }
}

bool comparable(const Value& left, const Value& right) noexcept {
  const Basic first = basic_kind(left);
  const Basic second = basic_kind(right);
  return first == second || (is_whole(first) && is_whole(second));
}

Result<bool> equal(const Value& left, const Value& right) {
  if (left.is_null() || right.is_null()) return left.is_null() && right.is_null();
  for (const Value* value : {&left, &right}) {
    if (basic_kind(*value) == Basic::none) {
      return operand_error(std::string("uncomparable type ") + std::string(type_name(*value)));
    }
  }
  if (!comparable(left, right)) {
    return operand_error("incompatible types for comparison: " + std::string(type_name(left)) + " and " +
                         std::string(type_name(right)));
  }
  return compare(left, right) == std::partial_ordering::equivalent;
}

Result<std::partial_ordering> order(const Value& left, const Value& right) {
  for (const Value* value : {&left, &right}) {
    const Basic kind = basic_kind(*value);
    if (kind == Basic::none || kind == Basic::boolean) {
      return operand_error("invalid type for comparison: " + std::string(type_name(*value)));
    }
  }
  if (!comparable(left, right)) {
    return operand_error("incompatible types for comparison: " + std::string(type_name(left)) + " and " +
                         std::string(type_name(right)));
  }
  return compare(left, right);
}

}  // namespace

// The first operand equals one of the others.
Result<Value> call_equal(Arguments arguments) {
  for (const Value* other : arguments.subspan(1)) {
    if (COVE_TRY(equal(*arguments[0], *other))) return Value(true);
  }
  return Value(false);
}

Result<Value> call_not_equal(Arguments arguments) {
  return Value(!COVE_TRY(equal(*arguments[0], *arguments[1])));
}

Result<Value> call_less(Arguments arguments) {
  return Value(std::is_lt(COVE_TRY(order(*arguments[0], *arguments[1]))));
}

Result<Value> call_less_or_equal(Arguments arguments) {
  return Value(std::is_lteq(COVE_TRY(order(*arguments[0], *arguments[1]))));
}

Result<Value> call_greater(Arguments arguments) {
  return Value(std::is_gt(COVE_TRY(order(*arguments[0], *arguments[1]))));
}

Result<Value> call_greater_or_equal(Arguments arguments) {
  return Value(std::is_gteq(COVE_TRY(order(*arguments[0], *arguments[1]))));
}

}  // namespace cove::cli::format::tree

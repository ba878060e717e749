#include "cli/format/template_functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cove::cli::format::tree {
namespace {

constexpr size_t kAnyNumber = SIZE_MAX;

Result<Value> call_not(Arguments arguments) {
  return Value(!is_true(*arguments[0]));
}

Result<Value> call_len(Arguments arguments) {
  const Value& value = *arguments[0];
  if (const std::string* text = value.string()) return Value(static_cast<int64_t>(text->size()));
  if (const Array* array = value.array()) return Value(static_cast<int64_t>(array->size()));
  const Object* object = value.object();
  if (object == nullptr || object->kind != ObjectKind::map) {
    return operand_error(value.is_null() ? "len of nil pointer"
                                         : fmt::format("len of type {}", type_name(value)));
  }
  return Value(static_cast<int64_t>(object->members.size()));
}

Result<size_t> index_operand(const Value& value, size_t size, bool end_allowed) {
  int64_t index = 0;
  if (const auto* number = std::get_if<int64_t>(&value.data())) {
    index = *number;
  } else if (const auto* whole = std::get_if<uint64_t>(&value.data())) {
    index = *whole > INT64_MAX ? INT64_MAX : static_cast<int64_t>(*whole);
  } else {
    return operand_error(fmt::format("cannot index slice/array with type {}", type_name(value)));
  }
  const size_t bound = end_allowed ? size + 1 : size;
  if (index < 0 || static_cast<uint64_t>(index) >= bound) {
    return operand_error(fmt::format("index out of range: {}", index));
  }
  return static_cast<size_t>(index);
}

// What a map lacks has the zero value of its elements' type: "" if the others (or none) are strings, else
// nothing.
Value zero_element(const Object& object) {
  const bool strings = std::all_of(object.members.begin(), object.members.end(),
                                   [](const Member& member) { return member.value.string() != nullptr; });
  return strings ? Value("") : Value();
}

// One step of `index`.
Result<Value> element_at(const Value& value, const Value& index) {
  if (const Array* array = value.array())
    return (*array)[COVE_TRY(index_operand(index, array->size(), false))];
  if (const std::string* text = value.string()) {
    const char c = (*text)[COVE_TRY(index_operand(index, text->size(), false))];
    return Value(static_cast<uint64_t>(static_cast<unsigned char>(c)));
  }
  const Object* object = value.object();
  if (object == nullptr || object->kind != ObjectKind::map) {
    return operand_error(value.is_null() ? "index of untyped nil"
                                         : fmt::format("can't index item of type {}", type_name(value)));
  }
  const std::string* key = index.string();
  if (key == nullptr) {
    return operand_error(fmt::format("value has type {}; should be string", type_name(index)));
  }
  const Value* found = object->find(*key);
  return found != nullptr ? *found : zero_element(*object);
}

Result<Value> call_index(Arguments arguments) {
  if (arguments[0]->is_null()) return operand_error("index of untyped nil");
  Value value = *arguments[0];
  for (const Value* index : arguments.subspan(1)) {
    Value element = COVE_TRY(element_at(value, *index));
    value = std::move(element);
  }
  return value;
}

// slice X, slice X BEGIN, slice X BEGIN END (a capacity, Go's fourth, is only checked).
Result<Value> call_slice(Arguments arguments) {
  const Value& value = *arguments[0];
  const Array* array = value.array();
  const std::string* text = value.string();
  if (array == nullptr && text == nullptr) {
    return operand_error(value.is_null() ? "slice of untyped nil"
                                         : fmt::format("can't slice item of type {}", type_name(value)));
  }
  if (text != nullptr && arguments.size() == 4) return operand_error("cannot 3-index slice a string");
  const size_t size = array != nullptr ? array->size() : text->size();
  std::array<size_t, 3> bounds{0, size, size};
  for (size_t i = 1; i < arguments.size(); ++i) {
    bounds.at(i - 1) = COVE_TRY(index_operand(*arguments[i], size, true));
  }
  if (bounds[0] > bounds[1] || bounds[1] > bounds[2]) {
    return operand_error(fmt::format("invalid slice index: {} > {}", bounds[0], bounds[1]));
  }
  if (text != nullptr) return Value(text->substr(bounds[0], bounds[1] - bounds[0]));
  const auto begin = array->begin();
  return Value(Array(begin + static_cast<ptrdiff_t>(bounds[0]), begin + static_cast<ptrdiff_t>(bounds[1])));
}

Result<Value> call_print(Arguments arguments) {
  return Value(sprint(arguments));
}

Result<Value> call_println(Arguments arguments) {
  return Value(sprintln(arguments));
}

Result<Value> call_printf(Arguments arguments) {
  return Value(sprintf_go(COVE_TRY(text_operand(*arguments[0])), arguments.subspan(1)));
}

Result<Value> call_json(Arguments arguments) {
  return Value(print_json(*arguments[0]));
}

constexpr std::array kFunctions{
    Function{.name = "and", .least = 1, .most = kAnyNumber, .special = Function::Special::conjunction},
    Function{.name = "or", .least = 1, .most = kAnyNumber, .special = Function::Special::disjunction},
    Function{"not", 1, 1, call_not},
    Function{"len", 1, 1, call_len},
    Function{"index", 1, kAnyNumber, call_index},
    Function{"slice", 1, 4, call_slice},
    Function{"print", 0, kAnyNumber, call_print},
    Function{"println", 0, kAnyNumber, call_println},
    Function{"printf", 1, kAnyNumber, call_printf},
    Function{"html", 0, kAnyNumber, call_html},
    Function{"js", 0, kAnyNumber, call_js},
    Function{"urlquery", 0, kAnyNumber, call_urlquery},
    Function{"eq", 2, kAnyNumber, call_equal},
    Function{"ne", 2, 2, call_not_equal},
    Function{"lt", 2, 2, call_less},
    Function{"le", 2, 2, call_less_or_equal},
    Function{"gt", 2, 2, call_greater},
    Function{"ge", 2, 2, call_greater_or_equal},
    Function{.name = "json", .least = 1, .most = 1, .call = call_json, .keeps_heading = true},
    Function{.name = "split", .least = 2, .most = 2, .call = call_split, .keeps_heading = true},
    Function{.name = "join", .least = 2, .most = 2, .call = call_join, .keeps_heading = true},
    Function{.name = "title", .least = 1, .most = 1, .call = call_title, .keeps_heading = true},
    Function{.name = "lower", .least = 1, .most = 1, .call = call_lower, .keeps_heading = true},
    Function{.name = "upper", .least = 1, .most = 1, .call = call_upper, .keeps_heading = true},
    Function{"pad", 3, 3, call_pad},
    Function{.name = "truncate", .least = 2, .most = 2, .call = call_truncate, .keeps_heading = true},
};

}  // namespace

const Function* find_function(std::string_view name) noexcept {
  for (const Function& function : kFunctions) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

bool is_true(const Value& value) noexcept {
  if (value.is_null()) return false;
  if (const auto* truth = std::get_if<bool>(&value.data())) return *truth;
  if (const auto* number = std::get_if<int64_t>(&value.data())) return *number != 0;
  if (const auto* whole = std::get_if<uint64_t>(&value.data())) return *whole != 0;
  if (const auto* real = std::get_if<double>(&value.data())) return *real != 0;
  if (const std::string* text = value.string()) return !text->empty();
  if (const Array* array = value.array()) return !array->empty();
  const Object* object = value.object();
  return object->kind == ObjectKind::record || !object->members.empty();
}

Error operand_error(std::string_view what) {
  return Error(ErrorCode::invalid_argument, std::string(what));
}

Result<std::string_view> text_operand(const Value& value) {
  if (const std::string* text = value.string()) return std::string_view(*text);
  return operand_error(fmt::format("wrong type for value; expected string; got {}", type_name(value)));
}

Result<int64_t> whole_operand(const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value.data())) return *number;
  return operand_error(fmt::format("wrong type for value; expected int; got {}", type_name(value)));
}

}  // namespace cove::cli::format::tree

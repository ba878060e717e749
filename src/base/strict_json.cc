#include "base/strict_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>

#include "base/strings.h"

namespace cove::json {
namespace {

// Builds the tree from the parser's events. Returning false with an error code set stops the parser.
class TreeBuilder {
 public:
  using Text = boost::json::string_view;
  using Failure = boost::json::error_code;

  // The parser's own limits, under its names: none, since Limits::bytes bounds everything.
  // NOLINTBEGIN(readability-identifier-naming)
  static constexpr size_t max_object_size = std::numeric_limits<size_t>::max();
  static constexpr size_t max_array_size = max_object_size;
  static constexpr size_t max_key_size = max_object_size;
  static constexpr size_t max_string_size = max_object_size;
  // NOLINTEND(readability-identifier-naming)

  explicit TreeBuilder(size_t value_limit) : values_left_(value_limit) {
    constexpr size_t kUsualDepth = 8;
    open_.reserve(kUsualDepth);
  }

  bool on_document_begin(Failure&) { return true; }
  bool on_document_end(Failure&) { return true; }
  bool on_object_begin(Failure&) { return open(Object{}); }
  bool on_object_end(size_t, Failure& failure) {
    if (!check_unique(std::get<Object>(open_.back().value.data))) return stop(failure);
    return close(failure);
  }
  bool on_array_begin(Failure&) { return open(Array{}); }
  bool on_array_end(size_t, Failure& failure) { return close(failure); }
  bool on_key_part(Text part, size_t, Failure&) { return collect(part); }
  bool on_key(Text part, size_t, Failure&) {
    collect(part);
    open_.back().key = std::exchange(text_, {});
    return true;
  }
  bool on_string_part(Text part, size_t, Failure&) { return collect(part); }
  bool on_string(Text part, size_t, Failure& failure) {
    collect(part);
    return add({std::exchange(text_, {})}, failure);
  }
  bool on_number_part(Text, Failure&) { return true; }
  bool on_int64(int64_t number, Text, Failure& failure) {
    return number < 0 ? add({number}, failure) : add({static_cast<uint64_t>(number)}, failure);
  }
  bool on_uint64(uint64_t number, Text, Failure& failure) { return add({number}, failure); }
  bool on_double(double number, Text, Failure& failure) { return add({number}, failure); }
  bool on_bool(bool value, Failure& failure) { return add({value}, failure); }
  bool on_null(Failure& failure) { return add({nullptr}, failure); }
  bool on_comment_part(Text, Failure&) { return true; }
  bool on_comment(Text, Failure&) { return true; }

  [[nodiscard]] std::optional<Error>& error() { return error_; }
  [[nodiscard]] Value& root() { return root_; }

 private:
  // An array or object whose end has not come yet, and the key that its next value belongs to.
  struct Container {
    Value value;
    std::string key;
  };

  bool collect(Text part) {
    text_.append(part.data(), part.size());
    return true;
  }

  // Most have a few members: room for these at once, so that they are not moved again and again.
  bool open(auto container) {
    constexpr size_t kUsual = 8;
    container.reserve(kUsual);
    open_.push_back({{std::move(container)}, {}});
    return true;
  }

  bool close(Failure& failure) {
    Value finished = std::move(open_.back().value);
    open_.pop_back();
    return add(std::move(finished), failure);
  }

  bool add(Value&& value, Failure& failure) {
    if (values_left_ == 0) {
      error_.emplace(ErrorCode::invalid_argument, "too many values");
      return stop(failure);
    }
    --values_left_;
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (auto* array = std::get_if<Array>(&open_.back().value.data)) {
      array->push_back(std::move(value));
    } else {
      auto& object = std::get<Object>(open_.back().value.data);
      object.push_back({std::exchange(open_.back().key, {}), std::move(value)});
    }
    return true;
  }

  // Of a few keys each is compared with each, which takes less than to sort them.
  static bool few_and_unique(const Object& object) {
    constexpr size_t kFew = 16;
    if (object.size() > kFew) return false;
    for (size_t i = 0; i < object.size(); ++i) {
      for (size_t k = 0; k < i; ++k) {
        if (object[i].key == object[k].key) return false;
      }
    }
    return true;
  }

  bool check_unique(const Object& object) {
    if (few_and_unique(object)) return true;
    std::vector<std::string_view> keys;
    keys.reserve(object.size());
    for (const Member& member : object) keys.push_back(member.key);
    std::sort(keys.begin(), keys.end());
    const auto twice = std::adjacent_find(keys.begin(), keys.end());
    if (twice == keys.end()) return true;
    error_.emplace(ErrorCode::invalid_argument, fmt::format("duplicate key {}", quote(*twice)));
    if (const std::string where = path(); !where.empty()) error_->add_context(where);
    return false;
  }

  // Where the innermost open container is: "syscalls[3].args".
  [[nodiscard]] std::string path() const {
    std::string text;
    for (size_t i = 0; i + 1 < open_.size(); ++i) {
      const Container& container = open_[i];
      if (const auto* array = std::get_if<Array>(&container.value.data)) {
        text += fmt::format("[{}]", array->size());
      } else {
        if (!text.empty()) text += '.';
        text += container.key;
      }
    }
    return text;
  }

  static bool stop(Failure& failure) {
    failure = boost::json::error::extra_data;  // any will do: error_ says what it is
    return false;
  }

  size_t values_left_;
  std::string text_;  // of a string or key that comes in parts
  std::vector<Container> open_;
  Value root_{nullptr};
  std::optional<Error> error_;
};

std::string position(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return fmt::format("line {}, column {}", line, before.size() - line_begin + 1);
}

}  // namespace

Result<Value> parse(std::string_view text, const Limits& limits) {
  if (text.size() > limits.bytes) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("{} bytes of JSON; at most {} are read", text.size(), limits.bytes));
  }
  boost::json::parse_options options;
  options.max_depth = limits.depth;
  boost::json::basic_parser<TreeBuilder> parser(options, limits.values);
  boost::json::error_code failure;
  const size_t used = parser.write_some(false, text.data(), text.size(), failure);
  TreeBuilder& builder = parser.handler();
  if (builder.error().has_value()) return *std::move(builder.error());
  if (!failure.failed() && used < text.size()) failure = boost::json::error::extra_data;
  if (!failure.failed()) return std::move(builder.root());
  if (failure == boost::json::error::too_deep) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("{}: nested more than {} levels deep", position(text, used), limits.depth));
  }
  return Error(ErrorCode::invalid_argument,
               fmt::format("{}: not JSON: {}", position(text, used), failure.message()));
}

std::string_view kind_name(const Value& value) noexcept {
  constexpr std::array<std::string_view, 8> kNames{"null",
                                                   "true or false",
                                                   "a number",
                                                   "a negative number",
                                                   "a number with a fraction or out of range",
                                                   "a string",
                                                   "an array",
                                                   "an object"};
  static_assert(std::variant_size_v<decltype(Value::data)> == kNames.size());
  return kNames[value.data.index()];
}

}  // namespace cove::json

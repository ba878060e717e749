#include "fields/ordered_reader.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

namespace cove::fields {
namespace {

// Whether a string is what it stands for: ASCII without control characters and escapes. Eight bytes at a
// time.
bool is_plain(std::string_view text) {
  constexpr uint64_t kEach = 0x0101010101010101;
  constexpr uint64_t kTop = 0x80 * kEach;
  // The top bit of a byte that is less than `least`, or above 127; exact below the first such byte.
  const auto below = [](uint64_t bytes, uint64_t least) { return (bytes - least * kEach) & ~bytes & kTop; };
  const auto check = [&](uint64_t bytes) {
    return (bytes & kTop) == 0 && below(bytes, ' ') == 0 && below(bytes ^ '\\' * kEach, 1) == 0 &&
           below(bytes ^ 0x7f * kEach, 1) == 0;
  };
  uint64_t bytes = 0;
  for (; text.size() >= sizeof bytes; text.remove_prefix(sizeof bytes)) {
    std::memcpy(&bytes, text.data(), sizeof bytes);
    if (!check(bytes)) return false;
  }
  bytes = ' ' * kEach;
  std::memcpy(&bytes, text.data(), text.size());
  return check(bytes);
}

// How many elements an array has: `rest` begins with the first. 0: it has no end that could be found.
size_t count_elements(std::string_view rest) {
  size_t count = 1;
  unsigned depth = 0;
  for (size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == '"') {
      i = rest.find('"', i + 1);
      if (i == std::string_view::npos) return 0;
    }
    if (c == '[' || c == '{') ++depth;
    if (c == ',' && depth == 0) ++count;
    if (c != ']' && c != '}') continue;
    if (depth == 0) return count;
    --depth;
  }
  return 0;
}

}  // namespace

OrderedReader::OrderedReader(std::string_view text) : rest_(text) {
  take('{');
  good_ = good_ && text.size() <= json::Limits().bytes && (next_is('"') || next_is('}'));
}

bool OrderedReader::take(char wanted) {
  good_ = good_ && next_is(wanted);
  if (good_) rest_.remove_prefix(1);
  return good_;
}

// Whether the next member has this name; then its value is next.
bool OrderedReader::find(std::string_view name, Need need) {
  if (!good_) return false;
  const size_t size = name.size() + std::string_view(R"("":)").size();
  if (rest_.size() > size && rest_[1] == name.front() && rest_.front() == '"' &&
      rest_.substr(1, name.size()) == name && rest_[size - 2] == '"' && rest_[size - 1] == ':') {
    rest_.remove_prefix(size);
    return true;
  }
  if (need == Need::required) good_ = false;
  return false;
}

// After a member or an element: to the next one, or to the end of the object or array.
void OrderedReader::end_value() {
  if (!good_ || !next_is(',')) return;
  rest_.remove_prefix(1);
  good_ = next_is('"') || next_is('{');
}

bool OrderedReader::read_text(std::string& value) {
  if (!take('"')) return false;
  const size_t size = rest_.find('"');
  good_ = size != std::string_view::npos && is_plain(rest_.substr(0, size));
  if (!good_) return false;
  value.assign(rest_, 0, size);
  rest_.remove_prefix(size);
  return take('"');
}

std::optional<uint64_t> OrderedReader::read_number(const Number& bounds) {
  const char* const begin = rest_.data();
  const char* const end = begin + rest_.size();
  const bool negative = next_is('-');
  const std::string_view digits = rest_.substr(negative ? 1 : 0);
  uint64_t bits = 0;
  std::from_chars_result read{};
  if (negative) {
    int64_t number = 0;
    read = std::from_chars(begin, end, number);
    good_ = good_ && number < 0 && number >= bounds.least;
    bits = static_cast<uint64_t>(number);
  } else {
    read = std::from_chars(begin, end, bits);
    good_ = good_ && bits <= bounds.most;
  }
  const bool zeros = digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9';
  good_ = good_ && read.ec == std::errc{} && !zeros;
  if (!good_) return std::nullopt;
  rest_.remove_prefix(static_cast<size_t>(read.ptr - begin));
  good_ = next_is(',') || next_is('}') || next_is(']');
  return bits;
}

template <typename Read>
void OrderedReader::read_list(char open, char close, const Read& read) {
  take(open);
  for (bool first = true; good_ && !next_is(close); first = false) {
    if (first || take(',')) read();
  }
  take(close);
  end_value();
}

void OrderedReader::raw(std::string_view name, std::optional<json::Value>& /*value*/) {
  if (find(name)) good_ = false;
}

void OrderedReader::refuse(std::string_view /*name*/, std::string_view /*why*/) {
  good_ = false;
}

void OrderedReader::flag(std::string_view name, std::optional<bool>& value, Need need) {
  if (!find(name, need)) return;
  for (const auto& [word, truth] : {std::pair(std::string_view("true"), true), {"false", false}}) {
    if (rest_.substr(0, word.size()) != word) continue;
    rest_.remove_prefix(word.size());
    value = truth;
    good_ = next_is(',') || next_is('}');
    return end_value();
  }
  good_ = false;
}

void OrderedReader::text(std::string_view name, std::string& value, Need need) {
  if (find(name, need) && read_text(value)) end_value();
}

void OrderedReader::number(std::string_view name, Number& value, Need need) {
  if (!find(name, need)) return;
  value.bits = read_number(value);
  end_value();
}

bool OrderedReader::texts(std::string_view name, std::vector<std::string>& value, bool /*even_empty*/) {
  if (!find(name)) return false;
  value.clear();
  read_list('[', ']', [&] { read_text(value.emplace_back()); });
  return true;
}

void OrderedReader::numbers(std::string_view name, std::vector<uint32_t>& value) {
  if (!find(name)) return;
  const Number bounds{0, std::numeric_limits<uint32_t>::max(), {}};
  value.clear();
  read_list('[', ']', [&] { value.push_back(static_cast<uint32_t>(read_number(bounds).value_or(0))); });
}

void OrderedReader::text_map(std::string_view name, StringMap& value) {
  if (!find(name)) return;
  read_list('{', '}', [&] {
    std::pair<std::string, std::string> member;
    if (!read_text(member.first) || !take(':') || !read_text(member.second)) return;
    // What is twice in a text is an error.
    good_ =
        std::none_of(value.begin(), value.end(), [&](const auto& one) { return one.first == member.first; });
    value.push_back(std::move(member));
  });
}

void OrderedReader::enter(bool object) {
  const uint32_t bit = uint32_t{1} << depth_;
  objects_ = object ? objects_ | bit : objects_ & ~bit;
  ++depth_;
  good_ = good_ && depth_ < kMostDepth;
}

bool OrderedReader::enter_object(std::string_view name, Presence /*presence*/) {
  if (!find(name) || !take('{')) return false;
  enter(true);
  return true;
}

size_t OrderedReader::enter_array(std::string_view name, size_t /*size*/) {
  if (!find(name) || !take('[')) return 0;
  if (next_is(']')) {
    rest_.remove_prefix(1);
    end_value();
    return 0;
  }
  const size_t count = count_elements(rest_);
  good_ = count > 0;
  if (good_) enter(false);
  return count;
}

// Whose keys are known to the caller alone, who would have to look for those that are twice.
size_t OrderedReader::enter_map(std::string_view name, size_t /*size*/) {
  if (find(name)) good_ = false;
  return 0;
}

bool OrderedReader::enter_element(size_t /*index*/) {
  if (!take('{')) return false;
  enter(true);
  return true;
}

bool OrderedReader::enter_member(size_t /*index*/, std::string& /*key*/) {
  return false;
}

void OrderedReader::leave() {
  --depth_;
  take((objects_ >> depth_ & 1) != 0 ? '}' : ']');
  end_value();
}

}  // namespace cove::fields

// --filter KEY=VALUE of the commands that list, prune or watch. Pure. Source:
// https://docs.docker.com/engine/cli/filter/.
//
// Values of one key are alternatives, keys must all hold; labels must all hold too. What a key means is the
// command's business: it asks for each row what it needs to know.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/format/pattern.h"
#include "cli/format/value.h"

namespace cove::cli::format {

// A key that a command knows. "label" brings "label!" along if `negatable`.
struct FilterKey {
  enum class Kind : uint8_t {
    text,
    pattern,  // a regular expression, checked while parsing
    number,   // a whole number from 0
    truth,    // true, false, 1, 0
    time,     // time_value.h
  };
  std::string_view name;
  Kind kind = Kind::text;
  std::span<const std::string_view> choices = {};  // the only values, if not empty
  bool negatable = false;                          // "name!=value" as well
};

using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

class Filters {
 public:
  // `arguments`: the values of --filter. `now` for times, in nanoseconds since 1970. Errors name the unknown
  // key and list the known ones, or say what is wrong with the value.
  static Result<Filters> parse(std::span<const std::string> arguments, std::span<const FilterKey> keys,
                               int64_t now);

  [[nodiscard]] bool empty() const noexcept { return filters_.empty(); }
  [[nodiscard]] bool has(std::string_view key) const noexcept;
  [[nodiscard]] std::vector<std::string_view> values(std::string_view key) const;

  // Each is true if the key was not given. `matches`: one of the values is right in the eyes of the caller.
  [[nodiscard]] bool matches(std::string_view key, const std::function<bool(std::string_view)>& right) const;
  [[nodiscard]] bool matches_exactly(std::string_view key, std::string_view text) const;
  // The id begins with one of the values.
  [[nodiscard]] bool matches_id(std::string_view key, std::string_view id) const;
  // A key of kind pattern: one of the values is the name, or is found in it. The name with a "/" in front, as
  // Docker stores it, will do too.
  [[nodiscard]] bool matches_name(std::string_view key, std::string_view name) const;
  [[nodiscard]] bool matches_number(std::string_view key, int64_t number) const;
  [[nodiscard]] bool matches_truth(std::string_view key, bool truth) const;
  // "label": all of k (is there) and k=v hold. "label!": none does.
  [[nodiscard]] bool matches_labels(const Labels& labels, std::string_view key = "label") const;

  // Of a key of kind time: the latest of the values, in nanoseconds since 1970.
  [[nodiscard]] std::optional<int64_t> time(std::string_view key) const;

 private:
  struct Filter {
    std::string key;
    std::string value;
    std::optional<Pattern> pattern;
    int64_t number = 0;  // or truth, or time
  };

  static Result<Filter> parse_one(std::string_view argument, std::span<const FilterKey> keys, int64_t now);
  [[nodiscard]] bool matches_if(std::string_view key, const std::function<bool(const Filter&)>& right) const;

  std::vector<Filter> filters_;
};

}  // namespace cove::cli::format

#include "cli/spelling.h"

#include <algorithm>
#include <array>
#include <utility>

namespace cove::cli {
namespace {
constexpr size_t kLongest = 40;
}  // namespace

// The restricted Damerau-Levenshtein distance ("optimal string alignment"), with three rows of the table.
size_t spelling_distance(std::string_view left, std::string_view right) noexcept {
  if (left.size() > kLongest || right.size() > kLongest) return kLongest;
  using Row = std::array<size_t, kLongest + 1>;
  Row before_last{};
  Row last{};
  Row row{};
  for (size_t j = 0; j <= right.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= left.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= right.size(); ++j) {
      const size_t replaced = last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    before_last = last;
    last = row;
  }
  return last[right.size()];
}

NearestWord::NearestWord(std::string_view typed) noexcept
    : typed_(typed), distance_(std::max<size_t>(1, typed.size() / 3) + 1) {}

void NearestWord::consider(std::string_view word) noexcept {
  // A word cut short costs one, however much is missing: "--mem" means --memory.
  const bool begins = typed_.size() >= 2 && word.starts_with(typed_);
  const size_t distance = begins ? 1 : spelling_distance(typed_, word);
  if (distance < distance_) {
    distance_ = distance;
    best_ = word;
  }
}

}  // namespace cove::cli

// "did you mean": the known word nearest to a mistyped one.
#pragma once

#include <cstddef>
#include <string_view>

namespace cove::cli {

// Letters to insert, delete, replace or swap with their neighbour to get from one word to the other. Words
// longer than 40 bytes are taken as 40 apart from anything.
size_t spelling_distance(std::string_view left, std::string_view right) noexcept;

// Keeps the best of the words it is shown.
class NearestWord {
 public:
  explicit NearestWord(std::string_view typed) noexcept;
  void consider(std::string_view word) noexcept;
  // Empty if none was near enough: within a third of the typed word's length, or one that begins with it.
  [[nodiscard]] std::string_view word() const noexcept { return best_; }

 private:
  std::string_view typed_;
  std::string_view best_;
  size_t distance_;
};

}  // namespace cove::cli

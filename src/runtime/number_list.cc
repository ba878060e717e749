#include "runtime/number_list.h"

#include <fmt/format.h>

#include "base/strings.h"

namespace cove::runtime {

Result<std::vector<uint64_t>> parse_number_list(std::string_view text) {
  constexpr uint32_t kBits = 64;
  std::vector<uint64_t> mask;
  for (const std::string_view part : split(text, ',')) {
    const Halves range = split_once(trim(part), '-');
    const auto first = parse_number<uint32_t>(trim(range.first));
    const auto last = range.second ? parse_number<uint32_t>(trim(*range.second)) : first;
    if (!first || !last || *first > *last || *last > kMaxListedNumber) {
      return Error(ErrorCode::invalid_argument,
                   fmt::format("{} is no list of numbers and ranges as 0-3,8", quote(text)));
    }
    if (mask.size() <= *last / kBits) mask.resize(*last / kBits + 1);
    for (uint32_t number = *first; number <= *last; ++number)
      mask[number / kBits] |= uint64_t{1} << number % kBits;
  }
  return mask;
}

}  // namespace cove::runtime

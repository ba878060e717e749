// --filter: a line an argument; then patterns, searched in themselves, and times. An error is one line.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "cli/format/filter.h"
#include "cli/format/time_value.h"
#include "require.h"

namespace {

using namespace cove;               // NOLINT: a fuzz target
using namespace cove::cli::format;  // NOLINT

constexpr int64_t kNow = 1'764'000'000'000'000'000;
constexpr std::array kKeys{FilterKey{.name = "id"},
                           FilterKey{.name = "name", .kind = FilterKey::Kind::pattern},
                           FilterKey{.name = "label", .negatable = true},
                           FilterKey{.name = "exited", .kind = FilterKey::Kind::number},
                           FilterKey{.name = "dangling", .kind = FilterKey::Kind::truth},
                           FilterKey{.name = "until", .kind = FilterKey::Kind::time}};

using fuzz::require;
using fuzz::sound;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> arguments;
  for (const std::string_view line : split(text, '\n')) arguments.emplace_back(line);
  if (const auto filters = Filters::parse(arguments, kKeys, kNow); sound(filters)) {
    for (const FilterKey& key : kKeys) require(filters->has(key.name) == !filters->values(key.name).empty());
    (void)filters->matches_name("name", text.substr(0, 200));
    (void)filters->matches_labels({{"a", "b"}});
    require(!filters->has("id") || filters->matches_id("id", filters->values("id").front()));
  }
  if (const auto pattern = Pattern::parse(text); sound(pattern)) (void)pattern->search(text);
  return 0;
}

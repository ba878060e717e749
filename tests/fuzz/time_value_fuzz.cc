// Points of time and durations. What is read as a duration counts back from now, to the nanosecond.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cli/format/time_value.h"
#include "require.h"

namespace {

using namespace cove;               // NOLINT: a fuzz target
using namespace cove::cli::format;  // NOLINT

using fuzz::require;

// Here an error names the way out, too.
template <typename T>
bool sound(const Result<T>& result) {
  if (fuzz::sound(result)) return true;
  require(!result.error().hint().empty());
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr int64_t kNow = 1'764'000'000'000'000'000;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto duration = parse_go_duration(text);
  const auto time = parse_time(text, kNow);
  sound(duration);
  if (sound(time) && duration.ok() && text != "0") require(__int128{kNow} - *duration == *time);
  return 0;
}

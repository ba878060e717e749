// What --log-driver, --log-opt and the times of a log say: a driver in the first line, options in the others.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "base/time_text.h"
#include "logs/options.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove::logs;  // NOLINT(google-build-using-namespace)
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string_view> lines = cove::split(input, '\n');
  const std::vector<std::string> given(lines.begin() + 1, lines.end());
  if (const auto options = parse_log_options(lines.front(), given)) {
    require(options->max_size >= kSmallestMaxSize && options->max_files >= 1 &&
            options->max_files <= kMostFiles);
    require(!options->compress || (options->max_files > 1 && options->max_size != kUnlimited));
    require(options->max_size != kUnlimited || options->driver == Driver::json_file);
    require(expand_tag(options->tag, {.id = "0123456789abcdef", .name = "x"}).ok());
  } else {
    require(!options.error().message().empty() && !options.error().hint().empty());
  }
  if (const auto time = cove::parse_time(input)) {
    require(*time >= 0 && cove::parse_time(cove::fixed_time_text(*time).view()) == time);
    require(cove::parse_time(cove::short_time_text(*time).view()) == time);
    require(cove::parse_time(cove::fixed_time_text(*time, 5400).view()) == time);
  }
  return 0;
}

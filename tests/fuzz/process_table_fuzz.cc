// The table of `cove top CONTAINER`: in the first line its options, then stat, status and the command line of
// a process, between bytes 1. Whatever a process calls itself, the table has a line for it and no character
// that a terminal acts on.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "cli/containers/process_table.h"
#include "require.h"

namespace {

using namespace cove;  // NOLINT(google-build-using-namespace): a fuzz target
using fuzz::require;

std::vector<const cli::ProcessColumn*> columns_of(std::string_view line) {
  const std::vector<std::string_view> words = split(line, ' ');
  const auto columns = cli::parse_columns(words);
  if (fuzz::sound(columns)) {
    require(!columns->empty());
    return *columns;
  }
  return cli::parse_columns({}).value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto options = next_line(text);
  const std::vector<const cli::ProcessColumn*> columns = columns_of(options.value_or(""));
  const std::vector<std::string_view> files = split(text, '\1');
  if (files.size() < 3) return 0;
  const auto row = cli::parse_process(files[0], files[1], files[2]);
  if (!row) return 0;
  constexpr cli::Clocks kClocks{
      .now = 1'764'000'000'000'000'000, .uptime = 1000, .memory = uint64_t{1} << 30};
  const std::string table = cli::process_table({&*row, 1}, columns, kClocks);
  require(std::count(table.begin(), table.end(), '\n') == 2);
  require(std::all_of(table.begin(), table.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '\n' || (byte >= 0x20 && byte != 0x7f);
  }));
  return 0;
}

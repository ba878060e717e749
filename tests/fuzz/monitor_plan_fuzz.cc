// The command line of a monitor: the words are the lines of the input.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "monitor/plan.h"
#include "spec_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove;  // NOLINT: a fuzz target
  std::vector<std::string> words{std::string(monitor::kMonitorName)};
  words.emplace_back();
  for (size_t i = 0; i < size; ++i) {
    if (data[i] == '\n') {
      words.emplace_back();
    } else if (data[i] != 0) {
      words.back() += static_cast<char>(data[i]);
    }
  }
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  const auto plan = monitor::parse_arguments(argv);
  if (!plan.ok()) {
    fuzz::require_reason(plan);
    return 0;
  }
  std::vector<std::string> printed = monitor::print_arguments(*plan);
  std::vector<char*> again;
  for (std::string& word : printed) again.push_back(word.data());
  const auto read = monitor::parse_arguments(again);
  fuzz::require(read.ok() && *read == *plan);
  return 0;
}

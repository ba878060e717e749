#include "engine/log_choice.h"

#include <fmt/format.h>

namespace cove::engine {

Result<logs::LogOptions> parse_log_choice(const LogChoice& choice) {
  std::vector<std::string> options;
  options.reserve(choice.options.size());
  for (const auto& [key, value] : choice.options) options.push_back(fmt::format("{}={}", key, value));
  return logs::parse_log_options(choice.driver, options);
}

}  // namespace cove::engine

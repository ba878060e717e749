// The WWW-Authenticate header of a registry.
#include <cstdint>
#include <string_view>

#include "registry/challenge.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using cove::fuzz::require;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto challenges = cove::registry::parse_challenges(input);
  require(challenges.size() <= cove::registry::kMostChallenges);
  for (const auto& challenge : challenges) {
    require(!challenge.scheme.empty() && challenge.scheme.find_first_of(" ,=\"") == std::string::npos);
    require(challenge.realm.size() + challenge.service.size() + challenge.scope.size() <= 3 * size);
  }
  return 0;
}

// What registries and token services answer besides manifests: tokens, complaints, places to go.
#include <cstdint>
#include <string_view>

#include "registry/authority.h"
#include "registry/backoff.h"
#include "registry/session.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove::registry;  // NOLINT(google-build-using-namespace)
  using cove::fuzz::require;
  using cove::fuzz::sound;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto answer = parse_token_answer(input); sound(answer)) {
    require(!answer->token.empty() && answer->token.find_first_of("\r\n ") == std::string::npos);
  }
  require(registry_complaint(input).find('\n') == std::string::npos);
  const auto wait = parse_retry_after(input, 1'000'000);
  require(!wait.has_value() || *wait <= 86'400'000);
  const std::string text(input.substr(0, input.find('\0')));
  if (const auto url = resolve_url("https://a.test/v2/x", text); sound(url))
    require(url->starts_with("https://"));
  return 0;
}

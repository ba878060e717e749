#include "registry/backoff.h"

#include <curl/curl.h>

#include <algorithm>
#include <string>

#include "base/strings.h"

namespace cove::registry {

std::optional<uint64_t> Backoff::next(uint64_t random, std::optional<uint64_t> asked_ms) {
  ++failures_;
  if (failures_ >= policy_.attempts) return std::nullopt;
  uint64_t delay = policy_.first_delay_ms;
  for (unsigned i = 1; i < failures_ && delay < policy_.longest_delay_ms; ++i) delay *= 2;
  delay = std::min(delay, policy_.longest_delay_ms);
  delay -= delay / 2 == 0 ? 0 : random % (delay / 2 + 1);
  if (asked_ms.value_or(0) > policy_.longest_wait_ms) return std::nullopt;
  return std::max(delay, asked_ms.value_or(0));
}

std::optional<uint64_t> parse_retry_after(std::string_view text, int64_t now_seconds) {
  constexpr uint64_t kDay = 86'400;
  text = trim(text);
  if (const auto seconds = parse_number<uint64_t>(text); seconds.has_value())
    return std::min(*seconds, kDay) * 1000;
  const int64_t date = curl_getdate(std::string(text).c_str(), nullptr);
  if (date < 0) return std::nullopt;
  return static_cast<uint64_t>(std::clamp<int64_t>(date - now_seconds, 0, kDay)) * 1000;
}

}  // namespace cove::registry

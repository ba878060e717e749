// The two streams of a container whose output is logged. Plain data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cove::logs {

enum class Channel : uint8_t { out, err };
inline constexpr size_t kChannels = 2;

constexpr size_t index_of(Channel channel) noexcept {
  return static_cast<size_t>(channel);
}
constexpr std::string_view channel_name(Channel channel) noexcept {
  return channel == Channel::out ? "stdout" : "stderr";
}

}  // namespace cove::logs

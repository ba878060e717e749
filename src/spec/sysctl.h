// The keys of `linux.sysctl`. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cove::spec {

// The path below /proc/sys of a key in either spelling of sysctl(8): "net.ipv4.ip_forward" and
// "net/ipv4/ip_forward", with the other separator standing for itself ("net.ipv4.conf.eth0/1.forwarding" is
// net/ipv4/conf/eth0.1/forwarding). Nothing for a key with an empty component, "." or "..".
[[nodiscard]] std::optional<std::string> sysctl_path(std::string_view key);

}  // namespace cove::spec

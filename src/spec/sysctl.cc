#include "spec/sysctl.h"

#include <algorithm>
#include <array>

#include "spec/checks.h"

namespace cove::spec {
namespace {

// Those of the ipc namespace; besides fs/mqueue/.
constexpr std::array<std::string_view, 8> kIpcSysctls{
    "kernel/msgmax", "kernel/msgmnb", "kernel/msgmni", "kernel/sem",
    "kernel/shmall", "kernel/shmmax", "kernel/shmmni", "kernel/shm_rmid_forced"};

// The type of the namespace that a sysctl belongs to; empty: to none that a container can have of its own.
std::string_view sysctl_namespace(std::string_view path) {
  if (path.starts_with("net/")) return "network";
  if (path.starts_with("fs/mqueue/")) return "ipc";
  if (std::find(kIpcSysctls.begin(), kIpcSysctls.end(), path) != kIpcSysctls.end()) return "ipc";
  if (path == "kernel/domainname") return "uts";
  return {};
}

}  // namespace

std::optional<std::string> sysctl_path(std::string_view key) {
  const size_t separator = key.find_first_of("./");
  if (separator == std::string_view::npos) return std::nullopt;
  std::string path(key);
  if (key[separator] == '.') {
    for (char& c : path) c = c == '.' ? '/' : c == '/' ? '.' : c;
  }
  for (const std::string_view component : split(path, '/')) {
    if (component.empty() || component == "." || component == "..") return std::nullopt;
  }
  return path;
}

Status check_sysctls(const LinuxConfig& config, const Place& place) {
  for (const auto& [key, value] : config.sysctl) {
    const auto path = sysctl_path(key);
    if (!path.has_value()) {
      return reject(place, fmt::format("{} is not a sysctl as 'net.ipv4.ip_forward'", quote(key)));
    }
    if (*path == "kernel/hostname") {
      return reject(place, "'kernel.hostname' is set by the property hostname", "use hostname instead");
    }
    const std::string_view type = sysctl_namespace(*path);
    if (type.empty()) {
      return reject(place, fmt::format("{} belongs to no namespace: it would be set for the whole machine",
                                       quote(key)));
    }
    if (config.find_namespace(type) == nullptr) {
      return reject(place,
                    fmt::format("{} cannot be set without {} namespace", quote(key),
                                type == "ipc" ? "an ipc" : fmt::format("a {}", type)),
                    fmt::format("add {{\"type\": \"{}\"}} to linux.namespaces", type));
    }
  }
  return {};
}

}  // namespace cove::spec

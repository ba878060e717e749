// validate(): `linux`.
#include <algorithm>

#include "spec/checks.h"
#include "spec/words.h"

namespace cove::spec {
namespace {

constexpr uint32_t kNanosecondsPerSecond = 1'000'000'000;
constexpr size_t kMaxInterfaceName = 15;  // the kernel's IFNAMSIZ without the NUL

Status check_namespaces(const LinuxConfig& config, const Place& place) {
  for (size_t i = 0; i < config.namespaces.size(); ++i) {
    const Namespace& entry = config.namespaces[i];
    COVE_TRY(require_known(kNamespaces, entry.type, place.at(i).at("type")));
    if (!entry.path.empty()) COVE_TRY(require_absolute(entry.path, place.at(i).at("path")));
    if (config.find_namespace(entry.type) != &entry) {
      return reject(place.at(i).at("type"), fmt::format("{} was given before", entry.type));
    }
  }
  return {};
}

Status check_user_namespace(const LinuxConfig& config, const Place& place, Warnings& warnings) {
  const Namespace* user = config.find_namespace("user");
  const bool uids = !config.uid_mappings.empty();
  const bool gids = !config.gid_mappings.empty();
  if (user == nullptr) {
    if (!uids && !gids) return {};
    return reject(place.at(uids ? "uidMappings" : "gidMappings"), "cannot be set without a user namespace",
                  "add {\"type\": \"user\"} to linux.namespaces");
  }
  if (!user->path.empty() && (uids || gids)) {
    warn(warnings, place.at(uids ? "uidMappings" : "gidMappings"),
         "has no effect: the user namespace to join has its own");
  }
  if (user->path.empty() && !uids && !gids) {
    return reject(place.at("uidMappings"), "must be given for a new user namespace",
                  "to be root inside with an id of your own: [{\"containerID\": 0, \"hostID\": YOUR-ID, "
                  "\"size\": 1}]");
  }
  COVE_TRY(check_id_mappings(config.uid_mappings, place.at("uidMappings")));
  return check_id_mappings(config.gid_mappings, place.at("gidMappings"));
}

Status check_time_offsets(const LinuxConfig& config, const Place& place) {
  if (config.time_offsets.empty()) return {};
  const Namespace* time = config.find_namespace("time");
  if (time == nullptr) {
    return reject(place, "cannot be set without a time namespace",
                  "add {\"type\": \"time\"} to linux.namespaces");
  }
  if (!time->path.empty()) return reject(place, "cannot be set for a time namespace that is joined");
  for (const auto& [clock, offset] : config.time_offsets) {
    COVE_TRY(require_known(kClocks, clock, place));
    if (offset.nanosecs >= kNanosecondsPerSecond) {
      return reject(place.at(clock).at("nanosecs"),
                    fmt::format("must be below {}, not {}", kNanosecondsPerSecond, offset.nanosecs));
    }
  }
  return {};
}

Status check_device(const Device& device, const Place& place) {
  if (device.type.size() != 1 || std::string_view("cubp").find(device.type) == std::string_view::npos) {
    return reject(place.at("type"), fmt::format("must be 'c', 'u', 'b' or 'p', not {}", quote(device.type)));
  }
  COVE_TRY(require_absolute(device.path, place.at("path")));
  if (device.type == "p") return {};
  if (device.major.value_or(-1) < 0) return reject(place.at("major"), "must be given, and not negative");
  if (device.minor.value_or(-1) < 0) return reject(place.at("minor"), "must be given, and not negative");
  return {};
}

Status check_devices(const std::vector<Device>& devices, const Place& place) {
  for (size_t i = 0; i < devices.size(); ++i) COVE_TRY(check_device(devices[i], place.at(i)));
  return {};
}

// As the kernel's dev_valid_name().
bool is_interface_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxInterfaceName && name != "." && name != ".." &&
         name.find_first_of("/: \t\n\v\f\r") == std::string_view::npos;
}

Status check_net_devices(const LinuxConfig& config, const Place& place) {
  if (config.net_devices.empty()) return {};
  if (config.find_namespace("network") == nullptr) {
    return reject(place, "cannot be set without a network namespace",
                  "add {\"type\": \"network\"} to linux.namespaces");
  }
  std::vector<std::string_view> inside;
  for (const auto& [name, device] : config.net_devices) {
    if (!is_interface_name(name)) {
      return reject(place, fmt::format("{} is not the name of an interface", quote(name)));
    }
    inside.push_back(device.name.empty() ? name : device.name);
    if (!is_interface_name(inside.back())) {
      return reject(place.at(name).at("name"),
                    fmt::format("{} is not the name of an interface", quote(device.name)));
    }
  }
  std::sort(inside.begin(), inside.end());
  const auto twice = std::adjacent_find(inside.begin(), inside.end());
  if (twice == inside.end()) return {};
  return reject(place, fmt::format("two interfaces would be called {} inside", quote(*twice)));
}

Status check_paths(const LinuxConfig& config, const Place& place) {
  const bool masked = !config.masked_paths.empty();
  if ((masked || !config.readonly_paths.empty()) && config.find_namespace("mount") == nullptr) {
    return reject(place.at(masked ? "maskedPaths" : "readonlyPaths"),
                  "cannot be set without a mount namespace", "add {\"type\": \"mount\"} to linux.namespaces");
  }
  COVE_TRY(require_all_absolute(config.masked_paths, place.at("maskedPaths")));
  return require_all_absolute(config.readonly_paths, place.at("readonlyPaths"));
}

Status check_seccomp(const Seccomp& seccomp, const Place& place) {
  if (!seccomp.listener_path.empty()) {
    return require_absolute(seccomp.listener_path, place.at("listenerPath"));
  }
  if (seccomp.listener_metadata.empty()) return {};
  return reject(place.at("listenerMetadata"), "cannot be set without listenerPath");
}

// Each becomes one line of a file of resctrl.
Status check_rdt_line(std::string_view line, const Place& place) {
  if (line.find('\n') == std::string_view::npos) return {};
  return reject(place, "must be one line");
}

Status check_intel_rdt(const IntelRdt& rdt, const Place& place) {
  if (rdt.clos_id == "." || rdt.clos_id == ".." || rdt.clos_id.find_first_of("/\n") != std::string::npos) {
    return reject(place.at("closID"), fmt::format("{} is not a directory's name", quote(rdt.clos_id)));
  }
  for (size_t i = 0; i < rdt.schemata.size(); ++i) {
    COVE_TRY(check_rdt_line(rdt.schemata[i], place.at("schemata").at(i)));
  }
  COVE_TRY(check_rdt_line(rdt.l3_cache_schema, place.at("l3CacheSchema")));
  return check_rdt_line(rdt.mem_bw_schema, place.at("memBwSchema"));
}

Status check_personality(const Personality& personality, const Place& place, Warnings& warnings) {
  if (!personality.flags.empty()) warn(warnings, place.at("flags"), "has no effect: no flag is defined");
  return require_known(kPersonalities, personality.domain, place.at("domain"));
}

// As set_mempolicy(2) wants it.
Status check_memory_policy(const MemoryPolicy& policy, const Place& place) {
  COVE_TRY(require_known(kMemoryPolicyModes, policy.mode, place.at("mode")));
  for (size_t i = 0; i < policy.flags.size(); ++i) {
    COVE_TRY(require_known(kMemoryPolicyFlags, policy.flags[i], place.at("flags").at(i)));
  }
  const bool no_nodes = policy.mode == "MPOL_DEFAULT" || policy.mode == "MPOL_LOCAL";
  if (policy.nodes.empty()) {
    if (no_nodes || policy.mode == "MPOL_PREFERRED") return {};
    return reject(place.at("nodes"), fmt::format("must be given with {}", policy.mode));
  }
  if (no_nodes) return reject(place.at("nodes"), fmt::format("cannot be set with {}", policy.mode));
  return require_number_list(policy.nodes, place.at("nodes"));
}

Status check_optional_parts(const LinuxConfig& config, const Place& place, Warnings& warnings) {
  if (config.seccomp.has_value()) COVE_TRY(check_seccomp(*config.seccomp, place.at("seccomp")));
  if (config.intel_rdt.has_value()) COVE_TRY(check_intel_rdt(*config.intel_rdt, place.at("intelRdt")));
  if (config.memory_policy.has_value()) {
    COVE_TRY(check_memory_policy(*config.memory_policy, place.at("memoryPolicy")));
  }
  if (config.personality.has_value()) {
    COVE_TRY(check_personality(*config.personality, place.at("personality"), warnings));
  }
  return {};
}

}  // namespace

Status check_linux(const LinuxConfig& config, const Place& place, Warnings& warnings) {
  COVE_TRY(check_namespaces(config, place.at("namespaces")));
  COVE_TRY(check_user_namespace(config, place, warnings));
  COVE_TRY(check_time_offsets(config, place.at("timeOffsets")));
  COVE_TRY(check_devices(config.devices, place.at("devices")));
  COVE_TRY(check_net_devices(config, place.at("netDevices")));
  COVE_TRY(check_sysctls(config, place.at("sysctl")));
  COVE_TRY(check_paths(config, place));
  if (!config.rootfs_propagation.empty()) {
    COVE_TRY(require_known(kPropagations, config.rootfs_propagation, place.at("rootfsPropagation")));
  }
  COVE_TRY(check_resources(config.resources, place.at("resources"), warnings));
  return check_optional_parts(config, place, warnings);
}

}  // namespace cove::spec

#include <utility>

#include "spec/fields.h"

namespace cove::spec {
namespace {

// One of the strings that the runtime itself needs of the seccomp object.
std::string seccomp_text(FieldVisitor& v, const json::Value& profile, std::string_view key,
                         std::string_view path) {
  const auto* object = std::get_if<json::Object>(&profile.data);
  if (object == nullptr) return {};
  for (const json::Member& member : *object) {
    if (member.key != key || std::holds_alternative<std::nullptr_t>(member.value.data)) continue;
    if (const auto* text = std::get_if<std::string>(&member.value.data)) return *text;
    v.refuse(path, std::string("must be a string, not ").append(json::kind_name(member.value)));
  }
  return {};
}

void seccomp_field(FieldVisitor& v, std::optional<Seccomp>& seccomp) {
  std::optional<json::Value> profile;
  if (seccomp.has_value()) profile = std::move(seccomp->profile);
  v.raw("seccomp", profile);
  if (!profile.has_value()) return;
  seccomp.emplace();
  seccomp->profile = *std::move(profile);
  if (!std::holds_alternative<json::Object>(seccomp->profile.data)) {
    v.refuse("seccomp", std::string("must be an object, not ").append(json::kind_name(seccomp->profile)));
  }
  seccomp->listener_path = seccomp_text(v, seccomp->profile, "listenerPath", "seccomp.listenerPath");
  seccomp->listener_metadata =
      seccomp_text(v, seccomp->profile, "listenerMetadata", "seccomp.listenerMetadata");
}

}  // namespace

void describe(FieldVisitor& v, Namespace& entry) {
  v.required("type", entry.type);
  v.field("path", entry.path);
}

void describe(FieldVisitor& v, IdMapping& mapping) {
  v.required("containerID", mapping.container_id);
  v.required("hostID", mapping.host_id);
  v.required("size", mapping.size);
}

void describe(FieldVisitor& v, TimeOffset& offset) {
  v.always("secs", offset.secs);
  v.always("nanosecs", offset.nanosecs);
}

void describe(FieldVisitor& v, Device& device) {
  v.required("type", device.type);
  v.required("path", device.path);
  v.field("major", device.major);
  v.field("minor", device.minor);
  v.field("fileMode", device.file_mode);
  v.field("uid", device.uid);
  v.field("gid", device.gid);
}

void describe(FieldVisitor& v, NetDevice& device) {
  v.field("name", device.name);
}

void describe(FieldVisitor& v, Personality& personality) {
  v.field("domain", personality.domain);
  v.field("flags", personality.flags);
}

void describe(FieldVisitor& v, IntelRdt& rdt) {
  v.field("closID", rdt.clos_id);
  v.field("schemata", rdt.schemata);
  v.field("l3CacheSchema", rdt.l3_cache_schema);
  v.field("memBwSchema", rdt.mem_bw_schema);
  v.field("enableMonitoring", rdt.enable_monitoring);
  v.field("enableCMT", rdt.enable_cmt);
  v.field("enableMBM", rdt.enable_mbm);
}

void describe(FieldVisitor& v, MemoryPolicy& policy) {
  v.required("mode", policy.mode);
  v.field("nodes", policy.nodes);
  v.field("flags", policy.flags);
}

void describe(FieldVisitor& v, LinuxConfig& config) {
  v.field("uidMappings", config.uid_mappings);
  v.field("gidMappings", config.gid_mappings);
  v.field("sysctl", config.sysctl);
  v.field("resources", config.resources);
  v.field("cgroupsPath", config.cgroups_path);
  v.field("namespaces", config.namespaces);
  v.field("devices", config.devices);
  v.field("netDevices", config.net_devices);
  seccomp_field(v, config.seccomp);
  v.field("rootfsPropagation", config.rootfs_propagation);
  v.field("maskedPaths", config.masked_paths);
  v.field("readonlyPaths", config.readonly_paths);
  v.field("mountLabel", config.mount_label);
  v.field("intelRdt", config.intel_rdt);
  v.field("memoryPolicy", config.memory_policy);
  v.field("personality", config.personality);
  v.field("timeOffsets", config.time_offsets);
}

}  // namespace cove::spec

#include "spec/features.h"

#include "fields/writer.h"
#include "spec/fields.h"

namespace cove::spec {

void describe(FieldVisitor& v, CgroupFeatures& features) {
  v.field("v1", features.v1);
  v.field("v2", features.v2);
  v.field("systemd", features.systemd);
  v.field("systemdUser", features.systemd_user);
  v.field("rdma", features.rdma);
}

void describe(FieldVisitor& v, SeccompFeatures& features) {
  v.field("enabled", features.enabled);
  v.field("actions", features.actions);
  v.field("operators", features.operators);
  v.field("archs", features.archs);
  v.field("knownFlags", features.known_flags);
  v.field("supportedFlags", features.supported_flags);
}

void describe(FieldVisitor& v, EnabledFeature& feature) {
  v.field("enabled", feature.enabled);
}

void describe(FieldVisitor& v, IntelRdtFeatures& features) {
  v.field("enabled", features.enabled);
  v.field("schemata", features.schemata);
  v.field("monitoring", features.monitoring);
}

void describe(FieldVisitor& v, MemoryPolicyFeatures& features) {
  v.field("modes", features.modes);
  v.field("flags", features.flags);
}

void describe(FieldVisitor& v, MountExtensions& extensions) {
  v.field("idmap", extensions.idmap);
}

void describe(FieldVisitor& v, LinuxFeatures& features) {
  v.field("namespaces", features.namespaces);
  v.field("capabilities", features.capabilities);
  v.field("cgroup", features.cgroup);
  v.field("seccomp", features.seccomp);
  v.field("apparmor", features.apparmor);
  v.field("selinux", features.selinux);
  v.field("intelRdt", features.intel_rdt);
  v.field("memoryPolicy", features.memory_policy);
  v.field("mountExtensions", features.mount_extensions);
  v.field("netDevices", features.net_devices);
}

void describe(FieldVisitor& v, Features& features) {
  v.required("ociVersionMin", features.oci_version_min);
  v.required("ociVersionMax", features.oci_version_max);
  v.field("hooks", features.hooks);
  v.field("mountOptions", features.mount_options);
  v.field("linux", features.linux_features);
  v.field("annotations", features.annotations);
  v.field("potentiallyUnsafeConfigAnnotations", features.potentially_unsafe_config_annotations);
}

std::string print_features(const Features& features) {
  return fields::print_object(features, JsonWriter::Layout::indented);
}

}  // namespace cove::spec

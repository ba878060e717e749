// The features document of the OCI runtime specification (features.md, features-linux.md): what this runtime
// knows, whatever the machine allows. Data in, JSON out. Pure.
//
// nullopt is "unknown" and is left out; an empty list says "none".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "spec/process.h"

namespace cove::spec {

using fields::StringList;

struct CgroupFeatures {
  std::optional<bool> v1;
  std::optional<bool> v2;
  std::optional<bool> systemd;
  std::optional<bool> systemd_user;
  std::optional<bool> rdma;
};

struct SeccompFeatures {
  std::optional<bool> enabled;
  StringList actions;
  StringList operators;
  StringList archs;
  StringList known_flags;
  StringList supported_flags;
};

struct EnabledFeature {
  std::optional<bool> enabled;
};

struct IntelRdtFeatures {
  std::optional<bool> enabled;
  std::optional<bool> schemata;
  std::optional<bool> monitoring;
};

struct MemoryPolicyFeatures {
  StringList modes;
  StringList flags;
};

struct MountExtensions {
  EnabledFeature idmap;
};

struct LinuxFeatures {
  StringList namespaces;
  StringList capabilities;
  CgroupFeatures cgroup;
  SeccompFeatures seccomp;
  EnabledFeature apparmor;
  EnabledFeature selinux;
  IntelRdtFeatures intel_rdt;
  MemoryPolicyFeatures memory_policy;
  MountExtensions mount_extensions;
  EnabledFeature net_devices;
};

struct Features {
  std::string oci_version_min;
  std::string oci_version_max;
  StringList hooks;
  StringList mount_options;
  LinuxFeatures linux_features;
  StringMap annotations;
  StringList potentially_unsafe_config_annotations;
};

// Indented JSON with a final newline.
std::string print_features(const Features& features);

}  // namespace cove::spec

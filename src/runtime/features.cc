#include "runtime/features.h"

#include "kernel/caps/capability.h"
#include "runtime/mount_options.h"
#include "spec/words.h"

namespace cove::runtime {
namespace {

template <size_t N>
std::vector<std::string> list_of(const std::array<std::string_view, N>& words) {
  return {words.begin(), words.end()};
}

std::vector<std::string> capability_names() {
  std::vector<std::string> names;
  for (unsigned number = 0; number < caps::kCapabilityCount; ++number)
    names.emplace_back(caps::capability_name(number));
  return names;
}

spec::SeccompFeatures seccomp_features() {
  spec::SeccompFeatures seccomp;
  seccomp.enabled = true;
  seccomp.actions = {"SCMP_ACT_ALLOW",        "SCMP_ACT_ERRNO",       "SCMP_ACT_KILL",
                     "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_LOG",
                     "SCMP_ACT_NOTIFY",       "SCMP_ACT_TRACE",       "SCMP_ACT_TRAP"};
  seccomp.operators = {"SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT",       "SCMP_CMP_LE",
                       "SCMP_CMP_LT", "SCMP_CMP_NE", "SCMP_CMP_MASKED_EQ"};
  seccomp.archs = {"SCMP_ARCH_X32", "SCMP_ARCH_X86", "SCMP_ARCH_X86_64"};
  seccomp.known_flags = {"SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
                         "SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"};
  seccomp.supported_flags = seccomp.known_flags;
  return seccomp;
}

}  // namespace

spec::Features features() {
  spec::Features features;
  features.oci_version_min = spec::kVersionMin;
  features.oci_version_max = spec::kVersionMax;
  features.hooks = list_of(spec::kHooks);
  features.mount_options = known_mount_options();
  spec::LinuxFeatures& linux_features = features.linux_features;
  linux_features.namespaces = list_of(spec::kNamespaces);
  linux_features.capabilities = capability_names();
  linux_features.cgroup = {.v1 = true, .v2 = true, .systemd = true, .systemd_user = true, .rdma = true};
  linux_features.seccomp = seccomp_features();
  linux_features.apparmor = {true};
  linux_features.selinux = {true};
  linux_features.intel_rdt = {.enabled = true, .schemata = true, .monitoring = true};
  linux_features.memory_policy.modes = list_of(spec::kMemoryPolicyModes);
  linux_features.memory_policy.flags = list_of(spec::kMemoryPolicyFlags);
  linux_features.mount_extensions.idmap = {true};
  linux_features.net_devices = {true};
  features.annotations.emplace_back("org.cove.version", COVE_VERSION);
  return features;
}

}  // namespace cove::runtime

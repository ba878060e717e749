#include "spec/features.h"

#include <gtest/gtest.h>

#include "spec/test_json.h"

namespace cove::spec {
namespace {

using testing::flat;

TEST(Features, UnknownIsLeftOutAndNoneIsAnEmptyList) {
  Features features{.oci_version_min = "1.0.0", .oci_version_max = "1.3.0"};
  features.hooks = {"prestart", "poststop"};
  features.mount_options.emplace();
  features.linux_features.cgroup.rdma = false;
  EXPECT_EQ(print_features(features), R"({
  "ociVersionMin": "1.0.0",
  "ociVersionMax": "1.3.0",
  "hooks": [
    "prestart",
    "poststop"
  ],
  "mountOptions": [],
  "linux": {
    "cgroup": {
      "rdma": false
    }
  }
}
)");
}

TEST(Features, HasEveryPropertyOfTheSpecification) {
  const std::vector<std::string> one{"x"};
  const Features features{.oci_version_min = "1.0.0",
                          .oci_version_max = "1.3.0",
                          .hooks = one,
                          .mount_options = one,
                          .linux_features = {.namespaces = one,
                                             .capabilities = one,
                                             .cgroup = {true, true, true, true, true},
                                             .seccomp = {true, one, one, one, one, one},
                                             .apparmor = {true},
                                             .selinux = {true},
                                             .intel_rdt = {true, true, true},
                                             .memory_policy = {one, one},
                                             .mount_extensions = {.idmap = {true}},
                                             .net_devices = {true}},
                          .annotations = {{"a", "b"}},
                          .potentially_unsafe_config_annotations = one};
  EXPECT_EQ(flat(print_features(features)), flat(R"({
    "ociVersionMin": "1.0.0", "ociVersionMax": "1.3.0", "hooks": ["x"], "mountOptions": ["x"],
    "linux": {
      "namespaces": ["x"], "capabilities": ["x"],
      "cgroup": {"v1": true, "v2": true, "systemd": true, "systemdUser": true, "rdma": true},
      "seccomp": {"enabled": true, "actions": ["x"], "operators": ["x"], "archs": ["x"], "knownFlags": ["x"],
                  "supportedFlags": ["x"]},
      "apparmor": {"enabled": true}, "selinux": {"enabled": true},
      "intelRdt": {"enabled": true, "schemata": true, "monitoring": true},
      "memoryPolicy": {"modes": ["x"], "flags": ["x"]},
      "mountExtensions": {"idmap": {"enabled": true}}, "netDevices": {"enabled": true}
    },
    "annotations": {"a": "b"}, "potentiallyUnsafeConfigAnnotations": ["x"]
  })"));
}

}  // namespace
}  // namespace cove::spec

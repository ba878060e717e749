#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spec/test_refusals.h"

namespace cove::spec {
namespace {

using ::testing::HasSubstr;
using testing::linux_verdict;
using testing::remove_namespace;
using ::testing::StartsWith;

TEST(ValidateLinux, Namespaces) {
  EXPECT_THAT(
      linux_verdict([](LinuxConfig& config) { config.namespaces.push_back({"net"}); }),
      StartsWith("linux.namespaces[7].type: unknown value 'net'; use one of cgroup, ipc, mount, network, "));
  EXPECT_EQ(linux_verdict([](LinuxConfig& config) { config.namespaces.push_back({"pid"}); }),
            "linux.namespaces[7].type: pid was given before");
  EXPECT_EQ(linux_verdict([](LinuxConfig& config) { config.namespaces[1].path = "proc/1/ns/pid"; }),
            "linux.namespaces[1].path: 'proc/1/ns/pid' is not an absolute path");
  EXPECT_EQ(linux_verdict([](LinuxConfig& config) { config.namespaces.clear(); }), "accepted");
}

std::string mapping_verdict(const std::vector<IdMapping>& uids, const char* path = "") {
  return linux_verdict([&](LinuxConfig& config) {
    config.namespaces.push_back({"user", path});
    config.uid_mappings = uids;
  });
}

TEST(ValidateLinux, IdMappings) {
  EXPECT_EQ(mapping_verdict({{0, 1000, 1}, {1, 100000, 65536}}), "accepted");
  EXPECT_EQ(mapping_verdict({{2, 2, 0xfffffffd}}), "accepted");
  EXPECT_EQ(mapping_verdict({{2, 2, 0xfffffffe}}),
            "linux.uidMappings[0]: goes beyond the last id, 4294967294");
  EXPECT_EQ(mapping_verdict({{0, 0, 0}}), "linux.uidMappings[0].size: must not be 0");
  EXPECT_EQ(mapping_verdict({{0, 0, 10}, {9, 100, 1}}),
            "linux.uidMappings[1]: overlaps linux.uidMappings[0]");
  EXPECT_EQ(mapping_verdict({{0, 0, 10}, {10, 9, 1}}), "linux.uidMappings[1]: overlaps linux.uidMappings[0]");
  EXPECT_THAT(mapping_verdict({}),
              StartsWith("linux.uidMappings: must be given for a new user namespace [to be root"));
  EXPECT_EQ(mapping_verdict({}, "/proc/1/ns/user"), "accepted");
  EXPECT_EQ(mapping_verdict({{0, 0, 1}}, "/proc/1/ns/user"),
            "warning: linux.uidMappings: has no effect: the user namespace to join has its own");
  std::vector<IdMapping> many;
  for (uint32_t i = 0; i < 341; ++i) many.push_back({i, i, 1});
  EXPECT_EQ(mapping_verdict(many), "linux.uidMappings: 341 mappings; the kernel takes at most 340");
  EXPECT_THAT(linux_verdict([](LinuxConfig& config) {
                config.gid_mappings = {{0, 0, 1}};
              }),
              StartsWith("linux.gidMappings: cannot be set without a user namespace"));
}

TEST(ValidateLinux, TimeOffsets) {
  EXPECT_EQ(linux_verdict([](LinuxConfig& config) {
              config.time_offsets = {{"boottime", {-5, 999'999'999}}};
            }),
            "accepted");
  EXPECT_EQ(linux_verdict([](LinuxConfig& config) {
              config.time_offsets = {{"monotonic", {0, 1'000'000'000}}};
            }),
            "linux.timeOffsets.monotonic.nanosecs: must be below 1000000000, not 1000000000");
  EXPECT_EQ(linux_verdict([](LinuxConfig& config) {
              config.time_offsets = {{"realtime", {}}};
            }),
            "linux.timeOffsets: unknown value 'realtime'; use one of boottime, monotonic");
  EXPECT_THAT(linux_verdict([](LinuxConfig& config) {
                config.time_offsets = {{"boottime", {}}};
                remove_namespace(config, "time");
              }),
              StartsWith("linux.timeOffsets: cannot be set without a time namespace"));
  EXPECT_EQ(linux_verdict([](LinuxConfig& config) {
              config.time_offsets = {{"boottime", {}}};
              config.namespaces.back().path = "/proc/1/ns/time";
            }),
            "linux.timeOffsets: cannot be set for a time namespace that is joined");
}

std::string device_verdict(const Device& device) {
  return linux_verdict([&](LinuxConfig& config) { config.devices = {device}; });
}

TEST(ValidateLinux, Devices) {
  for (const char* type : {"c", "u", "b"}) {
    EXPECT_EQ(device_verdict({.type = type, .path = "/dev/a", .major = 1, .minor = 0}), "accepted");
  }
  EXPECT_EQ(device_verdict({.type = "p", .path = "/dev/a"}), "accepted");
  EXPECT_EQ(device_verdict({.type = "a", .path = "/dev/a", .major = 1, .minor = 0}),
            "linux.devices[0].type: must be 'c', 'u', 'b' or 'p', not 'a'");
  EXPECT_EQ(device_verdict({.type = "", .path = "/dev/a"}),
            "linux.devices[0].type: must be 'c', 'u', 'b' or 'p', not ''");
  EXPECT_EQ(device_verdict({.type = "c", .path = "dev/a", .major = 1, .minor = 0}),
            "linux.devices[0].path: 'dev/a' is not an absolute path");
  EXPECT_EQ(device_verdict({.type = "c", .path = "/dev/a", .minor = 0}),
            "linux.devices[0].major: must be given, and not negative");
  EXPECT_EQ(device_verdict({.type = "b", .path = "/dev/a", .major = 1, .minor = -1}),
            "linux.devices[0].minor: must be given, and not negative");
}

std::string net_verdict(const Map<NetDevice>& devices) {
  return linux_verdict([&](LinuxConfig& config) { config.net_devices = devices; });
}

TEST(ValidateLinux, NetDevices) {
  EXPECT_EQ(net_verdict({{"eth0", {}}, {"eth1", {"eth2"}}}), "accepted");
  EXPECT_EQ(net_verdict({{"eth0", {}}, {"eth1", {"eth0"}}}),
            "linux.netDevices: two interfaces would be called 'eth0' inside");
  EXPECT_EQ(net_verdict({{"eth0", {"a/b"}}}),
            "linux.netDevices.eth0.name: 'a/b' is not the name of an interface");
  for (const char* name : {"", ".", "..", "a b", "a:b", "sixteen-letters-"}) {
    EXPECT_THAT(net_verdict({{name, {}}}), HasSubstr("is not the name of an interface")) << name;
  }
  EXPECT_THAT(linux_verdict([](LinuxConfig& config) {
                config.net_devices = {{"eth0", {}}};
                remove_namespace(config, "network");
              }),
              StartsWith("linux.netDevices: cannot be set without a network namespace"));
}

std::string sysctl_verdict(const char* key, const char* removed = "none") {
  return linux_verdict([&](LinuxConfig& config) {
    config.sysctl = {{key, "1"}};
    remove_namespace(config, removed);
  });
}

TEST(ValidateLinux, SysctlsNeedTheirNamespace) {
  for (const char* key : {"net.ipv4.ip_forward", "net/ipv4/ip_forward", "kernel.shm_rmid_forced",
                          "kernel.sem", "fs.mqueue.msg_max", "kernel.domainname"}) {
    EXPECT_EQ(sysctl_verdict(key), "accepted") << key;
  }
  EXPECT_EQ(sysctl_verdict("net.core.somaxconn", "network"),
            "linux.sysctl: 'net.core.somaxconn' cannot be set without a network namespace "
            "[add {\"type\": \"network\"} to linux.namespaces]");
  EXPECT_THAT(sysctl_verdict("fs.mqueue.msg_max", "ipc"), HasSubstr("without an ipc namespace"));
  EXPECT_THAT(sysctl_verdict("kernel.domainname", "uts"), HasSubstr("without a uts namespace"));
  EXPECT_THAT(sysctl_verdict("kernel.hostname"),
              StartsWith("linux.sysctl: 'kernel.hostname' is set by the property"));
  EXPECT_THAT(sysctl_verdict("kernel.core_pattern"), HasSubstr("belongs to no namespace"));
  EXPECT_THAT(sysctl_verdict("vm.swappiness"), HasSubstr("belongs to no namespace"));
  EXPECT_THAT(sysctl_verdict("net/../kernel/core_pattern"), HasSubstr("is not a sysctl"));
}

TEST(ValidateLinux, Paths) {
  EXPECT_EQ(linux_verdict([](LinuxConfig& config) {
              config.masked_paths = {"/proc/kcore", "sys"};
            }),
            "linux.maskedPaths[1]: 'sys' is not an absolute path");
  EXPECT_EQ(linux_verdict([](LinuxConfig& config) { config.readonly_paths = {""}; }),
            "linux.readonlyPaths[0]: must not be empty");
  EXPECT_THAT(linux_verdict([](LinuxConfig& config) {
                config.readonly_paths = {"/proc"};
                remove_namespace(config, "mount");
              }),
              StartsWith("linux.readonlyPaths: cannot be set without a mount namespace"));
}

TEST(ValidateLinux, Propagation) {
  for (const char* word :
       {"", "private", "rprivate", "slave", "rslave", "shared", "rshared", "unbindable", "runbindable"}) {
    EXPECT_EQ(linux_verdict([&](LinuxConfig& config) { config.rootfs_propagation = word; }), "accepted")
        << word;
  }
  EXPECT_THAT(linux_verdict([](LinuxConfig& config) { config.rootfs_propagation = "Private"; }),
              StartsWith("linux.rootfsPropagation: unknown value 'Private'"));
}

TEST(ValidateLinux, SeccompListener) {
  EXPECT_EQ(linux_verdict([](LinuxConfig& config) {
              config.seccomp = Seccomp{{}, "/run/agent", "m"};
            }),
            "accepted");
  EXPECT_EQ(linux_verdict([](LinuxConfig& config) {
              config.seccomp = Seccomp{{}, "agent", ""};
            }),
            "linux.seccomp.listenerPath: 'agent' is not an absolute path");
  EXPECT_EQ(linux_verdict([](LinuxConfig& config) {
              config.seccomp = Seccomp{{}, "", "m"};
            }),
            "linux.seccomp.listenerMetadata: cannot be set without listenerPath");
}

TEST(ValidateLinux, Personality) {
  EXPECT_EQ(linux_verdict([](LinuxConfig& config) { config.personality = Personality{"LINUX32"}; }),
            "accepted");
  EXPECT_EQ(linux_verdict([](LinuxConfig& config) { config.personality = Personality{"BSD"}; }),
            "linux.personality.domain: unknown value 'BSD'; use one of LINUX, LINUX32");
  EXPECT_EQ(linux_verdict([](LinuxConfig& config) {
              config.personality = Personality{"LINUX", {"X"}};
            }),
            "warning: linux.personality.flags: has no effect: no flag is defined");
}

TEST(ValidateLinux, IntelRdt) {
  EXPECT_EQ(linux_verdict([](LinuxConfig& config) {
              config.intel_rdt = IntelRdt{"group", {"L3:0=f"}};
            }),
            "accepted");
  for (const char* name : {".", "..", "a/b", "a\nb"}) {
    EXPECT_THAT(linux_verdict([&](LinuxConfig& config) { config.intel_rdt = IntelRdt{name}; }),
                StartsWith("linux.intelRdt.closID: '"))
        << name;
  }
  EXPECT_EQ(linux_verdict([](LinuxConfig& config) {
              config.intel_rdt = IntelRdt{"", {"a", "b\nc"}};
            }),
            "linux.intelRdt.schemata[1]: must be one line");
  EXPECT_EQ(linux_verdict([](LinuxConfig& config) { config.intel_rdt = IntelRdt{.mem_bw_schema = "MB:\n"}; }),
            "linux.intelRdt.memBwSchema: must be one line");
  EXPECT_EQ(linux_verdict([](LinuxConfig& config) { config.intel_rdt = IntelRdt{.l3_cache_schema = "\n"}; }),
            "linux.intelRdt.l3CacheSchema: must be one line");
}

std::string policy_verdict(const MemoryPolicy& policy) {
  return linux_verdict([&](LinuxConfig& config) { config.memory_policy = policy; });
}

TEST(ValidateLinux, MemoryPolicy) {
  EXPECT_EQ(policy_verdict({"MPOL_BIND", "0-1", {"MPOL_F_STATIC_NODES"}}), "accepted");
  EXPECT_EQ(policy_verdict({"MPOL_DEFAULT", ""}), "accepted");
  EXPECT_EQ(policy_verdict({"MPOL_PREFERRED", ""}), "accepted");
  EXPECT_EQ(policy_verdict({"MPOL_BIND", ""}), "linux.memoryPolicy.nodes: must be given with MPOL_BIND");
  EXPECT_EQ(policy_verdict({"MPOL_LOCAL", "0"}), "linux.memoryPolicy.nodes: cannot be set with MPOL_LOCAL");
  EXPECT_THAT(policy_verdict({"MPOL_BIND", "x"}), StartsWith("linux.memoryPolicy.nodes: 'x' is not a list"));
  EXPECT_THAT(policy_verdict({"BIND", "0"}), StartsWith("linux.memoryPolicy.mode: unknown value 'BIND'"));
  EXPECT_THAT(policy_verdict({"MPOL_BIND", "0", {"F"}}),
              StartsWith("linux.memoryPolicy.flags[0]: unknown value 'F'"));
}

std::string resources_verdict(const Resources& resources) {
  return linux_verdict([&](LinuxConfig& config) { config.resources = resources; });
}

TEST(ValidateResources, DeviceRules) {
  EXPECT_EQ(resources_verdict(
                {.devices = {{}, {.allow = true, .type = "c", .major = 1, .minor = -1, .access = "rwm"}}}),
            "accepted");
  EXPECT_EQ(resources_verdict({.devices = {{.type = "x"}}}),
            "linux.resources.devices[0].type: must be 'a', 'c' or 'b', not 'x'");
  EXPECT_EQ(resources_verdict({.devices = {{.access = "rx"}}}),
            "linux.resources.devices[0].access: 'rx' has letters besides r, w and m");
  EXPECT_THAT(resources_verdict({.devices = {{.major = -2}}}),
              StartsWith("linux.resources.devices[0].major: must be -1"));
  EXPECT_THAT(resources_verdict({.devices = {{.minor = -2}}}),
              StartsWith("linux.resources.devices[0].minor: must be -1"));
}

TEST(ValidateResources, Numbers) {
  EXPECT_EQ(resources_verdict({.memory = {.limit = -1, .swap = 0, .swappiness = 100}, .cpu = {.idle = 1}}),
            "accepted");
  EXPECT_EQ(resources_verdict({.memory = {.limit = -2}}),
            "linux.resources.memory.limit: must be -1 (unlimited) or a number of bytes, not -2");
  EXPECT_EQ(resources_verdict({.memory = {.swappiness = 101}}),
            "linux.resources.memory.swappiness: must be from 0 to 100, not 101");
  EXPECT_EQ(resources_verdict({.memory = {.kernel = 5}}),
            "warning: linux.resources.memory.kernel: has no effect: the kernel gave up this limit");
  EXPECT_EQ(resources_verdict({.cpu = {.idle = 2}}), "linux.resources.cpu.idle: must be 0 or 1, not 2");
  EXPECT_EQ(resources_verdict({.block_io = {.throttle_write_bps_device = {{8, -1, 5}}}}),
            "linux.resources.blockIO.throttleWriteBpsDevice[0].minor: must not be negative");
  EXPECT_EQ(resources_verdict({.block_io = {.weight_device = {{-8, 1}}}}),
            "linux.resources.blockIO.weightDevice[0].major: must not be negative");
}

TEST(ValidateResources, NamesOfFilesAndDevices) {
  EXPECT_EQ(resources_verdict({.hugepage_limits = {{"2MB", 1}, {"1GB", 1}, {"64KB", 1}}}), "accepted");
  for (const char* size : {"", "MB", "2M", "0MB", "2TB", "2MB ", "../MB"}) {
    EXPECT_THAT(resources_verdict({.hugepage_limits = {{size, 1}}}),
                StartsWith("linux.resources.hugepageLimits[0].pageSize: must be as '2MB'"))
        << size;
  }
  EXPECT_EQ(resources_verdict({.unified = {{"memory.high", "max"}}}), "accepted");
  for (const char* file : {"", "memory", "a/b.c", "../memory.max", "a b.c"}) {
    EXPECT_THAT(resources_verdict({.unified = {{file, "1"}}}), HasSubstr("is not a file of a cgroup"))
        << file;
  }
  EXPECT_EQ(resources_verdict({.network = {.priorities = {{"eth0 5", 1}}}}),
            "linux.resources.network.priorities[0].name: must be the name of a network interface");
  EXPECT_EQ(resources_verdict({.rdma = {{"mlx5 x", {}}}}), "linux.resources.rdma: 'mlx5 x' is no device");
}

TEST(ValidateResources, PathsBeginAtTheResources) {
  EXPECT_EQ(validate(Resources{.cpu = {.idle = 2}}).error().message(), "cpu.idle: must be 0 or 1, not 2");
}

}  // namespace
}  // namespace cove::spec

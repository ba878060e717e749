#include "runtime/compile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <algorithm>

#include "launch/hooks.h"
#include "sys/mount.h"

namespace cove::runtime {
namespace {

using launch::MountKind;
using launch::MountPlan;
using launch::NamespaceKind;
using launch::NamespaceMode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr std::string_view kNamespaces = R"({"type": "mount"}, {"type": "pid"}, {"type": "network"})";

// A config.json with the members given: of process, of linux, and of the document. Each begins with ','.
struct Config {
  std::string process;
  std::string config;
  std::string document;
  std::string namespaces = std::string(kNamespaces);
};

std::string text_of(const Config& config) {
  return R"({"ociVersion": "1.2.0", "root": {"path": "rootfs"}, "process": {"cwd": "/", "args": ["sh"], )"
         R"("user": {"uid": 7, "gid": 8, "additionalGids": [9]})" +
         config.process + R"(}, "linux": {"namespaces": [)" + config.namespaces + "]" + config.config + "}" +
         config.document + "}";
}

Facts root_facts() {
  Facts facts;
  facts.id = "c1";
  facts.bundle = "/bundle";
  facts.rootfs = "/bundle/rootfs";
  facts.start_socket = "/run/c1/start.sock";
  facts.privileged = true;
  facts.permitted = caps::CapabilitySet::all();
  facts.cgroup_place.id = "c1";
  return facts;
}

Result<launch::LaunchPlan> compile(const Config& config, const Facts& facts = root_facts(),
                                   const CreateOptions& options = {}) {
  const spec::Spec spec = COVE_TRY(spec::parse_spec(text_of(config)));
  COVE_TRY(spec::validate(spec));
  return compile_plan(spec, facts, options);
}

launch::LaunchPlan plan_of(const Config& config, const Facts& facts = root_facts(),
                           const CreateOptions& options = {}) {
  Result<launch::LaunchPlan> plan = compile(config, facts, options);
  EXPECT_TRUE(plan.ok()) << plan.error().message();
  return plan.ok() ? std::move(*plan) : launch::LaunchPlan();
}

std::string refusal(const Config& config, const Facts& facts = root_facts()) {
  const Result<launch::LaunchPlan> plan = compile(config, facts);
  return plan.ok() ? "accepted" : plan.error().message();
}

const MountPlan* find_mount(const launch::LaunchPlan& plan, std::string_view target) {
  const auto found = std::find_if(plan.mounts.begin(), plan.mounts.end(),
                                  [&](const MountPlan& mount) { return mount.target == target; });
  return found == plan.mounts.end() ? nullptr : &*found;
}

TEST(CompileConfig, TheSmallestOne) {
  const launch::LaunchPlan plan = plan_of({});
  EXPECT_EQ(plan.id, "c1");
  EXPECT_TRUE(plan.container.enabled);
  EXPECT_EQ(plan.container.start_socket, "/run/c1/start.sock");
  EXPECT_EQ(plan.root.kind, launch::RootKind::bind);
  EXPECT_EQ(plan.root.source, "/bundle/rootfs");
  EXPECT_FALSE(plan.root.read_only);
  EXPECT_THAT(plan.process.argv, ElementsAre("sh"));
  ASSERT_TRUE(plan.process.exact_user);
  EXPECT_EQ(plan.process.exact_user->uid, 7U);
  EXPECT_EQ(plan.process.exact_user->gid, 8U);
  EXPECT_THAT(plan.process.exact_user->additional_gids, ElementsAre(9U));
  EXPECT_FALSE(plan.lockdown.no_new_privs);
  EXPECT_TRUE(plan.lockdown.new_session_keyring);
  EXPECT_THAT(plan.lockdown.seccomp, IsEmpty());
  EXPECT_THAT(plan.warnings, IsEmpty());
}

TEST(CompileConfig, Namespaces) {
  const launch::LaunchPlan plan = plan_of(
      {.namespaces = R"({"type": "mount"}, {"type": "network", "path": "/run/netns/a"}, {"type": "uts"})"});
  EXPECT_TRUE(plan.is_fresh(NamespaceKind::mount));
  EXPECT_TRUE(plan.is_fresh(NamespaceKind::uts));
  EXPECT_EQ(plan.ns(NamespaceKind::network), (launch::NamespacePlan{NamespaceMode::join, "/run/netns/a"}));
  EXPECT_EQ(plan.ns(NamespaceKind::pid).mode, NamespaceMode::host);
  // Its interfaces are its owner's.
  EXPECT_FALSE(plan.loopback_up);
  EXPECT_TRUE(plan_of({}).loopback_up);
  EXPECT_EQ(refusal({.namespaces = R"({"type": "pid"})"}), "linux.namespaces: a mount namespace is needed");
}

TEST(CompileConfig, IdMaps) {
  const std::string user = std::string(kNamespaces) + R"(, {"type": "user"})";
  const launch::LaunchPlan plan =
      plan_of({.config = R"(, "uidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],
                      "gidMappings": [{"containerID": 0, "hostID": 200000, "size": 65536}])",
               .namespaces = user});
  EXPECT_THAT(plan.idmap.maps.uids, ElementsAre(idmap::IdRange{0, 100000, 65536}));
  EXPECT_THAT(plan.idmap.maps.gids, ElementsAre(idmap::IdRange{0, 200000, 65536}));
  // mknod(2) is of no use there: the host's nodes are bound.
  ASSERT_NE(find_mount(plan, "/dev/null"), nullptr);
  EXPECT_EQ(find_mount(plan, "/dev/null")->source, "/dev/null");
  EXPECT_EQ(find_mount(plan_of({}), "/dev/null")->source, "");
  EXPECT_THAT(refusal({.namespaces = user}), HasSubstr("linux.uidMappings"));
}

TEST(CompileConfig, TimeAndNames) {
  const launch::LaunchPlan plan =
      plan_of({.config = R"(, "timeOffsets": {"boottime": {"secs": 2, "nanosecs": 5}})",
               .document = R"(, "hostname": "h", "domainname": "d")",
               .namespaces = R"({"type": "mount"}, {"type": "uts"}, {"type": "time"})"});
  EXPECT_EQ(plan.time_offsets.boottime_ns, 2'000'000'005);
  EXPECT_EQ(plan.hostname, "h");
  EXPECT_EQ(plan.domainname, "d");
}

TEST(CompileConfig, SysctlsAreTheContainersOwnOnly) {
  const launch::LaunchPlan plan = plan_of({.config = R"(, "sysctl": {"net.ipv4.ip_forward": "1"})"});
  ASSERT_EQ(plan.sysctls.size(), 1U);
  EXPECT_EQ(plan.sysctls[0].key, "net.ipv4.ip_forward");
  EXPECT_EQ(plan.sysctls[0].value, "1");
  EXPECT_THAT(refusal({.config = R"(, "sysctl": {"kernel.shmmax": "1"})"}), HasSubstr("kernel.shmmax"));
  EXPECT_THAT(refusal({.config = R"(, "sysctl": {"vm.swappiness": "1"})"}), HasSubstr("vm.swappiness"));
}

TEST(CompileConfig, Mounts) {
  const launch::LaunchPlan plan = plan_of({.document = R"(, "mounts": [
      {"destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid"]},
      {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["size=1m", "ro", "tmpcopyup"]},
      {"destination": "/data", "source": "data", "options": ["rbind", "rro", "rslave"]},
      {"destination": "/data", "options": ["remount", "noexec"]}])"});
  ASSERT_GE(plan.mounts.size(), 4U);
  EXPECT_EQ(plan.mounts[0].kind, MountKind::filesystem);
  EXPECT_EQ(plan.mounts[0].attributes, uint64_t{MOUNT_ATTR_NOSUID});
  EXPECT_TRUE(plan.mounts[0].no_symlink);
  EXPECT_THAT(plan.mounts[1].options, ElementsAre(Pair("size", "1m")));
  // What it begins with must be written first.
  EXPECT_TRUE(plan.mounts[1].copy_up);
  EXPECT_EQ(plan.mounts[1].attributes, 0U);
  EXPECT_THAT(plan.mounts[1].changes, ElementsAre(launch::AttributeChange{.set = MOUNT_ATTR_RDONLY}));
  EXPECT_EQ(plan.mounts[2].kind, MountKind::bind);
  EXPECT_EQ(plan.mounts[2].source, "/bundle/data");
  EXPECT_TRUE(plan.mounts[2].recursive);
  EXPECT_EQ(plan.mounts[2].propagation, uint64_t{MS_SLAVE});
  EXPECT_THAT(plan.mounts[2].changes,
              ElementsAre(launch::AttributeChange{.set = MOUNT_ATTR_RDONLY, .recursive = true},
                          launch::AttributeChange{.propagation = MS_SLAVE, .recursive = true}));
  EXPECT_EQ(plan.mounts[3].kind, MountKind::change);
  EXPECT_THAT(refusal({.document = R"(, "mounts": [{"destination": "/a", "source": "b"}])"}),
              HasSubstr("mounts[0] (/a)"));
}

TEST(CompileConfig, RootAndPaths) {
  const launch::LaunchPlan plan = plan_of({.config = R"(, "rootfsPropagation": "rshared",
      "maskedPaths": ["/proc/kcore"], "readonlyPaths": ["/proc/sys"])"});
  EXPECT_EQ(plan.root.propagation, uint64_t{MS_SHARED | MS_REC});
  ASSERT_GE(plan.mounts.size(), 2U);
  EXPECT_EQ(plan.mounts.back().kind, MountKind::mask);
  EXPECT_EQ(plan.mounts[plan.mounts.size() - 2].kind, MountKind::read_only);
  CreateOptions options;
  options.no_pivot = true;
  options.no_new_keyring = true;
  options.streams.preserve_fds = 2;
  const launch::LaunchPlan other = plan_of({}, root_facts(), options);
  EXPECT_TRUE(other.root.without_pivot);
  EXPECT_FALSE(other.lockdown.new_session_keyring);
  EXPECT_EQ(other.process.preserved_fds, 2U);
}

TEST(CompileConfig, Devices) {
  const launch::LaunchPlan plan = plan_of({.config = R"(, "devices": [
      {"path": "/dev/fuse", "type": "c", "major": 10, "minor": 229, "fileMode": 432, "uid": 1, "gid": 2},
      {"path": "/dev/null", "type": "p"}])"});
  const MountPlan* fuse = find_mount(plan, "/dev/fuse");
  ASSERT_NE(fuse, nullptr);
  EXPECT_EQ(fuse->kind, MountKind::device);
  EXPECT_EQ(fuse->device.type, 'c');
  EXPECT_EQ(fuse->device.major, 10U);
  EXPECT_EQ(fuse->device.minor, 229U);
  EXPECT_EQ(fuse->device.mode, 0660U);
  EXPECT_EQ(fuse->device.uid, 1U);
  EXPECT_EQ(fuse->device.gid, 2U);
  // One that is named takes the default's place.
  EXPECT_EQ(std::count_if(plan.mounts.begin(), plan.mounts.end(),
                          [](const MountPlan& mount) { return mount.target == "/dev/null"; }),
            1);
  EXPECT_EQ(find_mount(plan, "/dev/null")->device.type, 'p');
  // The host's own /dev is left alone.
  const launch::LaunchPlan bound = plan_of(
      {.document = R"(, "mounts": [{"destination": "/dev", "source": "/dev", "options": ["bind"]}])"});
  EXPECT_EQ(find_mount(bound, "/dev/null"), nullptr);
}

constexpr std::string_view kMapped = R"(, "uidMappings": [{"containerID": 0, "hostID": 1000, "size": 20}],)"
                                     R"("gidMappings": [{"containerID": 0, "hostID": 2000, "size": 20}],)";

TEST(CompileConfig, WhatAUserNamespaceCannotDoIsDoneOutside) {
  Config config;
  config.namespaces += R"(, {"type": "user"})";
  config.config =
      std::string(kMapped) +
      R"("devices": [{"path": "/dev/d", "type": "c", "major": 1, "minor": 3, "uid": 10, "gid": 11}])";
  config.document = R"(, "mounts": [{"destination": "/a", "source": "/closed/a", "options": ["bind"]},)"
                    R"({"destination": "/b", "source": "/open/b", "options": ["bind"]}])";
  Facts facts = root_facts();
  facts.closed_sources = {"/closed/a", "/bundle/rootfs"};
  const launch::LaunchPlan plan = plan_of(config, facts);
  EXPECT_TRUE(plan.root.outside);
  EXPECT_TRUE(find_mount(plan, "/a")->outside);
  EXPECT_FALSE(find_mount(plan, "/b")->outside);
  const MountPlan* device = find_mount(plan, "/dev/d");
  EXPECT_TRUE(device->outside);
  EXPECT_EQ(device->source, "");
  EXPECT_EQ(device->device.uid, 1010U);
  EXPECT_EQ(device->device.gid, 2011U);
  // Without the right to make nodes the host's is bound.
  facts.permitted = {};
  EXPECT_FALSE(find_mount(plan_of(config, facts), "/dev/d")->outside);
  EXPECT_EQ(find_mount(plan_of(config, facts), "/dev/d")->source, "/dev/d");
}

TEST(CompileConfig, ADevicesOwnerMustBeMapped) {
  Config config;
  config.namespaces += R"(, {"type": "user"})";
  config.config = std::string(kMapped) +
                  R"("devices": [{"path": "/dev/d", "type": "c", "major": 1, "minor": 3, "gid": 20}])";
  EXPECT_THAT(refusal(config), HasSubstr("linux.devices: /dev/d: gid 20 is not mapped"));
}

TEST(CompileConfig, GroupsAreKeptByAnnotation) {
  EXPECT_FALSE(plan_of({}).process.keep_groups);
  Config config;
  config.document = R"(, "annotations": {"run.oci.keep_original_groups": "1"})";
  EXPECT_TRUE(plan_of(config).process.keep_groups);
}

TEST(CompileConfig, Capabilities) {
  const launch::LaunchPlan plan = plan_of({.process = R"(, "noNewPrivileges": true, "capabilities": {
      "bounding": ["CAP_KILL", "CAP_CHOWN"], "permitted": ["CAP_KILL"], "effective": ["CAP_KILL"],
      "ambient": ["CAP_KILL"]})"});
  ASSERT_TRUE(plan.lockdown.exact);
  EXPECT_EQ(caps::print_capabilities(plan.lockdown.exact->bounding), "CAP_CHOWN CAP_KILL");
  EXPECT_EQ(caps::print_capabilities(plan.lockdown.exact->effective), "CAP_KILL");
  // Ambient needs inheritable.
  EXPECT_TRUE(plan.lockdown.exact->ambient.empty());
  EXPECT_TRUE(plan.lockdown.no_new_privs);
  EXPECT_TRUE(plan_of({}).lockdown.exact->bounding.empty());
}

TEST(CompileConfig, ACapabilityThatNobodyKnowsIsAnError) {
  EXPECT_THAT(refusal({.process = R"(, "capabilities": {"bounding": ["CAP_NO_SUCH"]})"}),
              HasSubstr("CAP_NO_SUCH"));
  const auto sets = parse_capabilities({.effective = {"CAP_NO_SUCH"}});
  ASSERT_FALSE(sets.ok());
  EXPECT_EQ(sets.error().message(), "process.capabilities.effective: unknown capability 'CAP_NO_SUCH'");
}

TEST(CompileConfig, WhatTheRuntimeLacksItCannotGive) {
  Facts facts = root_facts();
  facts.permitted = {};
  const launch::LaunchPlan plan =
      plan_of({.process = R"(, "capabilities": {"bounding": ["CAP_KILL"]})"}, facts);
  EXPECT_TRUE(plan.lockdown.exact->bounding.empty());
  EXPECT_THAT(plan.warnings, ElementsAre("process.capabilities: the runtime itself does not have CAP_KILL"));
}

TEST(CompileConfig, Limits) {
  const launch::LaunchPlan plan = plan_of(
      {.process = R"(, "oomScoreAdj": 100, "rlimits": [{"type": "RLIMIT_NOFILE", "soft": 10, "hard": 20}])"});
  ASSERT_EQ(plan.lockdown.rlimits.size(), 1U);
  EXPECT_EQ(plan.lockdown.rlimits[0].resource, RLIMIT_NOFILE);
  EXPECT_EQ(plan.lockdown.rlimits[0].soft, 10U);
  EXPECT_EQ(plan.lockdown.rlimits[0].hard, 20U);
  EXPECT_EQ(plan.lockdown.oom_score_adj, 100);
  EXPECT_THAT(refusal({.process = R"(, "rlimits": [{"type": "RLIMIT_BOGUS", "soft": 1, "hard": 1}])"}),
              HasSubstr("RLIMIT_BOGUS"));
}

TEST(CompileConfig, LabelsWithoutTheirModuleAreWarnedAbout) {
  const Config config{.process = R"(, "apparmorProfile": "a", "selinuxLabel": "s")"};
  EXPECT_EQ(plan_of(config).warnings.size(), 2U);
  Facts facts = root_facts();
  facts.apparmor = facts.selinux = true;
  const launch::LaunchPlan plan = plan_of(config, facts);
  EXPECT_EQ(plan.lockdown.apparmor_profile, "a");
  EXPECT_EQ(plan.lockdown.selinux_label, "s");
  EXPECT_THAT(plan.warnings, IsEmpty());
}

TEST(CompileConfig, AFilterThatAsksNeedsWhomToAsk) {
  const std::string filter = R"(, "seccomp": {"defaultAction": "SCMP_ACT_ALLOW",
      "syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}])";
  EXPECT_EQ(refusal({.config = filter + "}"}), "linux.seccomp.listenerPath: missing");
  const launch::LaunchPlan plan = plan_of({.config = filter + R"(, "listenerPath": "/run/agent"})"});
  EXPECT_TRUE(plan.lockdown.seccomp_listener);
  EXPECT_FALSE(plan.lockdown.seccomp.empty());
}

TEST(CompileConfig, HooksAndTheStateTheyRead) {
  const launch::LaunchPlan plan = plan_of({.document = R"(, "annotations": {"k": "v"}, "hooks": {
      "prestart": [{"path": "/p"}], "createRuntime": [{"path": "/r", "args": ["r", "x"], "timeout": 3}],
      "createContainer": [{"path": "/c"}], "startContainer": [{"path": "/s"}]})"});
  ASSERT_EQ(plan.container.hooks_after_mounts.size(), 2U);
  EXPECT_EQ(plan.container.hooks_after_mounts[0].path, "/p");
  EXPECT_THAT(plan.container.hooks_after_mounts[1].args, ElementsAre("r", "x"));
  EXPECT_EQ(plan.container.hooks_after_mounts[1].timeout_ms, 3000U);
  EXPECT_EQ(plan.process.hooks_before_pivot.at(0).path, "/c");
  EXPECT_EQ(plan.process.hooks_before_exec.at(0).path, "/s");
  const std::string_view rest = R"(,"bundle":"/bundle","annotations":{"k":"v"}})";
  EXPECT_EQ(plan.container.hook_state.text,
            R"({"ociVersion":"1.2.0","id":"c1","pid":0,"status":"creating")" + std::string(rest));
  EXPECT_EQ(plan.container.hook_state.print("created", 42),
            R"({"ociVersion":"1.2.0","id":"c1","pid":42,"status":"created")" + std::string(rest));
  EXPECT_EQ(plan_of({}).container.hook_state.text, "");
}

TEST(CompileConfig, WhatTheServiceManagerGaveIsHandedOn) {
  Facts facts = root_facts();
  facts.listen_fds = 2;
  facts.notify_directory = "/run/c1/notify";
  const launch::LaunchPlan plan = plan_of({}, facts);
  EXPECT_EQ(plan.process.preserved_fds, 2U);
  EXPECT_THAT(plan.process.env, testing::IsSupersetOf({"LISTEN_FDS=2", "LISTEN_PID=1",
                                                       "NOTIFY_SOCKET=/run/notify/notify.sock"}));
  ASSERT_NE(find_mount(plan, "/run/notify"), nullptr);
  EXPECT_EQ(find_mount(plan, "/run/notify")->source, "/run/c1/notify");
}

}  // namespace
}  // namespace cove::runtime

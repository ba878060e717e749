#include "spec/runtime_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spec/test_json.h"

namespace cove::spec {
namespace {

using ::testing::ElementsAre;
using testing::flat;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The message about a config.json that has `members` besides its version.
std::string refusal(std::string_view members) {
  const auto spec = parse_spec(fmt::format(R"({{"ociVersion": "1.2.0", {}}})", members));
  if (spec.ok()) return "accepted";
  EXPECT_EQ(spec.error().code(), ErrorCode::invalid_argument);
  return spec.error().message();
}

std::string process_refusal(std::string_view text) {
  const auto process = parse_process(text);
  return process.ok() ? "accepted" : process.error().message();
}

TEST(ParseSpec, ReadsTheTop) {
  const auto spec = parse_spec(R"({
    "ociVersion": "1.0.2-dev",
    "root": {"path": "rootfs", "readonly": true},
    "hostname": "here", "domainname": "example.org",
    "mounts": [{"destination": "/data", "type": "none", "source": "/srv", "options": ["rbind", "ro"],
                "uidMappings": [{"containerID": 0, "hostID": 1000, "size": 1}]}, {"destination": "/b"}],
    "hooks": {"poststop": [{"path": "/bin/h", "args": ["h", "x"], "env": ["A=b"], "timeout": 5}]},
    "annotations": {"z": "1", "a": "2"}
  })");
  ASSERT_TRUE(spec.ok()) << spec.error().message();
  EXPECT_EQ(spec->oci_version, "1.0.2-dev");
  EXPECT_FALSE(spec->process.has_value());
  ASSERT_TRUE(spec->root.has_value());
  EXPECT_EQ(spec->root->path, "rootfs");
  EXPECT_TRUE(spec->root->readonly);
  EXPECT_EQ(spec->hostname, "here");
  EXPECT_EQ(spec->domainname, "example.org");
  ASSERT_EQ(spec->mounts.size(), 2U);
  EXPECT_THAT(spec->mounts[0].options, ElementsAre("rbind", "ro"));
  EXPECT_EQ(spec->mounts[0].uid_mappings[0].host_id, 1000U);
  EXPECT_THAT(spec->mounts[0].gid_mappings, IsEmpty());
  EXPECT_EQ(spec->mounts[1].destination, "/b");
  ASSERT_EQ(spec->hooks.poststop.size(), 1U);
  EXPECT_EQ(spec->hooks.poststop[0].timeout, 5);
  EXPECT_THAT(spec->annotations, ElementsAre(std::pair("z", "1"), std::pair("a", "2")));
}

TEST(ParseSpec, TellsAbsentFromZero) {
  const auto spec = parse_spec(R"({"ociVersion": "1.0.0", "linux": {"resources": {
    "memory": {"limit": 0, "swap": -1, "disableOOMKiller": false}, "cpu": {"idle": 0}}}})");
  ASSERT_TRUE(spec.ok()) << spec.error().message();
  const Resources& resources = spec->linux_config.resources;
  EXPECT_EQ(resources.memory.limit, 0);
  EXPECT_EQ(resources.memory.swap, -1);
  EXPECT_EQ(resources.memory.reservation, std::nullopt);
  EXPECT_EQ(resources.memory.disable_oom_killer, false);
  EXPECT_EQ(resources.memory.use_hierarchy, std::nullopt);
  EXPECT_EQ(resources.cpu.idle, 0);
  EXPECT_EQ(resources.cpu.quota, std::nullopt);
}

TEST(ParseSpec, NullIsAbsentAndUnknownPropertiesAreIgnored) {
  const auto spec = parse_spec(R"({"ociVersion": "1.0.0", "process": null, "mounts": null, "linux": {
    "resources": null, "maskedPaths": null, "seccomp": null, "no such": [1, {"a": "b"}]}, "windows": 5})");
  ASSERT_TRUE(spec.ok()) << spec.error().message();
  EXPECT_FALSE(spec->process.has_value());
  EXPECT_FALSE(spec->linux_config.seccomp.has_value());
}

TEST(ParseSpec, NamesTheProperty) {
  EXPECT_EQ(refusal(R"("linux": {"resources": {"memory": {"limit": "1G"}}})"),
            "linux.resources.memory.limit: must be a whole number from -9223372036854775808 to "
            "9223372036854775807, not a string");
  EXPECT_EQ(refusal(R"("linux": {"resources": {"devices": [{"allow": true}, {"type": "a"}]}})"),
            "linux.resources.devices[1].allow: must be given");
  EXPECT_EQ(refusal(R"("linux": {"resources": {"rdma": {"mlx5.1": {"hcaHandles": -1}}}})"),
            "linux.resources.rdma.'mlx5.1'.hcaHandles: must be a whole number from 0 to 4294967295, not -1");
  EXPECT_EQ(refusal(R"("mounts": [{"destination": "/a", "options": ["ro", 5]}])"),
            "mounts[0].options[1]: must be a string, not a number");
  EXPECT_EQ(refusal(R"("mounts": {})"), "mounts: must be an array, not an object");
  EXPECT_EQ(refusal(R"("mounts": ["/a"])"), "mounts[0]: must be an object, not a string");
  EXPECT_EQ(refusal(R"("annotations": {"a b": 1})"), "annotations.'a b': must be a string, not a number");
  EXPECT_EQ(refusal(R"("process": {"cwd": "/", "terminal": 1})"),
            "process.terminal: must be true or false, not a number");
  EXPECT_EQ(refusal(R"("process": {"cwd": "/", "user": {"additionalGids": [1, 1e3]}})"),
            "process.user.additionalGids[1]: must be a whole number from 0 to 4294967295");
  EXPECT_EQ(refusal(R"("linux": {"seccomp": []})"), "linux.seccomp: must be an object, not an array");
  EXPECT_EQ(refusal(R"("linux": {"seccomp": {"listenerPath": 1}})"),
            "linux.seccomp.listenerPath: must be a string, not a number");
  EXPECT_EQ(refusal(R"("linux": [])"), "linux: must be an object, not an array");
  EXPECT_EQ(refusal(R"("process": {"args": ["sh"]})"), "process.cwd: must be given");
  EXPECT_EQ(refusal(R"("linux": {"timeOffsets": {"boottime": 5}})"),
            "linux.timeOffsets.boottime: must be an object, not a number");
}

TEST(ParseSpec, BoundsAreThoseOfTheType) {
  EXPECT_EQ(refusal(R"("linux": {"resources": {"blockIO": {"weight": 65536}}})"),
            "linux.resources.blockIO.weight: must be a whole number from 0 to 65535, not 65536");
  EXPECT_THAT(refusal(R"("linux": {"resources": {"memory": {"limit": 9223372036854775808}}})"),
              HasSubstr("not 9223372036854775808"));
  EXPECT_EQ(refusal(R"("process": {"cwd": "/", "rlimits": [
                        {"type": "RLIMIT_CORE", "hard": 18446744073709551615, "soft": 0}]})"),
            "accepted");
  EXPECT_THAT(refusal(R"("process": {"cwd": "/", "rlimits": [
                        {"type": "RLIMIT_CORE", "hard": 18446744073709551616, "soft": 0}]})"),
              HasSubstr("process.rlimits[0].hard"));
}

TEST(ParseSpec, RefusesNulCharacters) {
  EXPECT_EQ(refusal(R"("hostname": "a\u0000b")"), "hostname: must not contain a NUL character");
  EXPECT_EQ(refusal(R"("process": {"cwd": "/", "args": ["sh", "\u0000"]})"),
            "process.args[1]: must not contain a NUL character");
  EXPECT_EQ(refusal(R"("annotations": {"a\u0000": "b"})"),
            "annotations: a key must not contain a NUL character");
  EXPECT_EQ(refusal(R"("linux": {"netDevices": {"a\u0000": {}}})"),
            "linux.netDevices: a key must not contain a NUL character");
}

TEST(ParseSpec, RefusesWhatIsNoStrictJson) {
  EXPECT_THAT(refusal(R"("hostname": "a", "hostname": "b")"), HasSubstr("duplicate key 'hostname'"));
  EXPECT_THAT(refusal(R"("hostname": "a",)"), HasSubstr("not JSON"));
  EXPECT_EQ(parse_spec("null").error().message(), "must be an object, not null");
  EXPECT_EQ(parse_spec("{}").error().message(), "ociVersion: must be given");
  EXPECT_THAT(parse_spec(std::string(2'000'000, '[')).error().message(), HasSubstr("64 levels"));
}

TEST(ParseSpec, KeepsTheSeccompObjectWhole) {
  const auto spec = parse_spec(R"({"ociVersion": "1.0.0", "linux": {"seccomp": {
    "defaultAction": "SCMP_ACT_ERRNO", "listenerPath": "/run/s", "listenerMetadata": "m",
    "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [{"value": 18446744073709551615}]}]}}})");
  ASSERT_TRUE(spec.ok()) << spec.error().message();
  const Seccomp& seccomp = *spec->linux_config.seccomp;
  EXPECT_EQ(seccomp.listener_path, "/run/s");
  EXPECT_EQ(seccomp.listener_metadata, "m");
  EXPECT_THAT(flat(seccomp.profile),
              ElementsAre("defaultAction='SCMP_ACT_ERRNO'", "listenerMetadata='m'", "listenerPath='/run/s'",
                          "syscalls[0].action='SCMP_ACT_ALLOW'",
                          "syscalls[0].args[0].value=18446744073709551615", "syscalls[0].names[0]='read'"));
}

TEST(ParseProcess, ReadsAProcess) {
  const auto process = parse_process(R"({
    "terminal": true, "consoleSize": {"height": 24, "width": 80},
    "user": {"uid": 1, "gid": 2, "umask": 18, "additionalGids": [3, 4]},
    "args": ["sh", "-c", ""], "env": ["A=b"], "cwd": "/tmp",
    "capabilities": {"bounding": ["CAP_KILL"], "ambient": []},
    "rlimits": [{"type": "RLIMIT_NOFILE", "soft": 5, "hard": 6}],
    "noNewPrivileges": true, "apparmorProfile": "p", "selinuxLabel": "l", "oomScoreAdj": -5
  })");
  ASSERT_TRUE(process.ok()) << process.error().message();
  EXPECT_TRUE(process->terminal);
  EXPECT_EQ(process->console_size->width, 80U);
  EXPECT_EQ(process->user.umask, 18U);
  EXPECT_THAT(process->user.additional_gids, ElementsAre(3, 4));
  EXPECT_THAT(process->args, ElementsAre("sh", "-c", ""));
  EXPECT_THAT(process->capabilities->bounding, ElementsAre("CAP_KILL"));
  EXPECT_EQ(process->rlimits[0].hard, 6U);
  EXPECT_TRUE(process->no_new_privileges);
  EXPECT_EQ(process->oom_score_adj, -5);
  EXPECT_EQ(process->apparmor_profile, "p");
  EXPECT_EQ(process->selinux_label, "l");
}

TEST(ParseProcess, PathsBeginAtTheProcess) {
  EXPECT_EQ(process_refusal(R"({"cwd": 5})"), "cwd: must be a string, not a number");
  EXPECT_EQ(process_refusal(R"({"cwd": "/", "consoleSize": {"height": 5}})"),
            "consoleSize.width: must be given");
  EXPECT_EQ(process_refusal("[]"), "must be an object, not an array");
}

TEST(ParseResources, ReadsResources) {
  const auto resources = parse_resources(R"({"pids": {"limit": 10}, "unified": {"memory.high": "1G"},
    "blockIO": {"throttleReadBpsDevice": [{"major": 8, "minor": 0, "rate": 600}]}})");
  ASSERT_TRUE(resources.ok()) << resources.error().message();
  EXPECT_EQ(resources->pids.limit, 10);
  EXPECT_EQ(*find(resources->unified, "memory.high"), "1G");
  EXPECT_EQ(find(resources->unified, "memory.low"), nullptr);
  EXPECT_EQ(resources->block_io.throttle_read_bps_device[0].rate, 600U);
  EXPECT_EQ(parse_resources(R"({"pids": {"limit": "10"}})").error().message().substr(0, 11), "pids.limit:");
}

TEST(PrintSpec, LeavesDefaultsOut) {
  EXPECT_EQ(print_spec({.oci_version = "1.0.0"}), "{\n  \"ociVersion\": \"1.0.0\"\n}\n");
  Spec spec{.oci_version = "1.0.0", .process = Process{.cwd = "/"}, .root = Root{"r"}};
  spec.linux_config.intel_rdt.emplace();
  spec.linux_config.resources.devices = {{}};
  EXPECT_THAT(
      flat(print_spec(spec)),
      ElementsAre("linux.intelRdt=an object", "linux.resources.devices[0].allow=false", "ociVersion='1.0.0'",
                  "process.cwd='/'", "process.user.gid=0", "process.user.uid=0", "root.path='r'"));
}

TEST(PrintSpec, KeepsPartsToo) {
  const std::string process = R"({"user": {"uid": 1, "gid": 2}, "args": ["x\n"], "cwd": "/"})";
  EXPECT_EQ(flat(print_process(*parse_process(process))), flat(process));
  const std::string resources = R"({"memory": {"swap": -1}, "network": {"classID": 4294967295}})";
  EXPECT_EQ(flat(print_resources(*parse_resources(resources))), flat(resources));
}

TEST(LinuxConfig, FindsNamespaces) {
  const LinuxConfig config{.namespaces = {{"pid", ""}, {"network", "/run/netns/a"}}};
  EXPECT_EQ(config.find_namespace("network")->path, "/run/netns/a");
  EXPECT_EQ(config.find_namespace("user"), nullptr);
}

}  // namespace
}  // namespace cove::spec

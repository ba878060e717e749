#include "runtime/restore.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/restore_mounts.h"

namespace cove::runtime {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

spec::Spec spec_of(std::string_view properties) {
  const auto spec =
      spec::parse_spec(R"({"ociVersion": "1.0.2", "process": {"cwd": "/", "args": ["true"]}, )" +
                       std::string(properties) + "}");
  EXPECT_TRUE(spec.ok()) << spec.error().message();
  return *spec;
}

constexpr std::string_view kMounts = R"("mounts": [
    {"destination": "/proc", "type": "proc", "source": "proc"},
    {"destination": "/data", "type": "bind", "source": "/srv"},
    {"destination": "/data/more", "type": "none", "source": "own", "options": ["rbind", "ro"]},
    {"destination": "/data", "options": ["bind", "remount", "ro"]},
    {"destination": "/t", "type": "tmpfs", "source": "tmpfs"},
    {"destination": "/t/file", "type": "bind", "source": "/etc/hosts"},
    {"destination": "/database", "type": "tmpfs", "source": "tmpfs"}])";

TEST(Restore, BindsComeFromWhereTheConfigurationSays) {
  RestoreOptions options;
  options.lsm_profile = "apparmor:p";
  const auto request = restore_request(options, spec_of(kMounts), "/b", {});
  ASSERT_TRUE(request.ok()) << request.error().message();
  EXPECT_EQ(request->kind, criu::RequestKind::restore);
  EXPECT_EQ(request->log_file, "restore.log");
  EXPECT_EQ(request->lsm_profile, "apparmor:p");
  EXPECT_TRUE(request->sibling && request->evasive_devices);
  EXPECT_THAT(request->external, ElementsAre("mnt[/data]:/srv", "mnt[/data/more]:/b/own",
                                             "mnt[/t/file]:/etc/hosts", "mnt[/dev/null]:/dev/null"));
}

TEST(Restore, CgroupsAreBoundWhereTheyHaveNoNamespace) {
  const std::vector<cgroup::Directory> cgroups = {
      {.version = 1, .path = "/cg/cpu,cpuacct/c", .controllers = {"cpu", "cpuacct"}},
      {.version = 2, .path = "/cg/unified/c", .controllers = {}}};
  constexpr std::string_view kMount =
      R"("mounts": [{"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup"}])";
  const auto mounts = external_mounts(spec_of(kMount), "/b", cgroups);
  ASSERT_EQ(mounts.size(), 2U);
  EXPECT_EQ(mounts[0].target, "/sys/fs/cgroup/cpu,cpuacct");
  EXPECT_EQ(mounts[0].source, "/cg/cpu,cpuacct/c");
  EXPECT_EQ(mounts[1].target, "/sys/fs/cgroup/unified");
  const std::string own = std::string(kMount) + R"(, "linux": {"namespaces": [{"type": "cgroup"}]})";
  EXPECT_TRUE(external_mounts(spec_of(own), "/b", cgroups).empty());
}

TEST(Restore, DevicesOfAUserNamespaceAreTheHosts) {
  const auto mounts = external_mounts(
      spec_of(R"("linux": {"namespaces": [{"type": "user"}], "devices": [{"path": "/dev/fuse", "type": "c",
        "major": 10, "minor": 229}, {"path": "/dev/fifo", "type": "p"}]})"),
      "/b", {});
  ASSERT_FALSE(mounts.empty());
  EXPECT_EQ(mounts.front().target, "/dev/null");
  EXPECT_EQ(mounts.back().target, "/dev/fuse");
  EXPECT_EQ(mounts.back().source, "/dev/fuse");
}

TEST(Restore, NamespacesOfOthers) {
  const auto joined =
      restore_request({}, spec_of(R"("linux": {"namespaces": [{"type": "ipc", "path": "/n/ipc"},
      {"type": "network", "path": "/n/net"}, {"type": "pid"}]})"),
                      "/b", {});
  ASSERT_TRUE(joined.ok()) << joined.error().message();
  // A network is inherited by its descriptor.
  ASSERT_EQ(joined->joined.size(), 1U);
  EXPECT_EQ(joined->joined[0].kind, "ipc");
  EXPECT_EQ(joined->joined[0].path, "/n/ipc");
  for (const char* kind : {"mount", "cgroup", "time"}) {
    const auto refused = restore_request(
        {}, spec_of(fmt::format(R"("linux": {{"namespaces": [{{"type": "{}", "path": "/n"}}]}})", kind)),
        "/b", {});
    ASSERT_FALSE(refused.ok()) << kind;
    EXPECT_THAT(refused.error().message(), HasSubstr(kind));
  }
  EXPECT_EQ(external_namespace("network"), "extRootNetNS");
  EXPECT_EQ(external_namespace("pid"), "extRootPidNS");
  EXPECT_EQ(external_namespace("uts"), "");
  EXPECT_EQ(namespace_file("mount"), "mnt");
}

TEST(Restore, MountPointsAreMadeWhereTheHostHasThem) {
  const spec::Spec spec = spec_of(kMounts);
  const auto place = [&](size_t index) {
    const auto found = host_place(spec, index, "/b/rootfs", "/b");
    return found ? found->root + " " + found->path : "none";
  };
  EXPECT_EQ(place(0), "/b/rootfs /proc");
  EXPECT_EQ(place(1), "/b/rootfs /data");
  EXPECT_EQ(place(2), "/srv /more");
  EXPECT_EQ(place(5), "none");  // in a tmpfs, which criu brings along
  EXPECT_EQ(place(6), "/b/rootfs /database");
}

TEST(Restore, StreamNamesAreWrittenAndRead) {
  const StreamNames names = {"pipe:[1]", "/dev/null", ""};
  EXPECT_EQ(print_stream_names(names), R"(["pipe:[1]","/dev/null",""])");
  EXPECT_EQ(*parse_stream_names(print_stream_names(names)), names);
  EXPECT_EQ(*parse_stream_names("[]"), StreamNames{});
  for (const char* text : {"", "{}", R"(["", "", "", ""])", "[1]"})
    EXPECT_FALSE(parse_stream_names(text).ok()) << text;
}

}  // namespace
}  // namespace cove::runtime

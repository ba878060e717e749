// Against the systemd that runs this machine, as in tests/vm/run --systemd; skipped elsewhere. Makes only
// scopes called cove-test-<pid>-<n>.scope.
#include <gmock/gmock.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>

#include "base/strings.h"
#include "kernel/cgroup/container_plan.h"
#include "kernel/cgroup/record.h"
#include "kernel/systemd/manager.h"
#include "kernel/systemd/properties.h"
#include "sys/file.h"

namespace cove::systemd {
namespace {

using cgroup::Kind;
using testing::HasSubstr;

constexpr uint64_t kMib = uint64_t{1} << 20;

class LiveSystemd : public testing::Test {
 protected:
  void SetUp() override {
    auto manager = Manager::connect({});
    if (geteuid() != 0 || !manager) {
      GTEST_SKIP() << "needs root on a system that systemd runs (see tests/vm/run --systemd)";
    }
    layout_ = cgroup::read_layout().value();
    static int number = 0;
    name_ = parse_unit_name(":cove-test:" + std::to_string(getpid()) + "-" + std::to_string(++number), "", "",
                            false)
                .value();
  }
  void TearDown() override {
    if (child_ <= 0) return;
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
    auto manager = Manager::connect({});
    ASSERT_TRUE(manager.ok());
    EXPECT_TRUE(manager->stop(name_.unit).ok());
    for (const cgroup::Hierarchy& hierarchy : layout_.hierarchies) {
      const std::string path = hierarchy.mount_point + "/system.slice/" + name_.unit;
      for (int tries = 0; sys::exists(path.c_str()) && tries < 2000; ++tries) usleep(1000);
      EXPECT_FALSE(sys::exists(path.c_str())) << path;
    }
  }
  void start_child() {
    child_ = fork();
    if (child_ != 0) return;
    pause();
    _exit(0);
  }
  [[nodiscard]] ScopeRequest request(std::vector<dbus::Value> properties = {}) const {
    return {name_, "a test", {child_}, std::move(properties)};
  }
  [[nodiscard]] std::string cgroups_of_child() const {
    return sys::read_file(("/proc/" + std::to_string(child_) + "/cgroup").c_str()).value();
  }
  // The content of a file in the scope's directory.
  [[nodiscard]] std::string content(const char* controller, const std::string& file) const {
    const cgroup::Hierarchy* hierarchy = layout_.v1(controller);
    if (hierarchy == nullptr) hierarchy = layout_.v2();
    const std::string path = hierarchy->mount_point + "/system.slice/" + name_.unit + "/" + file;
    const auto text = sys::read_file(path.c_str());
    return text ? std::string(trim(*text)) : text.error().message();
  }
  [[nodiscard]] bool v2() const { return layout_.kind == Kind::v2; }

  cgroup::Layout layout_;
  UnitName name_;
  pid_t child_ = 0;
};

TEST_F(LiveSystemd, AScopeByBothSockets) {
  for (const bool bus : {false, true}) {
    const dbus::SocketName socket{bus ? "/run/dbus/system_bus_socket" : "/run/systemd/private", false};
    auto manager = Manager::connect_to(socket, bus);
    ASSERT_TRUE(manager.ok()) << manager.error().headline();
    start_child();
    cgroup::Resources resources;
    resources.pids_limit = 77;
    resources.memory.limit = 64 * kMib;
    std::vector<dbus::Value> properties = resource_properties(resources, v2());
    properties.push_back(
        annotation_property("org.systemd.property.CollectMode", "'inactive-or-failed'").value());
    properties.push_back(annotation_property("org.systemd.property.TimeoutStopSec", "5").value());
    const Status started = manager->start_scope(request(std::move(properties)));
    ASSERT_TRUE(started.ok()) << Status(started).error().headline();
    EXPECT_THAT(cgroups_of_child(), HasSubstr("/system.slice/" + name_.unit + "\n"));
    EXPECT_EQ(manager->control_group(name_.unit).value(), "/system.slice/" + name_.unit);
    EXPECT_EQ(content("pids", "pids.max"), "77");
    EXPECT_EQ(content("memory", v2() ? "memory.max" : "memory.limit_in_bytes"), "67108864");
    // Twice is refused, in systemd's words.
    const Status twice = manager->start_scope(request());
    ASSERT_FALSE(twice.ok());
    EXPECT_EQ(twice.error().code(), ErrorCode::stale_resource);
    resources.pids_limit = 78;
    ASSERT_TRUE(manager->set_properties(name_.unit, resource_properties(resources, v2())).ok());
    EXPECT_EQ(content("pids", "pids.max"), "78");
    ASSERT_TRUE(manager->stop(name_.unit).ok());
    int status = 0;
    ASSERT_EQ(waitpid(child_, &status, 0), child_);
    EXPECT_TRUE(WIFSIGNALED(status)) << "stopping ends what is inside";
    EXPECT_TRUE(manager->stop(name_.unit).ok()) << "what is gone counts as stopped";
    child_ = 0;
  }
}

TEST_F(LiveSystemd, WhatSystemdRefusesIsToldInItsWords) {
  auto manager = Manager::connect({});
  ASSERT_TRUE(manager.ok());
  start_child();
  const Status unknown = manager->start_scope(request({dbus::property("NoSuchProperty", {true})}));
  ASSERT_FALSE(unknown.ok());
  EXPECT_THAT(unknown.error().message(), HasSubstr("NoSuchProperty"));
}

TEST_F(LiveSystemd, TheContainersCgroupIsAdopted) {
  auto manager = Manager::connect({});
  ASSERT_TRUE(manager.ok());
  start_child();
  cgroup::Resources resources;
  resources.memory.limit = 64 * kMib;
  resources.cpu.quota = 12'345;
  resources.cpu.period = 100'000;
  resources.cpu.cpus = "0";
  resources.pids_limit = 7;
  resources.devices = {{false, cgroup::DeviceType::all}};
  std::vector<dbus::Value> properties = resource_properties(resources, v2());
  if (!v2()) {
    const std::string devices = sys::read_file("/proc/devices").value();
    const auto rules = device_properties(resources, devices).value();
    properties.insert(properties.end(), rules.begin(), rules.end());
  }
  const Status started = manager->start_scope(request(std::move(properties)));
  ASSERT_TRUE(started.ok()) << Status(started).error().headline();
  const cgroup::ContainerPlace place{
      .id = "x", .cgroups_path = manager->control_group(name_.unit).value(), .adopt = true};
  auto plan = cgroup::plan_container_here(resources, place);
  ASSERT_TRUE(plan.ok()) << plan.error().headline();
  const cgroup::Record record = cgroup::record_of(*plan);
  auto made = cgroup::Cgroup::create(std::move(*plan));
  ASSERT_TRUE(made.ok()) << made.error().headline();
  ASSERT_TRUE(made->join(child_, true).ok());
  const std::string cgroups = cgroups_of_child();
  for (const cgroup::Hierarchy& hierarchy : layout_.hierarchies) {
    SCOPED_TRACE(hierarchy.mount_point);
    const std::string name = hierarchy.version == 2 ? "0:" : hierarchy.controllers.at(0);
    EXPECT_THAT(cgroups, HasSubstr(name));
  }
  EXPECT_EQ(static_cast<size_t>(std::count(cgroups.begin(), cgroups.end(), '\n')),
            layout_.hierarchies.size());
  size_t inside = 0;
  for (size_t at = 0; (at = cgroups.find(name_.unit + "\n", at)) != std::string::npos; ++at) ++inside;
  EXPECT_EQ(inside, layout_.hierarchies.size()) << cgroups;
  EXPECT_EQ(content("cpu", v2() ? "cpu.max" : "cpu.cfs_quota_us"), v2() ? "12345 100000" : "12345");
  EXPECT_EQ(content("cpuset", "cpuset.cpus"), "0");
  if (!v2()) {
    EXPECT_THAT(content("devices", "devices.list"), HasSubstr("c 1:3 rwm"));
    EXPECT_THAT(content("devices", "devices.list"), testing::Not(HasSubstr("a *:*")));
  }
  EXPECT_EQ(cgroup::list_processes(record).value(), std::vector<pid_t>{child_});
  ASSERT_TRUE(cgroup::freeze(record).ok());
  ASSERT_TRUE(cgroup::kill_all(record).ok());
  ASSERT_EQ(waitpid(child_, nullptr, 0), child_);
  ASSERT_TRUE(manager->stop(name_.unit).ok());
  EXPECT_TRUE(cgroup::remove(record).ok());
  start_child();  // for TearDown, which looks whether anything is left
}

TEST_F(LiveSystemd, TheUsersInstance) {
  constexpr uid_t kUser = 1000;
  if (!sys::exists("/run/user/1000/systemd/private")) GTEST_SKIP() << "user 1000 has no systemd";
  // Somebody whom the user's systemd may move: a process in its own cgroup.
  const std::string own = v2() ? "/sys/fs/cgroup/system.slice/user.service/init.scope/cgroup.procs"
                               : "/sys/fs/cgroup/systemd/system.slice/user.service/init.scope/cgroup.procs";
  const pid_t child = fork();
  if (child == 0) {
    if (!sys::write_existing(own.c_str(), "0").ok()) _exit(1);
    if (setgroups(0, nullptr) != 0 || setgid(kUser) != 0 || setuid(kUser) != 0) _exit(2);
    auto manager = Manager::connect({.user = true, .runtime_dir = "/run/user/1000"});
    if (!manager) _exit(3);
    const UnitName name = parse_unit_name("", std::to_string(getpid()), "cove-test", true).value();
    const pid_t sleeper = fork();
    if (sleeper == 0) {
      pause();
      _exit(0);
    }
    cgroup::Resources resources;
    resources.pids_limit = 9;
    const Status started =
        manager->start_scope({name, "a test", {sleeper}, resource_properties(resources, true)});
    if (!started) {
      fprintf(stderr, "%s\n", Status(started).error().headline().c_str());
      _exit(4);
    }
    const auto path = manager->control_group(name.unit);
    if (!path || !path->ends_with("/user.slice/" + name.unit)) _exit(5);
    const std::string cgroups =
        sys::read_file(("/proc/" + std::to_string(sleeper) + "/cgroup").c_str()).value();
    if (cgroups.find(*path) == std::string::npos) _exit(6);
    if (!manager->stop(name.unit)) _exit(7);
    int status = 0;
    if (waitpid(sleeper, &status, 0) != sleeper || !WIFSIGNALED(status)) _exit(8);
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << "exit status " << WEXITSTATUS(status);
}

}  // namespace
}  // namespace cove::systemd

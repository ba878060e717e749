// A container's cgroup of a test's own, on whatever layout this machine has. Needs root; makes only
// directories called cove-test-<pid>-<n>, and what is below them, and removes them.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "kernel/cgroup/container_plan.h"
#include "kernel/cgroup/record.h"
#include "kernel/cgroup/test_live_children.h"
#include "sys/file.h"

namespace cove::cgroup {

inline constexpr uint64_t kMebibyte = uint64_t{1} << 20;

class LiveContainer : public LiveChildren {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    layout_ = read_layout().value();
    if (layout_.kind == Kind::none) GTEST_SKIP() << "no cgroup hierarchy is mounted";
    static int number = 0;
    name_ = "cove-test-" + std::to_string(getpid()) + "-" + std::to_string(++number);
  }

  void TearDown() override {
    end_children();
    for (const Record& record : records_) {
      EXPECT_TRUE(kill_all(record).ok());
      EXPECT_TRUE(remove(record).ok());
    }
    for (const Hierarchy& hierarchy : layout_.hierarchies) {
      EXPECT_FALSE(sys::exists((hierarchy.mount_point + "/" + name_).c_str())) << hierarchy.mount_point;
    }
  }

  [[nodiscard]] ContainerPlace place(const std::string& below = "/c1") const {
    return {.id = "c1", .cgroups_path = "/" + name_ + below};
  }

  Result<Cgroup> make(const Resources& resources, const std::string& below = "/c1") {
    CgroupPlan plan = COVE_TRY(plan_container_here(resources, place(below)));
    records_.push_back(record_of(plan));
    return Cgroup::create(std::move(plan));
  }

  // A child that is inside for certain, and sleeps.
  pid_t start_sleeper(const Cgroup& cgroup) {
    const pid_t child = start(cgroup, [] {
      pause();
      return 0;
    });
    const Record record = cgroup.record();
    const auto inside = [&] {
      const auto pids = list_processes(record);
      return pids.ok() && std::find(pids->begin(), pids->end(), child) != pids->end();
    };
    for (int tries = 0; !inside() && tries < 5000; ++tries) usleep(1000);
    EXPECT_TRUE(inside());
    return child;
  }
  [[nodiscard]] bool on_v1(const char* controller) const { return layout_.v1(controller) != nullptr; }
  [[nodiscard]] std::string directory_of(const char* controller) const {
    const Hierarchy* hierarchy = layout_.v1(controller);
    if (hierarchy == nullptr) hierarchy = layout_.v2();
    return hierarchy->mount_point + "/" + name_;
  }
  [[nodiscard]] std::string content(const char* controller, const char* v1_file, const char* v2_file) const {
    const std::string path = directory_of(controller) + "/c1/" + (on_v1(controller) ? v1_file : v2_file);
    const auto text = sys::read_file(path.c_str());
    return text ? std::string(trim(*text)) : text.error().message();
  }

  Layout layout_;
  std::string name_;
  std::vector<Record> records_;
};

inline Resources usual() {
  Resources resources;
  resources.memory.limit = 64 * kMebibyte;
  resources.cpu.shares = 512;
  resources.cpu.quota = 50'000;
  resources.cpu.period = 100'000;
  resources.pids_limit = 33;
  return resources;
}

}  // namespace cove::cgroup

// A cgroup of a test's own, on whatever layout this machine has. Where no child can be made (root, or
// delegation, is needed) tests are skipped. Makes only directories called cove-test-<pid>-<n>, and removes
// them.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "kernel/cgroup/cgroup.h"
#include "kernel/cgroup/test_live_children.h"
#include "sys/file.h"

namespace cove::cgroup {

inline constexpr uint64_t kMib = uint64_t{1} << 20;

class LiveCgroup : public LiveChildren {
 protected:
  void TearDown() override {
    end_children();
    if (!made_.empty()) {
      EXPECT_TRUE(kill_processes(made_).ok());
      EXPECT_TRUE(remove_directories(made_).ok());
      for (const std::string& path : made_) EXPECT_FALSE(sys::exists(path.c_str())) << path;
    }
  }

  static PlanOptions options() {
    static int number = 0;
    return {.id = "test-" + std::to_string(getpid()) + "-" + std::to_string(++number)};
  }

  // A cgroup for `limits`, or nothing, with the reason in skip_reason_.
  std::optional<Cgroup> make(const Limits& limits) {
    auto plan = plan_here(limits, options());
    if (!plan) return skip(plan.error());
    if (plan->directories.empty())
      return skip(Error(ErrorCode::cgroup_not_delegated, "no cgroup can be made here"));
    plan_ = *plan;
    auto cgroup = Cgroup::create(std::move(*plan));
    if (!cgroup) return skip(cgroup.error());
    made_.insert(made_.end(), cgroup->directories().begin(), cgroup->directories().end());
    return std::move(*cgroup);
  }

  // A payload that has multiplied far enough.
  static void wait_for_crowd(const Cgroup& cgroup) {
    for (int tries = 0; cgroup.usage().pids.value_or(0) <= 10 && tries < 5000; ++tries) usleep(1000);
    ASSERT_GT(cgroup.usage().pids.value_or(0), 10U);
  }
  // The content of a file in the directory that has the controller, by either version's name for both.
  std::string content(const char* v1_controller, const char* v1_file, const char* v2_file) const {
    for (const Directory& directory : plan_.directories) {
      const auto& names = directory.controllers;
      const std::string_view wanted =
          directory.version == 2 && std::string_view(v1_controller) == "blkio" ? "io" : v1_controller;
      if (std::find(names.begin(), names.end(), wanted) == names.end()) continue;
      const char* file = directory.version == 1 ? v1_file : v2_file;
      auto text = sys::read_file((directory.path + "/" + file).c_str());
      return text ? std::string(trim(*text)) : text.error().message();
    }
    return "no such controller";
  }

  bool on_v2(const char* controller) const {
    const auto at = plan_.v2_directory();
    if (!at) return false;
    const auto& names = plan_.directories[*at].controllers;
    return std::find(names.begin(), names.end(), controller) != names.end();
  }

  CgroupPlan plan_;
  std::string skip_reason_;
  std::vector<std::string> made_;

 private:
  std::nullopt_t skip(const Error& error) {
    skip_reason_ = error.headline();
    // Only for want of permission or of a controller; anything else is a failure.
    const bool excused = error.code() == ErrorCode::cgroup_not_delegated ||
                         error.code() == ErrorCode::cgroup_not_found ||
                         error.code() == ErrorCode::cgroup_controller_missing;
    if (!excused) ADD_FAILURE() << error.headline();
    return std::nullopt;
  }
};

#define COVE_MAKE_OR_SKIP(cgroup, limits)      \
  std::optional<Cgroup> cgroup = make(limits); \
  if (!(cgroup)) GTEST_SKIP() << skip_reason_

}  // namespace cove::cgroup

// Children of a test's own that join a cgroup; none of them outlives the test.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "kernel/cgroup/cgroup.h"

namespace cove::cgroup {

class LiveChildren : public testing::Test {
 protected:
  // A child that joins first, then does `work` and exits with its result; it is not waited for.
  pid_t start(const Cgroup& cgroup, const std::function<int()>& work) {
    const pid_t child = fork();
    if (child == 0) {
      if (cgroup.join_self(true) != 0) _exit(99);
      _exit(work());
    }
    children_.push_back(child);
    return child;
  }
  int wait_for(pid_t child) {
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    children_.erase(std::find(children_.begin(), children_.end(), child));
    return status;
  }
  int run(const Cgroup& cgroup, const std::function<int()>& work) { return wait_for(start(cgroup, work)); }

  // Before the cgroups are removed.
  void end_children() {
    for (const pid_t child : children_) {
      kill(child, SIGKILL);
      waitpid(child, nullptr, 0);
    }
    children_.clear();
  }

  std::vector<pid_t> children_;  // that are not waited for yet
};

}  // namespace cove::cgroup

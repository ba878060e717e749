#include "supervise/outcome.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

namespace cove::supervise {
namespace {

Outcome judged(const Ending& ending) {
  Outcome outcome;
  judge(ending, outcome);
  return outcome;
}

constexpr int exited_with(int code) {
  return code << 8;
}  // wait status, W_EXITCODE

TEST(Judge, KillsOfCoveHaveTheirCause) {
  EXPECT_EQ(judged({.cause = EndCause::timeout, .wait_status = SIGKILL}).reason, Reason::timeout);
  EXPECT_EQ(judged({.cause = EndCause::cpu_time, .wait_status = SIGKILL}).reason, Reason::cpu_time);
  const Outcome terminated =
      judged({.cause = EndCause::forwarded_signal, .signal = SIGTERM, .wait_status = SIGKILL});
  EXPECT_EQ(terminated.reason, Reason::signaled);
  EXPECT_EQ(terminated.signal, SIGTERM);
  EXPECT_EQ(terminated.exit_status, 143);
}

TEST(Judge, CommandThatWasFasterHasReturned) {
  const Outcome outcome = judged({.cause = EndCause::timeout, .wait_status = exited_with(3)});
  EXPECT_EQ(outcome.reason, Reason::exited);
  EXPECT_EQ(outcome.exit_status, 3);
}

TEST(Judge, ExceededLimitsCountEvenAfterAReturn) {
  const Outcome cpu = judged({.wait_status = exited_with(0), .cpu_exceeded = true});
  EXPECT_EQ(cpu.reason, Reason::cpu_time);
  EXPECT_EQ(cpu.exit_status, 137);
  EXPECT_EQ(cpu.exit_code, std::nullopt);
  EXPECT_EQ(judged({.wait_status = exited_with(0), .output_exceeded = true}).reason, Reason::output_limit);
}

TEST(Judge, OomIsADeathBySigkillOrAShellThatTellsOfOne) {
  EXPECT_EQ(judged({.wait_status = SIGKILL, .oom_kills = 1}).reason, Reason::oom);
  EXPECT_EQ(judged({.wait_status = exited_with(137), .oom_kills = 1}).reason, Reason::oom);
  EXPECT_EQ(judged({.wait_status = exited_with(137), .oom_kills = 0}).reason, Reason::exited);
  EXPECT_EQ(judged({.wait_status = SIGKILL}).reason, Reason::signaled);
  EXPECT_EQ(judged({.cause = EndCause::timeout, .wait_status = SIGKILL, .oom_kills = 1}).reason,
            Reason::timeout);
}

TEST(Measure, PrefersTheCgroupAndLeavesOutTheSetUp) {
  cgroup::Usage usage;
  usage.cpu_user_ns = 5'000'000;
  usage.cpu_system_ns = 1'000'000;
  usage.memory_peak_bytes = 4096;
  struct rusage rusage {};
  rusage.ru_utime = {.tv_sec = 9, .tv_usec = 0};
  rusage.ru_maxrss = 77;
  rusage.ru_inblock = 3;
  Used used = measure(usage, rusage, {.user_us = 1000, .system_us = 2000, .counted_us = 1500}, 42);
  EXPECT_EQ(used.cpu_meter, Meter::cgroup);
  EXPECT_EQ(used.user_ns, 3'750'000U);
  EXPECT_EQ(used.system_ns, 750'000U);
  EXPECT_EQ(used.memory_peak_bytes, 4096U);
  EXPECT_EQ(used.io_meter, Meter::rusage);
  EXPECT_EQ(used.io_read_bytes, 3U * 512);
  EXPECT_EQ(used.pids_peak, std::nullopt);

  used = measure({}, rusage, {.user_us = 1'000'000, .system_us = 0}, 42);
  EXPECT_EQ(used.cpu_meter, Meter::rusage);
  EXPECT_EQ(used.user_ns, 8'000'000'000U);
  EXPECT_EQ(used.memory_peak_bytes, 77U * 1024);
}

TEST(SetupFailure, HasDockersExitStatus) {
  EXPECT_EQ(setup_failure(Error(ErrorCode::exec_not_found, "x")).exit_status, 127);
  EXPECT_EQ(setup_failure(Error(ErrorCode::exec_permission, "x")).exit_status, 126);
  EXPECT_EQ(setup_failure(Error(ErrorCode::exec_crlf_shebang, "x")).exit_status, 126);
  EXPECT_EQ(setup_failure(Error(ErrorCode::bind_source_missing, "x")).exit_status, 125);
}

}  // namespace
}  // namespace cove::supervise

// The loop without a terminal: endings, limits, pipes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>

#include <array>

#include "base/strings.h"
#include "supervise/test_support.h"

namespace cove::supervise {
namespace {

using namespace testing_support;  // NOLINT(google-build-using-namespace): the tests' own

constexpr uint64_t kSafetyMs = 20'000;  // a test that hangs fails with reason timeout

cgroup::Usage cpu_usage(uint64_t user_ns, uint64_t system_ns) {
  cgroup::Usage usage;
  usage.cpu_total_ns = user_ns + system_ns;
  usage.cpu_user_ns = user_ns;
  usage.cpu_system_ns = system_ns;
  return usage;
}

class Supervise : public testing::Test {
 protected:
  void SetUp() override { mask = must(block_for_supervision()); }
  void TearDown() override {
    discard_pending_signals();
    must(sys::set_signal_mask(mask));
  }

  Result<Outcome> run(FakeSandbox& fake) {
    if (!options.timeout_ms) options.timeout_ms = kSafetyMs;
    options.streams = {.input = STDIN_FILENO, .output = out.fd(), .error = err.fd()};
    Supervisor supervisor(std::move(fake.subject), options);
    return supervisor.run();
  }

  sys::SignalSet mask;
  SuperviseOptions options;
  Capture out;
  Capture err;
};

TEST_F(Supervise, ExitCodeIsTheCommands) {
  FakeSandbox fake([] { return 42; });
  const Outcome outcome = must(run(fake));
  EXPECT_EQ(outcome.reason, Reason::exited);
  EXPECT_EQ(outcome.exit_code, 42);
  EXPECT_EQ(outcome.signal, std::nullopt);
  EXPECT_EQ(outcome.exit_status, 42);
  EXPECT_EQ(outcome.output, std::nullopt);
}

TEST_F(Supervise, SignalOfItsOwnIs128AndMore) {
  FakeSandbox fake([] { return ::raise(SIGUSR1); });
  const Outcome outcome = must(run(fake));
  EXPECT_EQ(outcome.reason, Reason::signaled);
  EXPECT_EQ(outcome.exit_code, std::nullopt);
  EXPECT_EQ(outcome.signal, SIGUSR1);
  EXPECT_EQ(outcome.exit_status, 128 + SIGUSR1);
}

TEST_F(Supervise, WallTimeIsMeasuredAndCpuTimeComesFromRusage) {
  FakeSandbox fake([] {
    sleep_ms(150);
    return 0;
  });
  const Outcome outcome = must(run(fake));
  EXPECT_GE(outcome.used.wall_ns, 150 * kNsPerMs);
  EXPECT_LT(outcome.used.wall_ns, 2000 * kNsPerMs);
  EXPECT_EQ(outcome.used.cpu_meter, Meter::rusage);
  EXPECT_LT(outcome.used.user_ns, 150 * kNsPerMs);
  EXPECT_GT(outcome.used.memory_peak_bytes.value_or(0), uint64_t{1} << 20);
}

TEST_F(Supervise, TimeoutKills) {
  FakeSandbox fake([] {
    ::signal(SIGTERM, SIG_IGN);
    for (;;) ::pause();
    return 0;
  });
  options.timeout_ms = 120;
  const Outcome outcome = must(run(fake));
  EXPECT_EQ(outcome.reason, Reason::timeout);
  EXPECT_EQ(outcome.signal, SIGKILL);
  EXPECT_EQ(outcome.exit_status, 137);
  EXPECT_GE(outcome.used.wall_ns, 120 * kNsPerMs);
  EXPECT_LT(outcome.used.wall_ns, 1000 * kNsPerMs);
}

TEST_F(Supervise, WaitingCostsNoCpuTime) {
  FakeSandbox fake([] {
    sleep_ms(400);
    return 0;
  });
  struct rusage before {};
  struct rusage after {};
  ::getrusage(RUSAGE_SELF, &before);
  must(run(fake));
  ::getrusage(RUSAGE_SELF, &after);
  const auto spent_us = [](const struct rusage& usage) {
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000 + usage.ru_utime.tv_usec +
           usage.ru_stime.tv_usec;
  };
  EXPECT_LT(spent_us(after) - spent_us(before), 100'000);
}

// CPU time comes from the cgroup; here the counter is the child's own clock.
TEST_F(Supervise, CpuTimeKillsCloseToTheLimit) {
  FakeSandbox fake([] {
    for (;;) sys::monotonic_nanoseconds();
    return 0;
  });
  clockid_t clock = 0;
  ASSERT_EQ(::clock_getcpuclockid(fake.subject.pid, &clock), 0);
  uint64_t last = 0;
  fake.subject.usage = [&] {
    struct timespec used {};
    if (::clock_gettime(clock, &used) == 0)
      last = deadline_after(used.tv_nsec, used.tv_sec * 1000 * kNsPerMs);
    return cpu_usage(last, 0);
  };
  options.cpu_time_ms = 200;
  const Outcome outcome = must(run(fake));
  EXPECT_EQ(outcome.reason, Reason::cpu_time);
  EXPECT_EQ(outcome.exit_status, 137);
  EXPECT_EQ(outcome.used.cpu_meter, Meter::cgroup);
  EXPECT_GE(outcome.used.user_ns, 200 * kNsPerMs);
  EXPECT_LT(outcome.used.user_ns,
            230 * kNsPerMs);  // the machine may be busy; the bound on an idle one is 10 ms
}

TEST_F(Supervise, CpuTimeDoesNotCountTheSetUp) {
  FakeSandbox fake([] { return 0; });
  fake.usage = cpu_usage(150'000'000, 100'000'000);
  fake.subject.setup = {.user_us = 100'000, .system_us = 20'000, .counted_us = 120'000};
  options.cpu_time_ms = 200;
  const Outcome outcome = must(run(fake));
  EXPECT_EQ(outcome.reason, Reason::exited);
  EXPECT_EQ(outcome.used.user_ns, 78'000'000U);
  EXPECT_EQ(outcome.used.system_ns, 52'000'000U);
}

TEST_F(Supervise, CpuTimeNeedsACounter) {
  FakeSandbox fake([] {
    ::pause();
    return 0;
  });
  const pid_t pid = fake.subject.pid;
  options.cpu_time_ms = 200;
  const auto outcome = run(fake);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code(), ErrorCode::limit_unenforceable);
  EXPECT_EQ(::kill(pid, 0), -1) << "the child must be killed and waited for";
}

TEST_F(Supervise, OutOfMemoryIsTold) {
  FakeSandbox killed([] { return ::raise(SIGKILL); });
  killed.usage.oom_kills = 1;
  Outcome outcome = must(run(killed));
  EXPECT_EQ(outcome.reason, Reason::oom);
  EXPECT_EQ(outcome.exit_status, 137);
  EXPECT_EQ(outcome.used.oom_kills, 1U);

  FakeSandbox survivor([] { return 3; });
  survivor.usage.oom_kills = 2;
  outcome = must(run(survivor));
  EXPECT_EQ(outcome.reason, Reason::exited);
  EXPECT_EQ(outcome.used.oom_kills, 2U);
}

TEST_F(Supervise, PipesArePassedOnWholeWithWhatIsWrittenLast) {
  PipedSandbox sandbox([] {
    const std::string block(100'000, 'x');
    for (int count = 0; count < 50; ++count) write_text(1, block);
    write_text(2, "an error\n");
    return write_text(1, "the end\n");
  });
  const Outcome outcome = must(run(sandbox.fake));
  EXPECT_EQ(outcome.reason, Reason::exited);
  EXPECT_EQ(out.text(), std::string(5'000'000, 'x') + "the end\n");
  EXPECT_EQ(err.text(), "an error\n");
  EXPECT_EQ(outcome.output->bytes, 5'000'017U);
  EXPECT_FALSE(outcome.output->truncated);
}

TEST_F(Supervise, OutputLimitCutsAtTheByteAndKills) {
  PipedSandbox sandbox([] {
    for (;;) write_text(1, "0123456789");
    return 0;
  });
  options.output_limit_bytes = 1003;
  const Outcome outcome = must(run(sandbox.fake));
  EXPECT_EQ(outcome.reason, Reason::output_limit);
  EXPECT_EQ(outcome.exit_status, 137);
  EXPECT_EQ(outcome.output->bytes, 1003U);
  EXPECT_TRUE(outcome.output->truncated);
  const std::string text = out.text();
  EXPECT_EQ(text.size(), 1003U);
  EXPECT_THAT(text, testing::EndsWith("789012"));
  EXPECT_EQ(err.text(), "\n[cove: output truncated at 1003 bytes]\n");
}

TEST_F(Supervise, OutputLimitIsTheVerdictEvenIfTheCommandHasReturned) {
  PipedSandbox sandbox([] { return write_text(1, "12345"); });
  sleep_ms(100);
  options.output_limit_bytes = 4;
  const Outcome outcome = must(run(sandbox.fake));
  EXPECT_EQ(outcome.reason, Reason::output_limit);
  EXPECT_EQ(out.text(), "1234");
}

TEST_F(Supervise, OutputOfExactlyTheLimitIsNotTruncated) {
  PipedSandbox sandbox([] {
    write_text(1, "123");
    return write_text(2, "45");
  });
  options.output_limit_bytes = 5;
  const Outcome outcome = must(run(sandbox.fake));
  EXPECT_EQ(outcome.reason, Reason::exited);
  EXPECT_FALSE(outcome.output->truncated);
  EXPECT_EQ(out.text() + err.text(), "12345");
}

TEST_F(Supervise, EndlessOutputTakesNoMemory) {
  PipedSandbox sandbox([] {
    const std::string block(65536, 'y');
    for (;;) write_text(1, block);
    return 0;
  });
  const auto resident_pages = [] {
    return parse_number<uint64_t>(split(must(sys::read_file("/proc/self/statm")), ' ')[1]);
  };
  const UniqueFd null = must(sys::open_path("/dev/null", O_WRONLY));
  options.output_limit_bytes = uint64_t{200} << 20;
  options.timeout_ms = kSafetyMs;
  options.streams = {.input = STDIN_FILENO, .output = null.get(), .error = null.get()};
  const uint64_t before = resident_pages().value_or(0);
  Supervisor supervisor(std::move(sandbox.fake.subject), options);
  const Outcome outcome = must(supervisor.run());
  const uint64_t after = resident_pages().value_or(0);
  EXPECT_EQ(outcome.reason, Reason::output_limit);
  EXPECT_EQ(outcome.output->bytes, uint64_t{200} << 20);
  EXPECT_LT((after - std::min(before, after)) * 4096, uint64_t{1} << 20);
}

TEST_F(Supervise, LostReaderIsLearntOfAsInAPipeline) {
  PipedSandbox sandbox([] {
    for (;;) write_text(1, "line\n");  // until SIGPIPE
    return 0;
  });
  auto pipe = must(sys::make_pipe());
  pipe.read_end.reset();
  options.timeout_ms = kSafetyMs;
  options.streams = {.input = STDIN_FILENO, .output = pipe.write_end.get(), .error = err.fd()};
  Supervisor supervisor(std::move(sandbox.fake.subject), options);
  const Outcome outcome = must(supervisor.run());
  EXPECT_EQ(outcome.reason, Reason::signaled);
  EXPECT_EQ(outcome.signal, SIGPIPE);
}

TEST_F(Supervise, ReaderThatStandsStillDoesNotOutlastATimeout) {
  PipedSandbox sandbox([] {
    const std::string block(65536, 'z');
    for (;;) write_text(1, block);
    return 0;
  });
  const auto pipe = must(sys::make_pipe());
  options.timeout_ms = 100;
  options.streams = {.input = STDIN_FILENO, .output = pipe.write_end.get(), .error = err.fd()};
  const uint64_t start = sys::monotonic_nanoseconds();
  Supervisor supervisor(std::move(sandbox.fake.subject), options);
  const Outcome outcome = must(supervisor.run());
  EXPECT_EQ(outcome.reason, Reason::timeout);
  EXPECT_LT(sys::monotonic_nanoseconds() - start, 5000 * kNsPerMs);
  // Our own end stays as whoever shares it expects it.
  EXPECT_EQ(::fcntl(pipe.write_end.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST_F(Supervise, HostPidNamespaceLeavesNoDescendants) {
  must(sys::set_child_subreaper());
  const auto pids = must(sys::make_pipe());
  FakeSandbox fake([&] {
    // A daemon as it is in the book: its parent goes, it has a session of its own.
    const pid_t daemon = run_child([] {
      must(sys::start_session());
      run_child([] { return ::pause(); });
      return ::pause();
    });
    write_text(pids.write_end.get(), std::to_string(daemon));
    return 5;
  });
  options.own_pid_namespace = false;
  const Outcome outcome = must(run(fake));
  EXPECT_EQ(outcome.exit_code, 5);
  std::array<char, 16> text{};
  ASSERT_GT(::read(pids.read_end.get(), text.data(), text.size()), 0);
  EXPECT_EQ(::kill(parse_number<pid_t>(text.data()).value_or(0), 0), -1);
  EXPECT_EQ(must(sys::read_file("/proc/thread-self/children")), "");
}

TEST_F(Supervise, SparedChildrenLiveOn) {
  const pid_t bystander = run_child([] { return ::pause(); });
  FakeSandbox fake([] { return 0; });
  fake.subject.spared = {bystander};
  options.own_pid_namespace = false;
  must(run(fake));
  EXPECT_EQ(::kill(bystander, SIGKILL), 0);
  EXPECT_TRUE(WIFSIGNALED(wait_status(bystander)));
}

TEST_F(Supervise, OrphansAreReapedWhileTheCommandRuns) {
  must(sys::set_child_subreaper());
  FakeSandbox fake([] {
    const pid_t parent = run_child([] {
      run_child([] { return 0; });
      return 0;
    });
    wait_status(parent);
    sleep_ms(300);
    // The orphan was ours to the supervisor; by now it must be gone, zombie and all.
    const std::string children =
        must(sys::read_file(fmt::format("/proc/{0}/task/{0}/children", ::getppid()).c_str()));
    return children == fmt::format("{} ", ::getpid()) ? 0 : 1;
  });
  options.own_pid_namespace = false;
  EXPECT_EQ(must(run(fake)).exit_code, 0);
}

}  // namespace
}  // namespace cove::supervise

// Which signals reach a sandbox, and what those do that its process 1 has no handler for.
#include "supervise/signals.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <array>

#include "supervise/test_support.h"

namespace cove::supervise {
namespace {

using namespace testing_support;  // NOLINT(google-build-using-namespace): the tests' own

uint64_t bit(int signal) {
  return uint64_t{1} << (signal - 1);
}

TEST(LeftToProcess, IfItCatchesIgnoresOrBlocks) {
  procfs::ProcessStatus status;
  EXPECT_FALSE(left_to_process(status, SIGTERM));
  status.caught_signals = bit(SIGTERM);
  status.ignored_signals = bit(SIGHUP);
  status.blocked_signals = bit(SIGRTMAX);
  EXPECT_TRUE(left_to_process(status, SIGTERM));
  EXPECT_TRUE(left_to_process(status, SIGHUP));
  EXPECT_TRUE(left_to_process(status, SIGRTMAX));
  EXPECT_FALSE(left_to_process(status, SIGINT));
}

TEST(StaysLeftToProcess, ABlockOfAMomentIsNoDecision) {
  unsigned readings = 0;
  const auto blocked_until = [&](unsigned last) {
    readings = 0;
    return [&readings, last]() -> Result<procfs::ProcessStatus> {
      procfs::ProcessStatus status;
      status.blocked_signals = ++readings <= last ? bit(SIGTERM) : 0;
      return status;
    };
  };
  EXPECT_FALSE(stays_left_to_process(blocked_until(0), SIGTERM));
  EXPECT_EQ(readings, 1U);
  EXPECT_FALSE(stays_left_to_process(blocked_until(kBlockedReadings - 1), SIGTERM));
  EXPECT_EQ(readings, kBlockedReadings);
  EXPECT_TRUE(stays_left_to_process(blocked_until(1000), SIGTERM));
  EXPECT_EQ(readings, kBlockedReadings);
}

TEST(StaysLeftToProcess, AHandlerIsSeenAtOnceThoughItIsBlockedToo) {
  unsigned readings = 0;
  const auto handled = [&]() -> Result<procfs::ProcessStatus> {
    procfs::ProcessStatus status;
    status.blocked_signals = status.caught_signals = bit(SIGTERM);
    ++readings;
    return status;
  };
  EXPECT_TRUE(stays_left_to_process(handled, SIGTERM));
  EXPECT_EQ(readings, 1U);
  const auto gone = []() -> Result<procfs::ProcessStatus> { return Error::from_errno("read", ESRCH); };
  EXPECT_TRUE(stays_left_to_process(gone, SIGTERM));
}

TEST(DefaultAction, IsThatOfSignal7) {
  EXPECT_EQ(default_action(SIGTERM), DefaultAction::ends);
  EXPECT_EQ(default_action(SIGUSR1), DefaultAction::ends);
  EXPECT_EQ(default_action(SIGRTMIN + 3), DefaultAction::ends);
  EXPECT_EQ(default_action(SIGWINCH), DefaultAction::nothing);
  EXPECT_EQ(default_action(SIGCONT), DefaultAction::nothing);
  EXPECT_EQ(default_action(SIGTSTP), DefaultAction::stops);
}

TEST(SupervisedSignals, LeaveOutWhatCoveWasStartedToIgnore) {
  EXPECT_TRUE(supervised_signals(false).contains(SIGHUP));
  EXPECT_FALSE(supervised_signals(false).contains(SIGCHLD));
  EXPECT_TRUE(supervised_signals(true).contains(SIGCHLD));
  EXPECT_FALSE(supervised_signals(true).contains(SIGTTIN));
  ::signal(SIGHUP, SIG_IGN);
  EXPECT_FALSE(supervised_signals(false).contains(SIGHUP));
  ::signal(SIGHUP, SIG_DFL);
}

void leave_7(int /*signal*/) {
  ::_exit(7);
}

// With a child that is process 1 of a new pid namespace where an ordinary user may make one, as cove itself
// does.
class ForwardedSignals : public testing::Test {
 protected:
  static constexpr uint64_t kSafetyMs = 20'000;

  void SetUp() override { mask = must(block_for_supervision()); }
  void TearDown() override {
    discard_pending_signals();
    must(sys::set_signal_mask(mask));
  }

  // False: not possible here.
  bool start(const std::function<void()>& prepare) {
    auto ready = must(sys::make_pipe());
    auto clone = sys::clone_process({.flags = CLONE_NEWUSER | CLONE_NEWPID});
    if (!clone.ok()) return false;
    if (clone->pid == 0) {
      must(sys::reset_signals());
      prepare();
      write_text(ready.write_end.get(), "r");
      for (;;) ::pause();
    }
    pidfd = std::move(clone->pidfd);
    subject.pid = clone->pid;
    subject.pidfd = pidfd.get();
    subject.started_ns = sys::monotonic_nanoseconds();
    subject.usage = [] { return cgroup::Usage(); };
    subject.kill_cgroup = [] { return Status(); };
    subject.freeze_cgroup = [](bool) {};
    char byte = 0;
    return ::read(ready.read_end.get(), &byte, 1) == 1;
  }

  Outcome run() {
    SuperviseOptions options;
    options.timeout_ms = kSafetyMs;
    Supervisor supervisor(std::move(subject), options);
    return must(supervisor.run());
  }

  sys::SignalSet mask;
  UniqueFd pidfd;
  Subject subject;
};

#define COVE_START_OR_SKIP(prepare) \
  if (!start(prepare)) GTEST_SKIP() << "no user and pid namespaces for this user"

TEST_F(ForwardedSignals, EndAProcess1ThatHasNoHandler) {
  COVE_START_OR_SKIP([] {});
  ::raise(SIGTERM);
  const Outcome outcome = run();
  EXPECT_EQ(outcome.reason, Reason::signaled);
  EXPECT_EQ(outcome.signal, SIGTERM);
  EXPECT_EQ(outcome.exit_status, 128 + SIGTERM);
}

TEST_F(ForwardedSignals, EndWithARealTimeSignalToo) {
  COVE_START_OR_SKIP([] {});
  ::raise(SIGRTMIN + 1);
  EXPECT_EQ(run().signal, SIGRTMIN + 1);
}

TEST_F(ForwardedSignals, AreLeftToAHandlerEvenOneForASingleShot) {
  COVE_START_OR_SKIP([] {
    struct sigaction action {};
    action.sa_handler = leave_7;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(SIGTERM, &action, nullptr);
  });
  ::raise(SIGTERM);
  const Outcome outcome = run();
  EXPECT_EQ(outcome.reason, Reason::exited);
  EXPECT_EQ(outcome.exit_code, 7);
}

TEST_F(ForwardedSignals, HarmlessOnesEndNothing) {
  COVE_START_OR_SKIP([] { ::signal(SIGTERM, leave_7); });
  ::raise(SIGWINCH);
  ::raise(SIGCONT);
  const pid_t helper = run_child([] {
    sleep_ms(150);
    return ::kill(::getppid(), SIGTERM);
  });
  EXPECT_EQ(run().exit_code, 7);
  wait_status(helper);
}

TEST_F(ForwardedSignals, BlockedOnesAreNotCarriedOut) {
  COVE_START_OR_SKIP([] {
    must(sys::block_signals({SIGTERM}));
    ::signal(SIGUSR1, leave_7);
  });
  ::raise(SIGTERM);
  const pid_t helper = run_child([] {
    sleep_ms(150);
    return ::kill(::getppid(), SIGUSR1);
  });
  EXPECT_EQ(run().exit_code, 7);
  wait_status(helper);
}

TEST_F(ForwardedSignals, TheThirdInterruptEndsWhatIgnoresThem) {
  COVE_START_OR_SKIP([] { ::signal(SIGINT, SIG_IGN); });
  const uint64_t start = sys::monotonic_nanoseconds();
  const pid_t helper = run_child([] {
    for (unsigned count = 0; count < kInterruptsThatEnd; ++count) {
      sleep_ms(100);
      ::kill(::getppid(), SIGINT);
    }
    return 0;
  });
  const Outcome outcome = run();
  EXPECT_EQ(outcome.reason, Reason::signaled);
  EXPECT_EQ(outcome.signal, SIGINT);
  EXPECT_GE(sys::monotonic_nanoseconds() - start, 300 * kNsPerMs);
  wait_status(helper);
}

}  // namespace
}  // namespace cove::supervise

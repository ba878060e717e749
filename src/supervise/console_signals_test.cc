// Signals that are typed, hang-ups and job control; see test_terminal.h.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"
#include "supervise/test_terminal.h"

namespace cove::supervise {
namespace {

TEST_F(Terminal, ControlCharactersActInside) {
  start_cove_with_tty(
      [] {
        write_text(1, "ready\n");
        return ::pause();
      },
      kInteractive);
  read_screen("ready");
  type("\003");
  const Verdict verdict = end();
  EXPECT_EQ(verdict.reason, Reason::signaled);
  EXPECT_EQ(verdict.signal, SIGINT);
}

// A process 1 of a pid namespace, for which the kernel drops what the terminal sends and it has no handler
// for.
class TypedSignal : public Terminal {
 protected:
  void SetUp() override {
    Terminal::SetUp();
    const auto probe = sys::clone_process({.flags = kOwnPids});
    if (!probe.ok()) GTEST_SKIP() << "no user and pid namespaces for this user";
    if (probe->pid == 0) ::_exit(0);
    wait_status(probe->pid);
  }

  void start(const std::function<int()>& command) {
    start_cove([&] {
      TtySandbox sandbox(command, kOwnPids);
      return supervise_here(sandbox.fake, kInteractive);
    });
    read_screen("ready");
  }
};

void leave_7(int /*signal*/) {
  ::_exit(7);
}

int wait_for_ever() {
  write_text(1, "ready\n");
  for (;;) ::pause();
}

TEST_F(TypedSignal, CtrlCEndsAProcess1WithoutAHandler) {
  start(wait_for_ever);
  type("abc\003");
  const Verdict verdict = end();
  EXPECT_EQ(verdict.reason, Reason::signaled);
  EXPECT_EQ(verdict.signal, SIGINT);
  EXPECT_EQ(verdict.exit_status, 128 + SIGINT);
  EXPECT_TRUE(cooked());
}

TEST_F(TypedSignal, CtrlBackslashDoesToo) {
  start(wait_for_ever);
  type("\034");
  EXPECT_EQ(end().signal, SIGQUIT);
}

TEST_F(TypedSignal, IsLeftToAHandlerEvenOneForASingleShot) {
  start([] {
    struct sigaction action {};
    action.sa_handler = leave_7;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(SIGINT, &action, nullptr);
    return wait_for_ever();
  });
  type("\003");
  const Verdict verdict = end();
  EXPECT_EQ(verdict.reason, Reason::exited);
  EXPECT_EQ(verdict.exit_status, 7);
}

TEST_F(TypedSignal, QuotedItIsACharacterLikeAnyOther) {
  start([] {
    write_text(1, "ready\n");
    return read_line() == "a\003" ? 5 : 6;
  });
  type("a\026");
  sleep_ms(50);
  type("\003\r");
  EXPECT_EQ(end().exit_status, 5);
}

TEST_F(TypedSignal, IsACharacterWhereTheTerminalSendsNone) {
  start([] {
    struct termios attributes = must(sys::get_terminal_attributes(0));
    attributes.c_lflag &= ~static_cast<tcflag_t>(ISIG);
    must(sys::set_terminal_attributes(0, TCSANOW, attributes));
    write_text(1, "ready\n");
    return read_line() == "a\003" ? 5 : 6;
  });
  type("a\003\r");
  EXPECT_EQ(end().exit_status, 5);
}

TEST_F(TypedSignal, GoesToTheForegroundOnly) {
  start([] {
    const pid_t job = run_child([] {
      ::setpgid(0, 0);
      ::signal(SIGTTOU, SIG_IGN);
      ::tcsetpgrp(0, ::getpid());
      return wait_for_ever();
    });
    const int status = wait_status(job);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 99;
  });
  type("\003");
  const Verdict verdict = end();
  EXPECT_EQ(verdict.reason, Reason::exited);
  EXPECT_EQ(verdict.exit_status, SIGINT);
}

TEST_F(Terminal, IsRestoredAfterASignal) {
  start_cove_with_tty(
      [] {
        write_text(1, "ready\n");
        return ::pause();
      },
      kInteractive);
  read_screen("ready");
  EXPECT_FALSE(cooked());
  ::kill(cove, SIGTERM);
  EXPECT_EQ(end().signal, SIGTERM);
  EXPECT_TRUE(cooked());
}

TEST_F(Terminal, HangUpReachesTheSandbox) {
  start_cove_with_tty(
      [] {
        write_text(1, "ready\n");
        return ::pause();
      },
      kInteractive);
  read_screen("ready");
  user.slave.reset();
  user.master.reset();  // the window is closed
  Verdict verdict;
  ASSERT_EQ(::read(result.read_end.get(), &verdict, sizeof verdict), static_cast<ssize_t>(sizeof verdict));
  EXPECT_EQ(verdict.signal, SIGHUP);
  wait_status(cove);
}

// ---- Without a terminal of the sandbox's own: Ctrl-C and Ctrl-Z reach cove, and through it the sandbox's
// group. ----

TEST_F(Terminal, CtrlCReachesTheWholeGroupOfTheSandbox) {
  start_cove([] {
    FakeSandbox fake([] {
      const pid_t grandchild = run_child([] {
        write_text(1, "ready\n");
        return ::pause();
      });
      ::signal(SIGINT, SIG_IGN);
      const int status = wait_status(grandchild);
      return WIFSIGNALED(status) ? WTERMSIG(status) : 99;
    });
    return supervise_here(fake, SuperviseOptions());
  });
  read_screen("ready");
  type("\003");
  const Verdict verdict = end();
  EXPECT_EQ(verdict.reason, Reason::exited);
  EXPECT_EQ(verdict.exit_status, SIGINT);
}

class JobControl : public Terminal {
 protected:
  // Starts the user's shell, with cove as its foreground job; `shell_body` gets cove's pid and gives the
  // shell's exit status.
  pid_t start_shell(const std::function<int()>& cove_body,
                    const std::function<int(pid_t job)>& shell_body) const {
    return run_child([&] {
      must(tty::make_controlling_terminal(user.slave.get()));
      ::signal(SIGTTOU, SIG_IGN);
      const pid_t job = run_child([&] {
        must(block_for_supervision());
        ::signal(SIGTTOU, SIG_IGN);
        ::setpgid(0, 0);
        ::tcsetpgrp(0, ::getpid());
        ::signal(SIGTTOU, SIG_DFL);
        return cove_body();
      });
      return shell_body(job);
    });
  }

  static std::string state_of_only_child(pid_t pid) {
    const std::string children =
        must(sys::read_file(fmt::format("/proc/{0}/task/{0}/children", pid).c_str()));
    const std::string stat = must(sys::read_file(fmt::format("/proc/{}/stat", trim(children)).c_str()));
    return stat.substr(stat.rfind(')') + 2, 1);
  }
};

TEST_F(JobControl, CtrlZStopsBothAndTheShellContinuesBoth) {
  const pid_t shell = start_shell(
      [] {
        FakeSandbox fake([] {
          write_text(1, "ready\n");
          for (int tick = 0; tick < 20; ++tick) sleep_ms(20);
          return 5;
        });
        return supervise_here(fake, SuperviseOptions()).exit_status;
      },
      [](pid_t job) {
        const sys::WaitOutcome stopped = must(sys::wait_process(job, WUNTRACED));
        if (!WIFSTOPPED(stopped.status)) return 91;
        for (int tries = 0; state_of_only_child(job) != "T"; ++tries) {  // a signal takes its time
          if (tries == 200) return 92;
          sleep_ms(5);
        }
        sleep_ms(500);  // longer than the command would take
        ::kill(-job, SIGCONT);
        const sys::WaitOutcome ended = must(sys::wait_process(job));
        return WIFEXITED(ended.status) ? WEXITSTATUS(ended.status) : 93;
      });
  read_screen("ready");
  type("\032");
  EXPECT_EQ(WEXITSTATUS(wait_status(shell)), 5);
}

TEST_F(JobControl, ARawTerminalIsCookedWhileStopped) {
  // The keys go inside; what stops cove here is the signal.
  const pid_t shell = start_shell(
      [] {
        TtySandbox sandbox([] {
          write_text(1, "ready\n");
          return read_line() == "go on" ? 5 : 6;
        });
        return supervise_here(sandbox.fake, kInteractive).exit_status;
      },
      [this](pid_t job) {
        while (cooked()) sleep_ms(5);
        ::kill(job, SIGTSTP);
        const sys::WaitOutcome stopped = must(sys::wait_process(job, WUNTRACED));
        if (!WIFSTOPPED(stopped.status)) return 91;
        if (!cooked()) return 92;
        ::kill(-job, SIGCONT);
        while (cooked()) sleep_ms(5);
        write_text(1, "continued\n");
        const sys::WaitOutcome ended = must(sys::wait_process(job));
        if (!cooked()) return 93;
        return WIFEXITED(ended.status) ? WEXITSTATUS(ended.status) : 94;
      });
  read_screen("continued");
  type("go on\r");
  EXPECT_EQ(WEXITSTATUS(wait_status(shell)), 5);
}

}  // namespace
}  // namespace cove::supervise

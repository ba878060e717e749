// The loop with terminals. `user` is the terminal that cove is run in; cove is a child process that has it as
// controlling terminal; the sandbox is that one's child. The test sits at the keyboard: the master of `user`.
#include "sandbox/console.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>

#include <array>

#include "base/strings.h"
#include "sandbox/test_support.h"

namespace cove::sandbox {
namespace {

using namespace testing_support;  // NOLINT(google-build-using-namespace): the tests' own
using testing::HasSubstr;

constexpr uint64_t kPatienceMs = 20'000;

struct Verdict {
  bool ok = false;
  Reason reason = Reason::exited;
  int exit_status = 0;
  int signal = 0;
  bool guarded = false;  // guard_terminal got the settings of a cooked terminal
  uint64_t cpu_us = 0;   // that supervising cost
};

uint64_t own_cpu_us() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>((usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000 +
                               usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

// In cove's process.
Verdict supervise_here(FakeSandbox& fake, SuperviseOptions options) {
  Verdict verdict;
  fake.subject.guard_terminal = [&](int /*fd*/, const struct termios& original) {
    verdict.guarded = (original.c_lflag & ICANON) != 0;
    return Status();
  };
  if (!options.timeout_ms) options.timeout_ms = kPatienceMs;
  const uint64_t before = own_cpu_us();
  Supervisor supervisor(std::move(fake.subject), options);
  const auto outcome = supervisor.run();
  verdict.cpu_us = own_cpu_us() - before;
  verdict.ok = outcome.ok();
  if (outcome.ok()) {
    verdict.reason = outcome->reason;
    verdict.exit_status = outcome->exit_status;
    verdict.signal = outcome->signal.value_or(0);
  }
  return verdict;
}

class Terminal : public testing::Test {
 protected:
  void SetUp() override { user = make_pty(); }

  // Runs `body` as cove in a child process whose controlling terminal and standard streams are the user's.
  void start_cove(const std::function<Verdict()>& body) {
    result = must(sys::make_pipe());
    cove = run_child([&] {
      user.master.reset();
      must(tty::make_controlling_terminal(user.slave.get()));
      must(block_for_supervision());
      const Verdict verdict = body();
      return ::write(result.write_end.get(), &verdict, sizeof verdict) == sizeof verdict ? 0 : 1;
    });
    result.write_end.reset();
  }

  void start_cove_with_tty(const std::function<int()>& command, const SuperviseOptions& options) {
    start_cove([&] {
      TtySandbox sandbox(command);
      return supervise_here(sandbox.fake, options);
    });
  }

  // What came to the screen, until `needle` has come or cove has gone.
  std::string read_screen(std::string_view needle = {}) {
    std::array<char, 4096> buffer{};
    const uint64_t deadline = sys::monotonic_nanoseconds() + kPatienceMs * kNsPerMs;
    while (needle.empty() || screen.find(needle) == std::string::npos) {
      struct pollfd entry {
        user.master.get(), POLLIN, 0
      };
      if (must(sys::poll_until({&entry, 1}, deadline)) == 0) {
        ADD_FAILURE() << "nothing more came than " << screen;
        break;
      }
      const ssize_t got = ::read(user.master.get(), buffer.data(), buffer.size());
      if (got <= 0) break;
      screen.append(buffer.data(), static_cast<size_t>(got));
    }
    return screen;
  }

  void type(std::string_view keys) const { write_text(user.master.get(), keys); }

  Verdict end() {
    user.slave.reset();
    read_screen();
    Verdict verdict;
    EXPECT_EQ(::read(result.read_end.get(), &verdict, sizeof verdict), static_cast<ssize_t>(sizeof verdict));
    EXPECT_EQ(wait_status(cove), 0);
    EXPECT_TRUE(verdict.ok);
    return verdict;
  }

  [[nodiscard]] bool cooked() const {
    return (must(sys::get_terminal_attributes(user.master.get())).c_lflag & ICANON) != 0;
  }

  tty::Pty user;
  sys::PipePair result;
  pid_t cove = 0;
  std::string screen;
};

constexpr SuperviseOptions kInteractive = [] {
  SuperviseOptions options;
  options.interactive = true;
  return options;
}();

std::string read_line() {
  std::string line;
  for (char byte = 0; ::read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n';) line += byte;
  return line;
}

TEST_F(Terminal, KeysGoInAndOutputComesOutWhileTheTerminalIsRaw) {
  start_cove_with_tty(
      [] {
        write_text(1, "ready\n");
        return write_text(1, "got " + read_line() + "\n");
      },
      kInteractive);
  read_screen("ready");
  EXPECT_FALSE(cooked());
  type("hello\r");
  EXPECT_THAT(read_screen("got hello\r\n"), HasSubstr("got hello\r\n"));
  const Verdict verdict = end();
  EXPECT_EQ(verdict.exit_status, 0);
  EXPECT_TRUE(verdict.guarded);
  EXPECT_TRUE(cooked());
}

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

TEST_F(Terminal, IsRestoredAfterATimeout) {
  SuperviseOptions options = kInteractive;
  options.timeout_ms = 300;
  start_cove_with_tty(
      [] {
        write_text(1, "ready\n");
        return ::pause();
      },
      options);
  read_screen("ready");
  EXPECT_FALSE(cooked());
  EXPECT_EQ(end().reason, Reason::timeout);
  EXPECT_TRUE(cooked());
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

TEST_F(Terminal, LosesNoneOfALargeOutputToASlowReader) {
  constexpr size_t kLines = 40'000;
  start_cove_with_tty(
      [] {
        std::string text;
        for (size_t line = 0; line < kLines; ++line) text += fmt::format("line {}\n", line);
        return write_text(1, text);
      },
      kInteractive);
  sleep_ms(300);  // every buffer on the way is full now
  end();
  std::string expected;
  for (size_t line = 0; line < kLines; ++line) expected += fmt::format("line {}\r\n", line);
  EXPECT_EQ(screen.size(), expected.size());
  EXPECT_TRUE(screen == expected);
}

TEST_F(Terminal, SizeIsTheUsersAtFirstAndAfterAChange) {
  must(tty::set_window_size(user.master.get(), {.rows = 41, .columns = 101}));
  start_cove_with_tty(
      [] {
        must(sys::block_signals({SIGWINCH}));
        const auto show = [] {
          const tty::WindowSize size = must(tty::window_size(0));
          write_text(1, fmt::format("size {}x{}.\n", size.rows, size.columns));
        };
        // cove copies the size after the start.
        while (must(tty::window_size(0)).rows != 41) sleep_ms(5);
        show();
        struct timespec patience {
          .tv_sec = 20, .tv_nsec = 0
        };
        const sys::SignalSet resized{SIGWINCH};
        do {
          if (::sigtimedwait(&resized.native(), nullptr, &patience) < 0) return 1;
        } while (must(tty::window_size(0)).rows == 41);
        show();
        return 0;
      },
      kInteractive);
  EXPECT_THAT(read_screen("."), HasSubstr("size 41x101."));
  must(tty::set_window_size(user.master.get(), {.rows = 25, .columns = 80}));
  EXPECT_EQ(end().exit_status, 0);
  EXPECT_THAT(screen, HasSubstr("size 25x80."));
}

TEST_F(Terminal, EndOfAnInputThatIsNoTerminalIsCtrlD) {
  start_cove([&] {
    // Without a '\n' at its end, which takes two.
    auto input = must(sys::make_pipe());
    write_text(input.write_end.get(), "first\nsecond");
    input.write_end.reset();
    TtySandbox sandbox([] {
      const std::string first = read_line();
      const std::string second = read_line();
      return write_text(1, fmt::format("read {}, {}.", first, second));
    });
    SuperviseOptions options = kInteractive;
    options.streams.input = input.read_end.get();
    return supervise_here(sandbox.fake, options);
  });
  EXPECT_EQ(end().reason, Reason::exited);
  EXPECT_THAT(screen, HasSubstr("read first, second."));
}

TEST_F(Terminal, WithoutInteractiveKeysStayOutside) {
  start_cove_with_tty(
      [] {
        write_text(1, "ready\n");
        struct pollfd entry {
          STDIN_FILENO, POLLIN, 0
        };
        return must(sys::poll_until({&entry, 1}, sys::monotonic_nanoseconds() + 200 * kNsPerMs)) == 0 ? 0 : 1;
      },
      SuperviseOptions());
  read_screen("ready");
  EXPECT_TRUE(cooked());
  type("for the shell\n");
  sleep_ms(400);
  std::array<char, 64> typed{};
  EXPECT_EQ(::read(user.slave.get(), typed.data(), typed.size()), 14);
  EXPECT_EQ(end().exit_status, 0);
}

TEST_F(Terminal, CommandMayCloseItsTerminalAndOpenItAgain) {
  start_cove_with_tty(
      [] {
        write_text(1, "before ");
        for (const int standard : {0, 1, 2}) ::close(standard);
        sleep_ms(400);
        const UniqueFd tty(::open("/dev/tty", O_RDWR | O_CLOEXEC));
        return write_text(tty.get(), "after");
      },
      kInteractive);
  const Verdict verdict = end();
  EXPECT_EQ(verdict.exit_status, 0);
  EXPECT_THAT(screen, HasSubstr("before after"));
  EXPECT_LT(verdict.cpu_us, 100'000U) << "waiting must not spin";
}

TEST_F(Terminal, OutputLimitHoldsHereToo) {
  SuperviseOptions options = kInteractive;
  options.output_limit_bytes = 20;
  start_cove_with_tty(
      [] {
        for (;;) write_text(1, "0123456789");
        return 0;
      },
      options);
  const Verdict verdict = end();
  EXPECT_EQ(verdict.reason, Reason::output_limit);
  EXPECT_EQ(screen, "01234567890123456789\r\n[cove: output truncated at 20 bytes]\r\n");
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

TEST_F(Terminal, LostOutputHangsTheSandboxUp) {
  auto output = must(sys::make_pipe());
  output.read_end.reset();
  start_cove([&] {
    TtySandbox sandbox([] {
      write_text(1, "nobody reads this\n");
      return ::pause();
    });
    SuperviseOptions options = kInteractive;
    options.streams.output = output.write_end.get();
    return supervise_here(sandbox.fake, options);
  });
  const Verdict verdict = end();
  EXPECT_EQ(verdict.reason, Reason::signaled);
  EXPECT_EQ(verdict.signal, SIGHUP);
  EXPECT_TRUE(cooked());
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
}  // namespace cove::sandbox

// What goes through a terminal: keys, output, sizes, limits; see test_terminal.h.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <array>

#include "supervise/test_terminal.h"

namespace cove::supervise {
namespace {

using testing::HasSubstr;

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

}  // namespace
}  // namespace cove::supervise

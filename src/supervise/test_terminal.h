// The loop with terminals. `user` is the terminal that cove is run in; cove is a child process that has it as
// controlling terminal; the sandbox is that one's child. The test sits at the keyboard: the master of `user`.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>

#include <array>
#include <functional>
#include <string>
#include <string_view>

#include "base/strings.h"
#include "supervise/console.h"
#include "supervise/test_support.h"

namespace cove::supervise {

using namespace testing_support;  // NOLINT(google-build-using-namespace): the tests' own

inline constexpr uint64_t kPatienceMs = 20'000;

struct Verdict {
  bool ok = false;
  Reason reason = Reason::exited;
  int exit_status = 0;
  int signal = 0;
  bool guarded = false;  // guard_terminal got the settings of a cooked terminal
  uint64_t cpu_us = 0;   // that supervising cost
};

inline uint64_t own_cpu_us() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>((usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000 +
                               usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

// In cove's process.
inline Verdict supervise_here(FakeSandbox& fake, SuperviseOptions options) {
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

inline constexpr SuperviseOptions kInteractive = [] {
  SuperviseOptions options;
  options.interactive = true;
  return options;
}();

inline std::string read_line() {
  std::string line;
  for (char byte = 0; ::read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n';) line += byte;
  return line;
}

}  // namespace cove::supervise

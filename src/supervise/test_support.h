// For the unit tests of supervise(): a plain forked child in the place of a sandbox's process 1.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "kernel/tty/pty.h"
#include "supervise/deadline.h"
#include "supervise/supervisor.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/tty.h"

namespace cove::supervise::testing_support {

template <typename T>
T must(Result<T> result) {
  if (!result.ok()) ADD_FAILURE() << result.error().message();
  return std::move(result).value();
}
inline void must(const Status& status) {
  if (!status.ok()) ADD_FAILURE() << status.error().message();
}

inline void sleep_ms(uint64_t ms) {
  ::usleep(static_cast<useconds_t>(ms * 1000));
}

constexpr uint64_t kOwnPids = CLONE_NEWUSER | CLONE_NEWPID;  // as an ordinary user gets a pid namespace

// Forks; the child has a fresh signal mask, runs `body` and exits with what it returns.
inline pid_t run_child(const std::function<int()>& body, uint64_t namespaces = 0) {
  const pid_t pid =
      namespaces == 0 ? must(sys::fork_process()) : must(sys::clone_process({.flags = namespaces})).pid;
  if (pid == 0) {
    must(sys::reset_signals());
    ::_exit(body());
  }
  return pid;
}

// Whatever is left pending must not end the test program when the mask goes back.
inline void discard_pending_signals() {
  for (;;) {
    sigset_t pending;
    if (::sigpending(&pending) != 0 || sigisemptyset(&pending) != 0) return;
    int number = 0;
    ::sigwait(&pending, &number);
  }
}

inline int wait_status(pid_t pid) {
  return must(sys::wait_process(pid)).status;
}

// A child as a Subject; nothing is counted but what the test puts into `usage`.
struct FakeSandbox {
  UniqueFd pidfd;
  Subject subject;
  cgroup::Usage usage;

  // Inherited streams, or with `stdio_setup` whatever that makes of descriptors 0, 1 and 2 in the child.
  explicit FakeSandbox(
      const std::function<int()>& body, const std::function<void()>& stdio_setup = [] {},
      uint64_t namespaces = 0) {
    subject.started_ns = sys::monotonic_nanoseconds();
    subject.pid = run_child(
        [&] {
          must(sys::start_session());
          stdio_setup();
          return body();
        },
        namespaces);
    pidfd = must(sys::open_pidfd(subject.pid));
    subject.pidfd = pidfd.get();
    subject.usage = [this] { return usage; };
    subject.kill_cgroup = [] { return Status(); };
    subject.freeze_cgroup = [](bool) {};
    subject.guard_terminal = [](int, const struct termios&) { return Status(); };
  }
};

inline void become(int fd, int target) {
  must(sys::duplicate_fd_to(fd, target));
}

// With pipes as standard output and error.
struct PipedSandbox {
  sys::PipePair out = must(sys::make_pipe());
  sys::PipePair err = must(sys::make_pipe());
  FakeSandbox fake;

  explicit PipedSandbox(const std::function<int()>& body)
      : fake(body, [&] {
          become(out.write_end.get(), STDOUT_FILENO);
          become(err.write_end.get(), STDERR_FILENO);
          out = {};
          err = {};
        }) {
    out.write_end.reset();
    err.write_end.reset();
    fake.subject.ends.stdout_pipe = std::move(out.read_end);
    fake.subject.ends.stderr_pipe = std::move(err.read_end);
  }
};

inline tty::Pty make_pty() {
  const UniqueFd root = must(sys::open_path("/", O_PATH | O_DIRECTORY));
  return must(tty::open_pty(root.get(), "dev/ptmx"));
}

// With a pseudo-terminal as controlling terminal.
struct TtySandbox {
  tty::Pty pty = make_pty();
  FakeSandbox fake;

  explicit TtySandbox(const std::function<int()>& body, uint64_t namespaces = 0)
      : fake(
            body,
            [&] {
              pty.master.reset();
              must(sys::set_controlling_terminal(pty.slave.get()));
              for (const int standard : {0, 1, 2}) become(pty.slave.get(), standard);
              pty.slave.reset();
            },
            namespaces) {
    pty.slave.reset();
    fake.subject.ends.console = std::move(pty.master);
  }
};

// A temporary file that stands for one of cove's own standard streams.
class Capture {
 public:
  Capture() : fd_(must(sys::open_path("/tmp", O_RDWR | O_TMPFILE, 0600))) {}
  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] std::string text() const {
    EXPECT_EQ(::lseek(fd_.get(), 0, SEEK_SET), 0);
    return must(sys::read_all(fd_.get(), "capture", size_t{64} << 20));
  }

 private:
  UniqueFd fd_;
};

inline int write_text(int fd, std::string_view text) {
  return sys::write_all(fd, text, "test").ok() ? 0 : 99;
}

}  // namespace cove::supervise::testing_support

#include "kernel/probe/trial.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <string>
#include <utility>

#include "kernel/idmap/write.h"
#include "sys/file.h"
#include "sys/poll.h"
#include "sys/process.h"

namespace cove::probe {
namespace {

constexpr uint64_t kTimeoutNs = 10'000'000'000;
constexpr size_t kMaxText = 1000;

// What the child tells: less than PIPE_BUF, so it comes whole or not at all (pipe(7)).
struct Answer {
  uint8_t ok = 0;
  ErrorCode code = ErrorCode::unspecified;
  int sys_errno = 0;
  std::array<char, kMaxText> message{};  // ends in a NUL unless full
  std::array<char, kMaxText> hint{};
};

void copy_text(std::string_view text, std::array<char, kMaxText>& out) {
  std::memcpy(out.data(), text.data(), std::min(text.size(), out.size()));
}
std::string read_text(const std::array<char, kMaxText>& text) {
  return {text.data(), ::strnlen(text.data(), text.size())};
}

Answer make_answer(const Status& status) {
  Answer answer;
  answer.ok = status.ok() ? 1 : 0;
  if (status.ok()) return answer;
  answer.code = status.error().code();
  answer.sys_errno = status.error().sys_errno();
  copy_text(status.error().message(), answer.message);
  copy_text(status.error().hint(), answer.hint);
  return answer;
}

Status read_answer(const Answer& answer) {
  if (answer.ok != 0) return {};
  Error error(answer.code, read_text(answer.message), answer.sys_errno);
  error.set_hint(read_text(answer.hint));
  return error;
}

Status become_root() {
  COVE_TRY(sys::set_group_ids(0));
  COVE_TRY(sys::set_user_ids(0));
  return sys::set_dumpable(true);  // the change of ids took the files in /proc/self away
}

// The child's side: waits until its ids are mapped, then tries.
[[noreturn]] void run_child(const TrialPlace& place, const sys::PipePair& go, const sys::PipePair& reply,
                            Status (*trial)()) {
  const Result<std::string> word = sys::read_all(go.read_end.get(), "go", 16);
  if (!word.ok() || word.value() != "go") sys::exit_now(1);
  Status status = (place.namespaces & CLONE_NEWUSER) != 0 ? become_root() : Status();
  if (status.ok()) status = trial();
  const Answer answer = make_answer(status);
  const std::string_view bytes(reinterpret_cast<const char*>(&answer), sizeof answer);
  sys::exit_now(sys::write_all(reply.write_end.get(), bytes, "answer").ok() ? 0 : 1);
}

struct Child {
  sys::CloneResult process;
  sys::PipePair go;  // both ends: a child that died early must not mean SIGPIPE
  UniqueFd reply;
};

Result<Child> start_child(const TrialPlace& place, Status (*trial)()) {
  sys::PipePair go = COVE_TRY(sys::make_pipe());
  sys::PipePair reply = COVE_TRY(sys::make_pipe());
  sys::CloneResult process =
      COVE_TRY(sys::clone_process({.flags = place.namespaces, .cgroup_fd = place.cgroup_fd}));
  if (process.pid == 0) {
    go.write_end.reset();
    run_child(place, go, reply, trial);
  }
  return Child{std::move(process), std::move(go), std::move(reply.read_end)};
}

Status release(Child& child, const TrialPlace& place) {
  if ((place.namespaces & CLONE_NEWUSER) != 0) COVE_TRY(idmap::write_maps(child.process.pid, place.maps));
  COVE_TRY(sys::write_all(child.go.write_end.get(), "go", "go"));
  child.go.write_end.reset();
  return {};
}

Result<Answer> receive(const Child& child) {
  std::array<struct pollfd, 1> entries{{{child.reply.get(), POLLIN, 0}}};
  if (COVE_TRY(sys::poll_until(entries, sys::monotonic_nanoseconds() + kTimeoutNs)) == 0) {
    return Error::from_errno("wait for the trial", ETIMEDOUT);
  }
  const std::string bytes = COVE_TRY(sys::read_all(child.reply.get(), "answer"));
  Answer answer;
  if (bytes.size() != sizeof answer) return Error(ErrorCode::protocol, "the trial died");
  std::memcpy(&answer, bytes.data(), sizeof answer);
  return answer;
}

}  // namespace

TrialOutcome try_in_child(const TrialPlace& place, Status (*trial)()) {
  Result<Child> child = start_child(place, trial);
  if (!child.ok()) return {false, std::move(child).error()};
  TrialOutcome outcome{false, release(child.value(), place)};
  if (outcome.status.ok()) {
    const Result<Answer> answer = receive(child.value());
    outcome = {true, answer.ok() ? read_answer(answer.value()) : Status(answer.error())};
  }
  (void)sys::signal_pidfd(child->process.pidfd.get(), SIGKILL);
  const Result<sys::WaitOutcome> waited = sys::wait_process(child->process.pid);
  if (outcome.status.ok() && !waited.ok()) outcome.status = waited.error();
  return outcome;
}

}  // namespace cove::probe

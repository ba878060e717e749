#include "network/guard.h"

#include <errno.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/strings.h"
#include "kernel/procfs/procfs.h"
#include "network/orphan.h"
#include "sys/file.h"
#include "sys/poll.h"
#include "sys/process.h"
#include "sys/program.h"
#include "sys/pseudo_file.h"
#include "sys/socket.h"

namespace cove::network {
namespace {

constexpr int kPatienceMs = 30'000;
constexpr size_t kMostOutput = 2048;

// --- in the guard ---

// Nothing of cove's may be kept open by it, nor by the program: no pipe, no terminal, no lock.
Status shed_everything(int ready, int subject) {
  COVE_TRY(sys::block_all_signals());  // Ctrl-C in the terminal is for the command, which may go on
  COVE_TRY(sys::start_session());
  COVE_TRY(sys::change_directory("/"));
  const auto [low, high] = std::minmax(ready, subject);
  sys::close_range(0, static_cast<unsigned>(low) - 1);
  if (high - low > 1) sys::close_range(static_cast<unsigned>(low) + 1, static_cast<unsigned>(high) - 1);
  sys::close_range(static_cast<unsigned>(high) + 1, ~0U);
  COVE_TRY(sys::occupy_standard_streams());
  // The program leaves for the background: it is our child all the same.
  COVE_TRY(sys::set_child_subreaper());
  return sys::set_process_name("cove-network");
}

// Until `fd` can be read or has come to its end. False: the subject's end came first.
bool await(int fd, int subject) {
  std::array<struct pollfd, 2> entries{{{fd, POLLIN, 0}, {subject, POLLIN, 0}}};
  return sys::poll_until(entries, sys::kNever).ok() && entries[1].revents == 0;
}

std::string read_output(int fd) {
  std::string text;
  std::array<char, kMostOutput> buffer{};
  while (text.size() < kMostOutput && sys::wait_readable(fd, 0)) {
    const ssize_t got = sys::read_some(fd, buffer);
    if (got <= 0) break;
    text.append(buffer.data(), static_cast<size_t>(got));
  }
  return text;
}

// What it complains about in the end is what made it give up; of the system's log it need not tell.
std::string last_complaint(std::string_view output) {
  std::string complaint;
  while (const auto line = next_line(output)) {
    if (!trim(*line).empty() && !line->starts_with("Failed to send ")) complaint = trim(*line);
  }
  return complaint;
}

class Guard {
 public:
  Guard(const GuardTask& task, int subject) : task_(task), subject_(subject) {}

  Result<GuardedProcess> start();
  // Until the subject, or the program, has come to its end.
  void keep();

 private:
  Status await_background();
  Status await_ready(sys::PipePair& ready);
  Error failure(std::string_view what) const;
  Result<pid_t> find_child() const;

  const GuardTask& task_;
  int subject_;
  pid_t pid_ = 0;
  UniqueFd pidfd_;
  sys::PipePair output_;
};

Error Guard::failure(std::string_view what) const {
  const std::string complaint = last_complaint(read_output(output_.read_end.get()));
  return Error(ErrorCode::system,
               fmt::format("{} {}{}{}", task_.argv.front(), what, complaint.empty() ? "" : ": ", complaint));
}

Result<pid_t> Guard::find_child() const {
  const std::string text = COVE_TRY(sys::read_file("/proc/thread-self/children"));
  const auto child = parse_number<pid_t>(trim(text));
  if (child) return *child;
  return failure("left nothing in the background");
}

Status Guard::await_background() {
  if (!await(pidfd_.get(), subject_)) return failure("was too late: process 1 is gone");
  const int status = COVE_TRY(sys::wait_process(pid_)).status;
  pid_ = 0;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return failure("did not start");
  pid_ = COVE_TRY(find_child());
  pidfd_ = COVE_TRY(sys::open_pidfd(pid_));
  return {};
}

Status Guard::await_ready(sys::PipePair& ready) {
  ready.write_end.reset();
  if (!await(ready.read_end.get(), subject_)) return failure("was too late: process 1 is gone");
  std::array<char, 1> word{};
  if (sys::read_some(ready.read_end.get(), word) == 1) return {};
  // It is about to end, and has said why.
  static_cast<void>(await(pidfd_.get(), subject_));
  return failure("did not start");
}

Result<GuardedProcess> Guard::start() {
  output_ = COVE_TRY(sys::make_pipe());
  sys::PipePair ready = COVE_TRY(sys::make_pipe());
  const int output = output_.write_end.get();
  pid_ = COVE_TRY(sys::spawn_with_fds(task_.path.c_str(), task_.argv,
                                      task_.background
                                          ? std::vector<int>{-1, output, output}
                                          : std::vector<int>{-1, output, output, ready.write_end.get()}));
  output_.write_end.reset();
  pidfd_ = COVE_TRY(sys::open_pidfd(pid_));
  COVE_TRY(task_.background ? await_background() : await_ready(ready));
  return GuardedProcess{pid_, COVE_TRY(procfs::read_stat(pid_)).start_time};
}

void Guard::keep() {
  // What it says is read, so that it never waits for somebody who reads.
  while (pid_ != 0) {
    std::array<struct pollfd, 3> entries{
        {{pidfd_.get(), POLLIN, 0}, {subject_, POLLIN, 0}, {output_.read_end.get(), POLLIN, 0}}};
    if (!sys::poll_until(entries, sys::kNever)) break;
    if (entries[0].revents != 0 || entries[1].revents != 0) break;
    std::array<char, kMostOutput> buffer{};
    if (sys::read_some(output_.read_end.get(), buffer) <= 0) output_.read_end.reset();
  }
}

[[noreturn]] void guard(const GuardTask& task, UniqueFd ready, int subject) noexcept {
  if (!shed_everything(ready.get(), subject)) sys::exit_now(1);
  Guard guard(task, subject);
  const Result<GuardedProcess> started = guard.start();
  const std::string answer = started ? fmt::format("{} {}", started->pid, started->start_time)
                                     : started.error().message().substr(0, kMostOutput);
  static_cast<void>(sys::send_datagram(ready.get(), std::as_bytes(std::span(answer))));
  ready.reset();
  if (started) guard.keep();
  // Whatever is left is a child of ours.
  while (true) {
    const auto children = sys::read_file("/proc/thread-self/children");
    const auto child = parse_number<pid_t>(children ? split_once(trim(*children), ' ').first : "");
    if (!child) break;
    const auto pidfd = sys::open_pidfd(*child);
    if (pidfd) static_cast<void>(sys::signal_pidfd(pidfd->get(), SIGKILL));
    if (!sys::wait_process(*child)) break;
  }
  sys::exit_now(0);
}

// --- in whoever starts it ---

Result<GuardedProcess> hear(int socket) {
  if (!sys::wait_readable(socket, kPatienceMs))
    return Error(ErrorCode::system, "it is not ready after 30 seconds", ETIMEDOUT);
  std::array<char, kMostOutput> answer{};
  const sys::Datagram got =
      COVE_TRY(sys::receive_datagram(socket, std::as_writable_bytes(std::span(answer))));
  const std::string_view text(answer.data(), got.size);
  const Halves halves = split_once(text, ' ');
  const auto pid = parse_number<pid_t>(halves.first);
  const auto start_time = parse_number<uint64_t>(halves.second.value_or(""));
  if (pid && start_time) return GuardedProcess{*pid, *start_time};
  return Error(ErrorCode::system,
               text.empty() ? std::string("whoever started it was killed") : std::string(text));
}

}  // namespace

Result<GuardedProcess> start_guarded(const GuardTask& task) {
  const UniqueFd subject = COVE_TRY(sys::open_pidfd(task.subject));
  sys::SocketPair ready = COVE_TRY(sys::make_seqpacket_pair());
  COVE_TRY(start_orphan([&] {
    Result<pid_t> forked = sys::fork_process();
    if (!forked || *forked != 0) return forked;
    const Result<pid_t> again = sys::fork_process();
    if (again && *again == 0) guard(task, std::move(ready.second), subject.get());
    sys::exit_now(again ? 0 : 1);
  }));
  ready.second.reset();
  return hear(ready.first.get());
}

}  // namespace cove::network

#include "supervise/descendants.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

#include "base/strings.h"
#include "supervise/deadline.h"
#include "sys/file.h"
#include "sys/poll.h"
#include "sys/process.h"

namespace cove::supervise {
namespace {

constexpr size_t kChildrenLimit = size_t{64} << 20;  // bytes: more than all pids of a machine need
constexpr uint64_t kPatienceNs = 5'000 * kNsPerMs;
constexpr uint64_t kPauseNs = kNsPerMs;

Result<std::vector<pid_t>> own_children(std::span<const pid_t> spared) {
  const std::string path = fmt::format("/proc/self/task/{}/children", ::getpid());  // cove has one thread
  const std::string text = COVE_TRY(sys::read_file(path.c_str(), kChildrenLimit));
  std::vector<pid_t> children;
  for (const std::string_view word : split(text, ' ')) {
    const auto child = parse_number<pid_t>(word);
    if (child && std::find(spared.begin(), spared.end(), *child) == spared.end()) children.push_back(*child);
  }
  return children;
}

Status reap(std::span<const pid_t> children) {
  for (const pid_t child : children) {
    const auto outcome = sys::wait_process(child, WNOHANG);
    if (outcome.ok()) continue;
    const int reason = outcome.error().sys_errno();
    if (reason != EAGAIN && reason != ECHILD) return outcome.error();
  }
  return {};
}

}  // namespace

Status reap_orphans(std::span<const pid_t> spared) {
  return reap(COVE_TRY(own_children(spared)));
}

Status kill_descendants(std::span<const pid_t> spared) {
  const uint64_t deadline = sys::monotonic_nanoseconds() + kPatienceNs;
  for (;;) {
    const std::vector<pid_t> children = COVE_TRY(own_children(spared));
    if (children.empty()) return {};
    for (const pid_t child : children) {
      const Status status = sys::signal_process(child, SIGKILL);
      static_cast<void>(status);  // EPERM is what the deadline is for
    }
    const uint64_t now = sys::monotonic_nanoseconds();
    if (now >= deadline) {
      return Error::from_errno(fmt::format("kill the sandbox's processes: {} left", children.size()),
                               ETIMEDOUT);
    }
    COVE_TRY(sys::poll_until({}, now + kPauseNs));
    COVE_TRY(reap(children));
  }
}

}  // namespace cove::supervise

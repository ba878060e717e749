// kill_processes(): from plain paths, so that any process can do it.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "kernel/cgroup/cgroup.h"
#include "kernel/cgroup/cgroup_files.h"
#include "kernel/cgroup/states.h"
#include "kernel/cgroup/tree.h"
#include "sys/file.h"

namespace cove::cgroup {
namespace {

using Paths = std::span<const std::string>;

constexpr unsigned kFreezeMs =
    100;  // a process in uninterruptible sleep does not freeze; it is signalled all the same
constexpr size_t kProcsLimit = size_t{1}
                               << 26;  // bytes of one cgroup.procs: PID_MAX_LIMIT lines of 8 bytes and more

// v2: the kernel kills all below, those being forked too (Linux 5.14). False if the directory has no such
// file.
bool kill_at_once(int directory_fd) noexcept {
  return sys::write_pseudo(directory_fd, "cgroup.kill", "1") == 0;
}

bool is_populated(int directory_fd) {
  std::array<char, 256> buffer;
  const ssize_t got = sys::read_pseudo(directory_fd, "cgroup.events", buffer);
  if (got < 0) return false;  // gone
  return find_counter(std::string_view(buffer.data(), static_cast<size_t>(got)), "populated") == 1U;
}

// Sends SIGKILL to every process in the directories and below; gives their number.
size_t signal_everybody(Paths directories) {
  size_t signalled = 0;
  const auto signal_one = [&](int directory_fd) {
    const auto text = sys::read_file_at(directory_fd, "cgroup.procs", kProcsLimit);
    if (!text) return;  // removed, or a threaded v2 cgroup, whose processes its parent lists
    for (const pid_t pid : parse_process_ids(*text)) {
      if (pid == ::getpid()) continue;
      ++signalled;
      static_cast<void>(sys::try_signal_process(pid, SIGKILL));  // ESRCH: it is dying already
    }
  };
  for (const std::string& directory : directories) {
    walk_tree(directory, signal_one, [](int, const char*) {});
  }
  return signalled;
}

// What keeps processes from multiplying while they are being killed.
struct Brake {
  UniqueFd freezer;
  int version = 1;
};

Brake find_brake(Paths directories) {
  UniqueFd pids;
  for (const std::string& directory : directories) {
    UniqueFd fd(open_cgroup(AT_FDCWD, directory.c_str()));
    if (!fd.valid()) continue;
    if (sys::access_at(fd.get(), "cgroup.freeze", W_OK) == 0) return {std::move(fd), 2};
    if (sys::access_at(fd.get(), "freezer.state", W_OK) == 0) return {std::move(fd), 1};
    if (sys::access_at(fd.get(), "pids.max", W_OK) == 0) pids = std::move(fd);
  }
  // The next best: nothing can fork any more.
  if (pids.valid()) static_cast<void>(sys::write_pseudo(pids.get(), "pids.max", "0"));
  return {};
}

Status kill_one_by_one(Paths directories, Patience& patience) {
  if (signal_everybody(directories) == 0) return {};
  const Brake brake = find_brake(directories);
  do {
    const auto brake_to = [&](bool frozen) {
      if (!brake.freezer.valid()) return;
      // Best effort: whoever is left shows in the next round.
      static_cast<void>(set_frozen(brake.freezer.get(), brake.version, frozen, kFreezeMs));
    };
    brake_to(true);
    const size_t left = signal_everybody(directories);
    brake_to(false);
    if (left == 0) return {};
  } while (patience.wait());
  return Error::from_errno(fmt::format("kill the processes in cgroup {}", directories.front()), ETIMEDOUT);
}

}  // namespace

Status kill_processes(std::span<const std::string> directories, unsigned timeout_ms) {
  Patience patience(timeout_ms);
  for (const std::string& directory : directories) {
    const UniqueFd fd(open_cgroup(AT_FDCWD, directory.c_str()));
    if (!fd.valid() || !kill_at_once(fd.get())) continue;
    while (is_populated(fd.get())) {
      if (patience.wait()) continue;
      return Error::from_errno(fmt::format("kill the processes in cgroup {}", directory), ETIMEDOUT);
    }
  }
  // v1, and processes that are in the v1 directories only.
  return kill_one_by_one(directories, patience);
}

Status remove_directories(std::span<const std::string> directories, unsigned timeout_ms) {
  Patience patience(timeout_ms);
  for (const std::string& directory : directories) {
    while (true) {
      int failed = sys::try_remove_directory_at(AT_FDCWD, directory.c_str());
      if (failed == EBUSY) {
        walk_tree(
            directory, [](int) {},
            [](int parent_fd, const char* name) {
              static_cast<void>(sys::try_remove_directory_at(parent_fd, name));  // shows in the next try
            });
        failed = sys::try_remove_directory_at(AT_FDCWD, directory.c_str());
      }
      if (failed == 0 || failed == ENOENT) break;
      if (failed != EBUSY || !patience.wait()) {
        return Error::from_errno(fmt::format("remove cgroup {}", directory), failed);
      }
    }
  }
  return {};
}

}  // namespace cove::cgroup

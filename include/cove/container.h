// libcove: OCI containers on Linux, from C++20.
//
// The operations of cove-runtime(8), which see for what they mean: a container comes from a bundle (a
// directory with a config.json), and is kept on record below `Runtime::root`, where `cove-runtime --root`
// finds it, too. An object of this library is a handle: when it is destroyed the container goes on.
//
//   cove::Runtime runtime;
//   auto container = cove::Container::create(runtime, {.id = "box", .bundle = "/srv/box"});
//   if (!container) return complain(container.failure());
//   if (auto started = container->start(); !started) ...
//   auto exit = container->wait();             // how its first process ended
//   auto removed = container->remove();
//
// What to know:
// - create() and exec() clone the calling process. They refuse (a Failure) where it has more than one thread.
// - What they launch is a child of the calling process, so that wait() gets its exit status; wait() must be
// called, or
//   the child stays a zombie until the caller ends. A program that collects every child with waitpid(-1)
//   takes the status away from it.
// - Nothing throws but std::bad_alloc. No signal handler, signal mask, umask or working directory is changed.
// - All functions may block, on the container's lock for instance. Handles may be moved, not shared between
// threads.
// - The archive is position-independent as an executable is (-fPIE): link it into programs, not into shared
// libraries.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cove {

// Why something did not come about.
struct Failure {
  std::string message;   // of one line, from the operation to the cause
  std::string hint;      // the way out; may be empty
  std::string id;        // stable, as "E-USERNS-DISABLED" (docs/errors.md); empty for most
  int system_errno = 0;  // of the system call that failed; 0: none did
};

// A value or a Failure.
template <typename T>
class [[nodiscard]] Expected {
 public:
  Expected(T value) : state_(std::in_place_index<0>, std::move(value)) {}            // NOLINT: implicit
  Expected(Failure failure) : state_(std::in_place_index<1>, std::move(failure)) {}  // NOLINT: implicit

  [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }
  // Only when ok().
  T& operator*() noexcept { return *std::get_if<0>(&state_); }
  const T& operator*() const noexcept { return *std::get_if<0>(&state_); }
  T* operator->() noexcept { return std::get_if<0>(&state_); }
  const T* operator->() const noexcept { return std::get_if<0>(&state_); }
  // Only when not ok().
  [[nodiscard]] const Failure& failure() const noexcept { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Failure> state_;
};
struct Done {};
using Completion = Expected<Done>;

// Where the containers' records are, and how cgroups are made.
struct Runtime {
  std::string root = "/run/cove-runtime";      // absolute; made if it is missing
  bool systemd_cgroup = false;                 // by way of systemd: cgroupsPath is "SLICE:PREFIX:NAME"
  std::function<void(std::string_view)> warn;  // gets warnings, a line each; empty: they are dropped
};

// The standard streams and further descriptors of a process. -1: the caller's own.
struct Streams {
  int input = -1;
  int output = -1;
  int error = -1;
  std::string console_socket;  // for a terminal: host path of a listening socket that takes its master
  unsigned preserve_fds = 0;   // further descriptors of the caller, from 3 on, that it inherits
};

struct CreateRequest {
  std::string id;      // 1 to 1024 of A-Z a-z 0-9 _ + - .
  std::string bundle;  // the directory with config.json
  Streams streams;
  bool no_pivot = false;        // move the root and chroot(2): for a caller whose root is a ramfs
  bool no_new_keyring = false;  // stay in the caller's session keyring
};

// A further process. What is empty is as config.json has it for the first one.
struct ExecRequest {
  std::vector<std::string> args;
  std::vector<std::string> env;  // NAME=value, added
  std::string cwd;
  std::string user;  // UID[:GID]
  std::vector<uint32_t> additional_gids;
  std::vector<std::string> capabilities;  // "CAP_…", added
  bool no_new_privileges = false;
  bool terminal = false;  // needs Streams::console_socket
  Streams streams;
};

struct ExitStatus {
  bool known = false;  // false: the process was no child of the caller
  int code = 0;        // of exit(3); 0 if a signal ended it
  int signal = 0;      // that ended it; 0: none
};

enum class ContainerState { creating, created, running, paused, stopped };

struct ContainerInfo {
  std::string id;
  ContainerState state = ContainerState::creating;
  pid_t pid = 0;  // of the first process, as the caller's pid namespace has it; 0: none any more
  std::string bundle;
  std::string rootfs;
  std::string created;  // RFC 3339, UTC
  std::string owner;
  std::map<std::string, std::string> annotations;
};

struct ContainerStats {
  uint64_t cpu_ns = 0;
  uint64_t cpu_throttled_ns = 0;
  uint64_t memory_bytes = 0;
  uint64_t memory_peak_bytes = 0;
  uint64_t memory_limit_bytes = 0;  // about 2^63 or more: none
  uint64_t processes = 0;
  uint64_t processes_limit = 0;  // 0: none
  std::string json;              // all there is, as `cove-runtime events --stats` prints it
};

// New limits; those without a value stay.
struct LimitChange {
  std::optional<int64_t> memory_bytes;       // -1: none
  std::optional<int64_t> memory_swap_bytes;  // memory and swap together; -1: none
  std::optional<int64_t> processes;          // -1: none
  std::optional<int64_t> cpu_quota_us;       // per period; -1: none
  std::optional<uint64_t> cpu_period_us;
  std::optional<uint64_t> cpu_shares;  // 2 to 262144
  std::string cpus;                    // "0-2,5"; empty: unchanged
};

// A process that exec() has launched. A handle: it goes on without it.
class Process {
 public:
  Process(Process&&) noexcept;
  Process& operator=(Process&&) noexcept;
  ~Process();

  [[nodiscard]] pid_t pid() const noexcept;  // as the caller's pid namespace has it
  Completion kill(int signal) const;
  // How it ended. Nothing: it has not within `timeout`. The second call gives what the first one did.
  Expected<ExitStatus> wait();
  Expected<std::optional<ExitStatus>> wait_for(std::chrono::milliseconds timeout);

 private:
  friend class Container;
  struct Impl;
  explicit Process(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

class Container {
 public:
  // Makes it, up to the point where start() lets its first process go. On failure nothing is left of it.
  static Expected<Container> create(Runtime runtime, const CreateRequest& request);
  // One that is there already.
  static Expected<Container> open(Runtime runtime, std::string id);
  static Expected<std::vector<ContainerInfo>> list(const Runtime& runtime);

  Container(Container&&) noexcept;
  Container& operator=(Container&&) noexcept;
  ~Container();

  [[nodiscard]] const std::string& id() const noexcept;
  Completion start();
  Expected<Process> exec(const ExecRequest& request);
  [[nodiscard]] Expected<ContainerInfo> state() const;
  [[nodiscard]] Expected<ContainerStats> stats() const;
  [[nodiscard]] Expected<std::vector<pid_t>> processes() const;
  Completion update(const LimitChange& change);
  Completion pause();
  Completion resume();
  // To the first process, or to `all` of them.
  Completion kill(int signal, bool all = false);
  // How its first process ended; see Process.
  Expected<ExitStatus> wait();
  Expected<std::optional<ExitStatus>> wait_for(std::chrono::milliseconds timeout);
  // Deletes it with all that was made for it. One that runs is refused, unless `force` ends it.
  Completion remove(bool force = false);

 private:
  struct Impl;
  explicit Container(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cove

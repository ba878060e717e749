#include "sys/program.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "sys/call.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::sys {
namespace {

// The two objects of posix_spawn(3), freed together. Their functions return the errno.
class SpawnSettings {
 public:
  SpawnSettings() {
    first_error(posix_spawn_file_actions_init(&actions_));
    first_error(posix_spawnattr_init(&attributes_));
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  int prepare(int output_fd) {
    first_error(posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0));
    first_error(posix_spawn_file_actions_adddup2(&actions_, output_fd, 1));
    first_error(posix_spawn_file_actions_adddup2(&actions_, output_fd, 2));
    sigset_t signals;
    sigemptyset(&signals);
    first_error(posix_spawnattr_setsigmask(&attributes_, &signals));
    sigfillset(&signals);
    first_error(posix_spawnattr_setsigdefault(&attributes_, &signals));
    first_error(posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
    return error_;
  }

  [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  void first_error(int error) {
    if (error_ == 0) error_ = error;
  }

  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
  int error_ = 0;
};

}  // namespace

Result<SpawnedProgram> spawn_program(const std::string& path, const std::vector<std::string>& arguments) {
  PipePair pipe = COVE_TRY(make_pipe());
  SpawnSettings settings;
  if (const int error = settings.prepare(pipe.write_end.get()); error != 0) {
    return Error::from_errno(fmt::format("prepare to start {}", path), error);
  }
  std::vector<char*> argv;
  argv.push_back(const_cast<char*>(path.c_str()));
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  char* environment = nullptr;
  SpawnedProgram program;
  const int error = ::posix_spawn(&program.pid, path.c_str(), settings.actions(), settings.attributes(),
                                  argv.data(), &environment);
  if (error != 0) return Error::from_errno(fmt::format("start {}", path), error);
  program.output = std::move(pipe.read_end);
  return program;
}

namespace {

// Appends what `fd` yields until its end or the deadline.
Status collect_output(int fd, size_t limit, uint64_t deadline, std::string& output) {
  std::array<char, 1024> buffer;
  while (true) {
    const uint64_t now = monotonic_nanoseconds();
    if (now >= deadline) return Error::from_errno("wait for output", ETIMEDOUT);
    struct pollfd ready {
      fd, POLLIN, 0
    };
    const int milliseconds = static_cast<int>(std::min<uint64_t>((deadline - now) / 1'000'000 + 1, 60'000));
    if (retry_interrupted([&] { return ::poll(&ready, 1, milliseconds); }) < 0) return last_error("poll");
    if (ready.revents == 0) continue;
    const ssize_t got = retry_interrupted([&] { return ::read(fd, buffer.data(), buffer.size()); });
    if (got < 0) return last_error("read output");
    if (got == 0) return {};
    output.append(buffer.data(), std::min(static_cast<size_t>(got), limit - output.size()));
  }
}

}  // namespace

Result<ProgramOutcome> finish_program(const SpawnedProgram& program, size_t limit, int timeout_ms) {
  const uint64_t deadline = monotonic_nanoseconds() + static_cast<uint64_t>(timeout_ms) * 1'000'000;
  ProgramOutcome outcome;
  Status collected = collect_output(program.output.get(), limit, deadline, outcome.output);
  // A kill that fails (it cannot, for a program that runs with our real uid) must not make the wait below
  // endless.
  if (!collected && ::kill(program.pid, SIGKILL) != 0) return std::move(collected).error();
  outcome.status = COVE_TRY(wait_process(program.pid)).status;
  if (!collected) return std::move(collected).error();
  return outcome;
}

Result<ProgramPrivilege> program_privilege(const char* path) {
  const struct stat info = COVE_TRY(stat_at(AT_FDCWD, path));
  struct statvfs mount {};
  if (::statvfs(path, &mount) != 0) return last_error("statvfs {}", path);
  ProgramPrivilege privilege;
  privilege.setuid_root = (info.st_mode & S_ISUID) != 0 && info.st_uid == 0;
  privilege.file_capabilities = ::getxattr(path, "security.capability", nullptr, 0) > 0;
  privilege.nosuid_mount = (mount.f_flag & ST_NOSUID) != 0;
  return privilege;
}

bool has_no_new_privs() noexcept {
  return ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

}  // namespace cove::sys

#include "sys/program.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "base/strings.h"
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

  // `input_fd` -1: /dev/null.
  int prepare(int input_fd, int output_fd, bool drop_errors) {
    if (input_fd < 0) {
      first_error(posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0));
    } else {
      first_error(posix_spawn_file_actions_adddup2(&actions_, input_fd, 0));
    }
    first_error(posix_spawn_file_actions_adddup2(&actions_, output_fd, 1));
    if (drop_errors) {
      first_error(posix_spawn_file_actions_addopen(&actions_, 2, "/dev/null", O_WRONLY, 0));
    } else {
      first_error(posix_spawn_file_actions_adddup2(&actions_, output_fd, 2));
    }
    return finish(3);
  }

  // `sources` become 0, 1, 2 …; all have higher numbers.
  int prepare(const std::vector<int>& sources) {
    for (size_t i = 0; i < sources.size(); ++i)
      first_error(posix_spawn_file_actions_adddup2(&actions_, sources[i], static_cast<int>(i)));
    return finish(static_cast<int>(sources.size()));
  }

  [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  int finish(int first_closed) {
    first_error(posix_spawn_file_actions_addclosefrom_np(&actions_, first_closed));
    sigset_t signals;
    sigemptyset(&signals);
    first_error(posix_spawnattr_setsigmask(&attributes_, &signals));
    sigfillset(&signals);
    first_error(posix_spawnattr_setsigdefault(&attributes_, &signals));
    first_error(posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
    return error_;
  }

  void first_error(int error) {
    if (error_ == 0) error_ = error;
  }

  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
  int error_ = 0;
};

}  // namespace

namespace {

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> list;
  list.reserve(strings.size() + 1);
  for (const std::string& text : strings) list.push_back(const_cast<char*>(text.c_str()));
  list.push_back(nullptr);
  return list;
}

// A file, not a pipe: a program that never reads cannot make its writer wait.
Result<UniqueFd> input_file(const std::string& input) {
  if (input.empty()) return UniqueFd();
  UniqueFd file(::memfd_create("input", MFD_CLOEXEC));
  if (!file.valid()) return last_error("create a file in memory");
  COVE_TRY(write_all(file.get(), input, "standard input"));
  if (::lseek(file.get(), 0, SEEK_SET) != 0) return last_error("rewind standard input");
  return file;
}

}  // namespace

Result<SpawnedProgram> spawn_program(const ProgramRequest& request) {
  const UniqueFd input = COVE_TRY(input_file(request.input));
  PipePair pipe = COVE_TRY(make_pipe());
  SpawnSettings settings;
  if (const int error = settings.prepare(input.get(), pipe.write_end.get(), request.drop_errors);
      error != 0) {
    return Error::from_errno(fmt::format("prepare to start {}", request.path), error);
  }
  const std::vector<char*> argv = pointers(request.argv);
  const std::vector<char*> env = pointers(request.env);
  SpawnedProgram program;
  const int error = ::posix_spawn(&program.pid, request.path.c_str(), settings.actions(),
                                  settings.attributes(), argv.data(), request.own_env ? environ : env.data());
  if (error != 0) return Error::from_errno(fmt::format("start {}", request.path), error);
  program.output = std::move(pipe.read_end);
  return program;
}

Result<SpawnedProgram> spawn_program(const std::string& path, const std::vector<std::string>& arguments) {
  ProgramRequest request;
  request.path = path;
  request.argv.push_back(path);
  request.argv.insert(request.argv.end(), arguments.begin(), arguments.end());
  return spawn_program(request);
}

namespace {

// Numbers that no target has, so that no dup2(2) overwrites one that is still to be taken from.
Result<std::vector<UniqueFd>> move_above(const std::vector<int>& fds) {
  std::vector<UniqueFd> moved(fds.size());
  for (size_t i = 0; i < fds.size(); ++i) {
    if (fds[i] < 0) {
      moved[i] = COVE_TRY(open_path("/dev/null", O_RDWR));
    } else {
      moved[i].reset(::fcntl(fds[i], F_DUPFD_CLOEXEC, static_cast<int>(fds.size())));
    }
    if (moved[i].valid() && moved[i].get() < static_cast<int>(fds.size()))
      moved[i].reset(::fcntl(moved[i].get(), F_DUPFD_CLOEXEC, static_cast<int>(fds.size())));
    if (!moved[i].valid()) return last_error("duplicate a descriptor");
  }
  return moved;
}

}  // namespace

Result<pid_t> spawn_with_fds(const char* path, const std::vector<std::string>& argv,
                             const std::vector<int>& fds) {
  const std::vector<UniqueFd> sources = COVE_TRY(move_above(fds));
  SpawnSettings settings;
  std::vector<int> numbers;
  numbers.reserve(sources.size());
  for (const UniqueFd& source : sources) numbers.push_back(source.get());
  if (const int error = settings.prepare(numbers); error != 0)
    return Error::from_errno(fmt::format("prepare to start {}", path), error);
  const std::vector<char*> arguments = pointers(argv);
  pid_t pid = 0;
  const int error =
      ::posix_spawn(&pid, path, settings.actions(), settings.attributes(), arguments.data(), environ);
  if (error != 0) return Error::from_errno(fmt::format("start {}", path), error);
  return pid;
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

Result<ProgramOutcome> finish_program(const SpawnedProgram& program, size_t limit, uint64_t timeout_ms) {
  const uint64_t now = monotonic_nanoseconds();
  const uint64_t deadline =
      timeout_ms >= (kNoTimeout - now) / 1'000'000 ? kNoTimeout : now + timeout_ms * 1'000'000;
  ProgramOutcome outcome;
  Status collected = collect_output(program.output.get(), limit, deadline, outcome.output);
  // A kill that fails (it cannot, for a program that runs with our real uid) must not make the wait below
  // endless.
  if (!collected && ::kill(program.pid, SIGKILL) != 0) return std::move(collected).error();
  outcome.status = COVE_TRY(wait_process(program.pid)).status;
  if (!collected) return std::move(collected).error();
  return outcome;
}

Result<std::string> find_companion(std::string_view name) {
  const std::string own = COVE_TRY(read_link_at(AT_FDCWD, "/proc/self/exe"));
  const std::string directory = own.substr(0, own.rfind('/'));
  for (const std::string_view place : {"", "/../libexec/cove"}) {
    std::string path = fmt::format("{}{}/{}", directory, place, name);
    if (check_access(path.c_str(), X_OK)) return path;
  }
  Error error(ErrorCode::not_found, fmt::format("{} is not installed", name));
  error.set_hint(fmt::format("put it beside {}, of the same build", own));
  return error;
}

ProgramSearch find_program(std::string_view name, std::string_view path, PathEntries entries) {
  ProgramSearch search;
  for (const std::string_view directory : split(path, ':')) {
    if (entries == PathEntries::absolute && !directory.starts_with('/')) continue;
    const std::string candidate = fmt::format("{}/{}", directory.empty() ? "." : directory, name);
    if (may_access(candidate.c_str(), X_OK)) {
      const Result<struct stat> info = stat_at(AT_FDCWD, candidate.c_str());
      if (info && S_ISREG(info->st_mode)) {
        search.path = candidate;
        return search;
      }
    }
    search.seen = search.seen || exists(candidate.c_str());
  }
  return search;
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

#include "sys/process.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>

#include "sys/call.h"
#include "sys/file.h"

namespace cove::sys {

Result<CloneResult> clone_process(const CloneRequest& request) {
  int pidfd = -1;
  struct clone_args args {};
  args.flags = request.flags | CLONE_PIDFD;
  args.pidfd = reinterpret_cast<uint64_t>(&pidfd);
  // With CLONE_PARENT the exit signal is the caller's own (clone(2)).
  args.exit_signal = (request.flags & CLONE_PARENT) != 0 ? 0 : SIGCHLD;
  if (request.cgroup_fd >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = static_cast<uint64_t>(request.cgroup_fd);
  }
  const long pid = ::syscall(SYS_clone3, &args, sizeof args);
  if (pid < 0) return last_error("clone3");
  if (pid == 0) return CloneResult{};
  return CloneResult{static_cast<pid_t>(pid), UniqueFd(pidfd)};
}

Result<pid_t> fork_process() {
  const pid_t pid = ::fork();
  if (pid < 0) return last_error("fork");
  return pid;
}

pid_t parent_process() noexcept {
  return ::getppid();
}

Result<UniqueFd> open_pidfd(pid_t pid) {
  // Not glibc's wrappers: the <sys/pidfd.h> of 2.36 lacks extern "C".
  const int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0) return last_error("open process {}", pid);
  return UniqueFd(fd);
}

Status signal_pidfd(int pidfd, int signal) {
  if (::syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0) != 0)
    return last_error("send signal {}", signal);
  return {};
}

bool wait_readable(int fd, int timeout_ms) noexcept {
  struct pollfd entry {
    fd, POLLIN, 0
  };
  return retry_interrupted([&] { return ::poll(&entry, 1, timeout_ms); }) > 0;
}

Result<size_t> thread_count() {
  // A directory's link count is that of its sub-directories and two (proc_task_getattr() in the kernel).
  const struct stat info = COVE_TRY(stat_at(AT_FDCWD, "/proc/self/task"));
  return static_cast<size_t>(info.st_nlink) - 2;
}

Result<WaitOutcome> wait_process(pid_t pid, int options) {
  WaitOutcome outcome;
  const pid_t got = retry_interrupted([&] { return ::wait4(pid, &outcome.status, options, &outcome.usage); });
  if (got < 0) return last_error("wait for process {}", pid);
  if (got == 0) return Error::from_errno(fmt::format("wait for process {}", pid), EAGAIN);
  return outcome;
}

Result<EndedChild> wait_any(int options) {
  EndedChild ended;
  ended.pid = retry_interrupted([&] { return ::waitpid(-1, &ended.status, options); });
  if (ended.pid < 0) return last_error("wait for a process");
  return ended;
}

Status enter_namespace(int fd, int nstype, const char* name) {
  if (::setns(fd, nstype) != 0) return last_error("join {} namespace", name);
  return {};
}

Status unshare_namespaces(int flags) {
  if (::unshare(flags) != 0) return last_error("unshare namespaces {:#x}", flags);
  return {};
}

Status set_parent_death_signal(int signal) {
  if (::prctl(PR_SET_PDEATHSIG, signal) != 0) return last_error("set parent-death signal");
  return {};
}

Status set_dumpable(bool dumpable) {
  if (::prctl(PR_SET_DUMPABLE, dumpable ? 1 : 0) != 0) return last_error("set dumpable");
  return {};
}

Status set_no_new_privs() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return last_error("set no_new_privs");
  return {};
}

Status set_child_subreaper() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return last_error("become child subreaper");
  return {};
}

Status unset_child_subreaper() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 0) != 0) return last_error("cease to be child subreaper");
  return {};
}

bool is_child_subreaper() noexcept {
  int is = 0;
  return ::prctl(PR_GET_CHILD_SUBREAPER, &is) == 0 && is != 0;
}

Status set_process_name(const char* name) {
  if (::prctl(PR_SET_NAME, name) != 0) return last_error("set process name");
  return {};
}

Status start_session() {
  if (::setsid() < 0) return last_error("start session");
  return {};
}

Status set_groups(std::span<const gid_t> groups) {
  // The raw calls: glibc's wrappers signal every thread first, and here there is one.
  if (::syscall(SYS_setgroups, groups.size(), groups.data()) != 0)
    return last_error("set supplementary groups");
  return {};
}

Status set_group_ids(gid_t gid) {
  if (::syscall(SYS_setresgid, gid, gid, gid) != 0) return last_error("set group id {}", gid);
  return {};
}

Status set_user_ids(uid_t uid) {
  if (::syscall(SYS_setresuid, uid, uid, uid) != 0) return last_error("set user id {}", uid);
  return {};
}

Status set_host_name(std::string_view name) {
  if (::sethostname(name.data(), name.size()) != 0) return last_error("set host name {}", name);
  return {};
}

Status set_domain_name(std::string_view name) {
  if (::setdomainname(name.data(), name.size()) != 0) return last_error("set domain name {}", name);
  return {};
}

Status set_resource_limit(int resource, uint64_t soft, uint64_t hard) {
  const struct rlimit64 limit { soft, hard };
  if (::prlimit64(0, static_cast<__rlimit_resource>(resource), &limit, nullptr) != 0) {
    return last_error("set resource limit {} to {}:{}", resource, soft, hard);
  }
  return {};
}

Status set_process_limit(pid_t pid, int resource, uint64_t soft, uint64_t hard) {
  const struct rlimit64 limit { soft, hard };
  if (::prlimit64(pid, static_cast<__rlimit_resource>(resource), &limit, nullptr) != 0) {
    return last_error("set resource limit {} of process {} to {}:{}", resource, pid, soft, hard);
  }
  return {};
}

Result<ResourceLimit> process_limit(pid_t pid, int resource) {
  struct rlimit64 limit {};
  if (::prlimit64(pid, static_cast<__rlimit_resource>(resource), nullptr, &limit) != 0) {
    return last_error("read resource limit {} of process {}", resource, pid);
  }
  return ResourceLimit{limit.rlim_cur, limit.rlim_max};
}

mode_t current_umask() noexcept {
  const mode_t mask = ::umask(0);  // there is no call that only asks
  ::umask(mask);
  return mask;
}

void set_umask(mode_t mask) noexcept {
  ::umask(mask);
}

Result<std::string> current_directory() {
  // The kernel's own answer: glibc would walk up by itself where it says "(unreachable)".
  std::array<char, 4096> buffer;
  if (::syscall(SYS_getcwd, buffer.data(), buffer.size()) < 0) return last_error("get current directory");
  if (buffer[0] != '/') return Error(ErrorCode::system, "the current directory is outside the root", ENOENT);
  return std::string(buffer.data());
}

Status change_directory(const char* path) {
  if (::chdir(path) != 0) return last_error("change directory to {}", path);
  return {};
}

Status change_directory_fd(int fd) {
  if (::fchdir(fd) != 0) return last_error("change directory to descriptor {}", fd);
  return {};
}

Status occupy_standard_streams() {
  std::array<struct pollfd, 3> streams{{{0, 0, 0}, {1, 0, 0}, {2, 0, 0}}};
  if (::poll(streams.data(), streams.size(), 0) <= 0) return {};
  for (const struct pollfd& stream : streams) {
    if ((stream.revents & POLLNVAL) == 0) continue;
    // The lowest free number is this one; without O_CLOEXEC, for it is what the command inherits.
    if (::open("/dev/null", stream.fd == 0 ? O_WRONLY : O_RDONLY) != stream.fd)
      return last_error("open /dev/null as descriptor {}", stream.fd);
  }
  return {};
}

void close_range(unsigned first_fd, unsigned last_fd) noexcept {
  ::close_range(first_fd, last_fd, 0);
}

Status close_on_exec_from(unsigned first_fd) {
  if (::close_range(first_fd, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
    return last_error("close_range from {}", first_fd);
  return {};
}

Error execute(const char* path, char* const argv[], char* const envp[]) {
  ::execve(path, argv, envp);
  return last_error("execute {}", path);
}

Error execute_fd(int fd, char* const argv[], char* const envp[]) {
  ::syscall(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH);
  return last_error("execute descriptor {}", fd);
}

Status reset_signals() {
  constexpr int kFirstRealTimeSignal = 32;
  // An exec resets what is caught (execve(2)); what is ignored stays so, as SIGPIPE of a Python parent. The
  // real-time signals are left out: nobody ignores them for his children, and each call counts.
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (int number = 1; number < kFirstRealTimeSignal; ++number) {
    if (number == SIGKILL || number == SIGSTOP) continue;
    if (::sigaction(number, &action, nullptr) != 0) return last_error("reset signal {}", number);
  }
  sigset_t none;
  sigemptyset(&none);
  if (::sigprocmask(SIG_SETMASK, &none, nullptr) != 0) return last_error("reset signal mask");
  return {};
}

Status block_all_signals() {
  sigset_t all;
  sigfillset(&all);
  if (::sigprocmask(SIG_SETMASK, &all, nullptr) != 0) return last_error("block signals");
  return {};
}

Status join_new_session_keyring(const char* name) {
  if (::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, name) < 0) {
    Error error = last_error("create session keyring");
    if (error.sys_errno() == EDQUOT) error.set_code(ErrorCode::keyring_quota);
    return error;
  }
  return {};
}

bool may_access(const char* path, int mode) noexcept {
  return ::faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0;
}

void exit_now(int status) noexcept {
  ::_exit(status);
}

void kill_self(int signal) noexcept {
  ::kill(::getpid(), signal);
}

CpuTimes own_cpu_times() noexcept {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto microseconds = [](const struct timeval& time) {
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000U + static_cast<uint64_t>(time.tv_usec);
  };
  return {microseconds(usage.ru_utime), microseconds(usage.ru_stime)};
}

uint64_t monotonic_nanoseconds() noexcept {
  struct timespec now {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<uint64_t>(now.tv_nsec);
}

unsigned online_cpu_count() noexcept {
  const long count = ::sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? static_cast<unsigned>(count) : 1;
}

}  // namespace cove::sys

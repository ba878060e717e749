// Processes, namespaces, credentials: clone3(2), pidfd_open(2), waitid(2), setns(2), prctl(2), execveat(2).
#pragma once

#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::sys {

struct CloneRequest {
  uint64_t flags = 0;  // CLONE_NEW*, CLONE_PARENT; CLONE_PIDFD is added
  int cgroup_fd = -1;  // >= 0: CLONE_INTO_CGROUP (a cgroup v2 directory)
};
struct CloneResult {
  pid_t pid = 0;   // 0 in the child
  UniqueFd pidfd;  // in the parent
};
// Fork-like: both sides return. The caller must be single-threaded (see thread_count).
Result<CloneResult> clone_process(const CloneRequest& request);

// fork(2) for helper processes that stay in this program.
Result<pid_t> fork_process();
pid_t parent_process() noexcept;  // getppid(2)
Result<UniqueFd> open_pidfd(pid_t pid);
Status signal_pidfd(int pidfd, int signal);
// Waits until `fd` is readable: a pidfd is when its process has ended. False after `timeout_ms`.
bool wait_readable(int fd, int timeout_ms) noexcept;
Result<size_t> thread_count();  // entries of /proc/self/task

struct WaitOutcome {
  int status = 0;  // as of wait4(2): WIFEXITED, WTERMSIG …
  struct rusage usage {};
};
Result<WaitOutcome> wait_process(pid_t pid, int options = 0);

struct EndedChild {
  pid_t pid = 0;  // 0: with WNOHANG, none has ended
  int status = 0;
};
Result<EndedChild> wait_any(int options);  // ECHILD: there are no children

Status enter_namespace(int fd, int nstype, const char* name);  // setns(2)
Status unshare_namespaces(int flags);

Status set_parent_death_signal(int signal);
Status set_dumpable(bool dumpable);
Status set_no_new_privs();
Status set_child_subreaper();
Status unset_child_subreaper();
bool is_child_subreaper() noexcept;
Status set_process_name(const char* name);  // at most 15 bytes
Status start_session();                     // setsid(2)

Status set_groups(std::span<const gid_t> groups);
Status set_group_ids(gid_t gid);  // real, effective and saved
Status set_user_ids(uid_t uid);   // real, effective and saved
Status set_host_name(std::string_view name);
Status set_domain_name(std::string_view name);
Status set_resource_limit(int resource, uint64_t soft, uint64_t hard);  // RLIM_INFINITY for none

struct ResourceLimit {  // RLIM_INFINITY for none
  uint64_t soft = 0;
  uint64_t hard = 0;
};
// prlimit(2) for a process, 0 for the caller: with CAP_SYS_RESOURCE in its user namespace, or all of its user
// and group ids. ESRCH: there is no such process.
Status set_process_limit(pid_t pid, int resource, uint64_t soft, uint64_t hard);
Result<ResourceLimit> process_limit(pid_t pid, int resource);

void set_umask(mode_t mask) noexcept;
mode_t current_umask() noexcept;
Status change_directory(const char* path);
Result<std::string> current_directory();  // absolute; an error when it is not below the root (getcwd(3))
Status change_directory_fd(int fd);
// Puts /dev/null where descriptor 0, 1 or 2 is closed, so that nothing opened later takes its place and is
// written to or inherited as a standard stream. It is opened the wrong way round: reading or writing fails
// with EBADF, as if it were closed.
Status occupy_standard_streams();
void close_range(unsigned first_fd, unsigned last_fd) noexcept;
Status close_on_exec_from(unsigned first_fd);  // marks this descriptor and all above FD_CLOEXEC
// execve(2); returns only on failure, with errno untouched in the error.
Error execute(const char* path, char* const argv[], char* const envp[]);
// execveat(2) with AT_EMPTY_PATH.
Error execute_fd(int fd, char* const argv[], char* const envp[]);
// Empties the caller's signal mask and sets the handler of every standard signal back to SIG_DFL.
Status reset_signals();
Status block_all_signals();

Status join_new_session_keyring(const char* name);  // keyctl(2) KEYCTL_JOIN_SESSION_KEYRING; null: anonymous

// Whether the calling process may use `path` as the access(2) bits in `mode` ask, with its effective ids.
bool may_access(const char* path, int mode) noexcept;
[[noreturn]] void exit_now(int status) noexcept;  // _exit(2)
void kill_self(int signal) noexcept;
struct CpuTimes {
  uint64_t user_us = 0;
  uint64_t system_us = 0;
};
CpuTimes own_cpu_times() noexcept;

uint64_t monotonic_nanoseconds() noexcept;
unsigned online_cpu_count() noexcept;  // at least 1

}  // namespace cove::sys

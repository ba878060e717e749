#include "kernel/seccomp/default_profile.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/socket.h>

#include <array>

#include "base/strings.h"

namespace cove::seccomp {
namespace {

// The names stand in one string each, not in arrays of strings: no pointers, nothing to relocate when the
// program starts. Names of the 32-bit ABIs are here too; they count once a profile adds those ABIs.
constexpr std::string_view kAllowed =
    "_llseek _newselect accept accept4 access adjtimex alarm bind brk cachestat capget capset chdir chmod "
    "chown chown32 clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime "
    "clock_gettime64 clock_nanosleep clock_nanosleep_time64 close close_range connect copy_file_range "
    "creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 "
    "epoll_wait epoll_wait_old eventfd eventfd2 execve execveat exit exit_group faccessat faccessat2 "
    "fadvise64 fadvise64_64 fallocate fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchown32 "
    "fchownat fcntl fcntl64 fdatasync fgetxattr flistxattr flock fork fremovexattr fsetxattr fstat "
    "fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futex futex_requeue futex_time64 "
    "futex_wait futex_waitv futex_wake futimesat get_robust_list get_thread_area getcpu getcwd getdents "
    "getdents64 getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getitimer "
    "getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid getresgid32 getresuid "
    "getresuid32 getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday getuid getuid32 "
    "getxattr getxattrat inotify_add_watch inotify_init inotify_init1 inotify_rm_watch io_cancel "
    "io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit ioctl ioprio_get "
    "ioprio_set ipc kill landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown lchown32 "
    "lgetxattr link linkat listen listmount listxattr listxattrat llistxattr lremovexattr lseek lsetxattr "
    "lstat lstat64 madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mkdir mkdirat "
    "mknod mknodat mlock mlock2 mlockall mmap mmap2 mprotect mq_getsetattr mq_notify mq_open "
    "mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink mremap mseal "
    "msgctl msgget msgrcv msgsnd msync munlock munlockall munmap name_to_handle_at nanosleep newfstatat "
    "open openat openat2 pause pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc pkey_free pkey_mprotect "
    "poll ppoll ppoll_time64 prctl pread64 preadv preadv2 prlimit64 process_mrelease pselect6 "
    "pselect6_time64 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv recv recvfrom "
    "recvmmsg recvmmsg_time64 recvmsg remap_file_pages removexattr removexattrat rename renameat "
    "renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo "
    "rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo "
    "sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam "
    "sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity "
    "sched_setattr sched_setparam sched_setscheduler sched_yield seccomp select semctl semget semop "
    "semtimedop semtimedop_time64 send sendfile sendfile64 sendmmsg sendmsg sendto set_robust_list "
    "set_thread_area set_tid_address setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups "
    "setgroups32 setitimer setpgid setpriority setregid setregid32 setresgid setresgid32 setresuid "
    "setresuid32 setreuid setreuid32 setrlimit setsid setsockopt setuid setuid32 setxattr setxattrat "
    "shmat shmctl shmdt shmget shutdown sigaltstack signalfd signalfd4 sigprocmask sigreturn socketcall "
    "socketpair splice stat stat64 statfs statfs64 statmount statx symlink symlinkat sync sync_file_range "
    "syncfs sysinfo tee tgkill time timer_create timer_delete timer_getoverrun timer_gettime "
    "timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 "
    "timerfd_settime timerfd_settime64 times tkill truncate truncate64 ugetrlimit umask uname unlink "
    "unlinkat uretprobe utime utimensat utimensat_time64 utimes vfork vmsplice wait4 waitid waitpid write "
    "writev";

// What only makes sense on x86.
constexpr std::string_view kAllowedOnX86 = "arch_prctl modify_ldt";

// Before 4.8 a traced process could slip past its filter.
constexpr std::string_view kAllowedSince48 = "process_vm_readv process_vm_writev ptrace";
constexpr sys::KernelVersion kPtraceKernel{4, 8};

// What a container may do once it holds a capability.
struct CapabilityGroup {
  unsigned capability;
  std::string_view names;
};
constexpr std::array<CapabilityGroup, 14> kCapabilityGroups{{
    {CAP_DAC_READ_SEARCH, "open_by_handle_at"},
    {CAP_SYS_ADMIN,
     "bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr "
     "lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount open_tree perf_event_open quotactl "
     "quotactl_fd setdomainname sethostname setns syslog umount umount2 unshare"},
    {CAP_SYS_BOOT, "reboot"},
    {CAP_SYS_CHROOT, "chroot"},
    {CAP_SYS_MODULE, "delete_module finit_module init_module"},
    {CAP_SYS_PACCT, "acct"},
    {CAP_SYS_PTRACE, "kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace"},
    {CAP_SYS_RAWIO, "ioperm iopl"},
    {CAP_SYS_TIME, "clock_settime clock_settime64 settimeofday stime"},
    {CAP_SYS_TTY_CONFIG, "vhangup"},
    {CAP_SYS_NICE, "get_mempolicy mbind set_mempolicy set_mempolicy_home_node"},
    {CAP_SYSLOG, "syslog"},
    {CAP_BPF, "bpf"},
    {CAP_PERFMON, "perf_event_open"},
}};

// Address families of socket(2) that stay closed: AF_ALG is kernel attack surface without use in a container,
// AF_VSOCK reaches the hypervisor and other machines past the network namespace, the others have no
// implementation any more (AF_DECnet, AF_ECONET, AF_ATMSVC, AF_IRDA, AF_WANPIPE, AF_ISDN, AF_CAIF). On i386
// socketcall(2) hides the family.
constexpr bool family_closed(unsigned family) {
  constexpr std::array kClosed{AF_DECnet, AF_ECONET, AF_ATMSVC, AF_IRDA, AF_WANPIPE,
                               AF_ISDN,   AF_CAIF,   AF_ALG,    AF_VSOCK};
  for (const int closed : kClosed) {
    if (family == static_cast<unsigned>(closed)) return true;
  }
  return false;
}
constexpr unsigned kFirstUnknownFamily = 46;  // AF_MCTP + 1

// PER_LINUX, UNAME26 and PER_LINUX32 in their combinations, and the query.
constexpr std::array<uint64_t, 5> kPersonalities{0x0, 0x8, 0x20000, 0x20008, 0xffffffff};

// A new namespace takes CAP_SYS_ADMIN.
constexpr uint64_t kNamespaceFlags =
    CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP;
static_assert(kNamespaceFlags == 2114060288);

SyscallRule make_rule(std::string_view names, Verdict verdict = {Action::allow, 0}) {
  SyscallRule rule;
  for (const std::string_view name : split(names, ' ')) rule.names.emplace_back(name);
  rule.verdict = verdict;
  return rule;
}

SyscallRule allow_if(std::string_view name, Comparison comparison, uint64_t value, uint64_t value_two = 0) {
  SyscallRule rule = make_rule(name);
  rule.arguments.push_back({0, comparison, value, value_two});
  return rule;
}

void add_without_admin(std::vector<SyscallRule>& rules) {
  SyscallRule clone = allow_if("clone", Comparison::masked_equal, kNamespaceFlags);
  clone.excludes.capabilities.add(CAP_SYS_ADMIN);
  rules.push_back(std::move(clone));
  // Its flags lie behind a pointer, which no filter can follow. ENOSYS makes the C library fall back to
  // clone.
  SyscallRule clone3 = make_rule("clone3", {Action::error, ENOSYS});
  clone3.excludes.capabilities.add(CAP_SYS_ADMIN);
  rules.push_back(std::move(clone3));
}

}  // namespace

Profile default_profile() {
  Profile profile;
  profile.default_verdict = {Action::error, EPERM};
  profile.flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW;
  auto& rules = profile.syscalls;
  rules.push_back(make_rule(kAllowed));
  rules.push_back(make_rule(kAllowedOnX86));
  rules.push_back(make_rule(kAllowedSince48));
  rules.back().includes.min_kernel = kPtraceKernel;
  for (unsigned family = 0; family < kFirstUnknownFamily; ++family) {
    if (!family_closed(family)) rules.push_back(allow_if("socket", Comparison::equal, family));
  }
  for (const uint64_t personality : kPersonalities) {
    rules.push_back(allow_if("personality", Comparison::equal, personality));
  }
  for (const CapabilityGroup& group : kCapabilityGroups) {
    rules.push_back(make_rule(group.names));
    rules.back().includes.capabilities.add(group.capability);
  }
  add_without_admin(rules);
  return profile;
}

caps::CapabilitySet default_profile_capabilities() {
  caps::CapabilitySet set{CAP_SYS_ADMIN};
  for (const CapabilityGroup& group : kCapabilityGroups) set.add(group.capability);
  return set;
}

}  // namespace cove::seccomp

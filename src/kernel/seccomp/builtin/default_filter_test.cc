#include "kernel/seccomp/builtin/default_filter.h"

#include <errno.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/seccomp/compile.h"
#include "kernel/seccomp/default_profile.h"
#include "kernel/seccomp/interpreter.h"
#include "sys/seccomp.h"

namespace cove::seccomp {
namespace {

CompileContext context_with(caps::CapabilitySet capabilities, sys::KernelVersion kernel) {
  CompileContext context;
  context.capabilities = capabilities;
  context.kernel = kernel;
  return context;
}

bool same_instruction(const sock_filter& a, const sock_filter& b) {
  return ::memcmp(&a, &b, sizeof a) == 0;
}

void expect_same(caps::CapabilitySet capabilities, sys::KernelVersion kernel) {
  const auto built = default_filter(capabilities);
  const auto compiled = compile(default_profile(), context_with(capabilities, kernel));
  ASSERT_TRUE(built.has_value());
  ASSERT_TRUE(compiled.ok());
  EXPECT_TRUE(std::equal(built->instructions.begin(), built->instructions.end(),
                         compiled->instructions.begin(), compiled->instructions.end(), same_instruction));
  EXPECT_EQ(built->flags, compiled->flags);
  EXPECT_TRUE(check_program(built->instructions).ok());
}

TEST(DefaultFilter, IsWhatTheCompilerMakesAtRunTime) {
  expect_same(caps::kDockerDefault, {5, 12});
  expect_same(caps::kDockerDefault, {7, 0});
  expect_same({}, {6, 1});
}

TEST(DefaultFilter, CapabilitiesThatTheProfileDoesNotAskForChangeNothing) {
  expect_same(caps::kDockerDefault - caps::CapabilitySet{CAP_NET_RAW, CAP_MKNOD}, {6, 1});
  expect_same(caps::kDockerDefault | caps::CapabilitySet{CAP_NET_ADMIN}, {6, 1});
  expect_same({CAP_CHOWN, CAP_KILL}, {6, 1});
}

TEST(DefaultFilter, OtherSetsMustBeCompiled) {
  EXPECT_FALSE(default_filter(caps::CapabilitySet::all()).has_value());
  EXPECT_FALSE(default_filter(caps::kDockerDefault | caps::CapabilitySet{CAP_SYS_ADMIN}).has_value());
  EXPECT_FALSE(default_filter({CAP_SYSLOG}).has_value());
}

// Runs `body` in a child under the filter, and gives wait(2)'s status.
template <typename Body>
int run_filtered(Body body) {
  const auto filter = default_filter(caps::kDockerDefault);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) ::_exit(100);
    if (!sys::load_seccomp_filter(filter->instructions, filter->flags).ok()) ::_exit(101);
    ::_exit(body());
  }
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

// 0 if the call succeeded, else its errno.
int outcome_of(long number, long first = 0, long second = 0, long third = 0) {
  return ::syscall(number, first, second, third) < 0 ? errno : 0;
}

TEST(DefaultFilter, HoldsInTheKernel) {
  const int status = run_filtered([] {
    if (outcome_of(SYS_getppid) != 0) return 1;
    if (outcome_of(SYS_socket, AF_UNIX, SOCK_STREAM) != 0) return 2;
    if (outcome_of(SYS_socket, AF_VSOCK, SOCK_STREAM) != EPERM) return 3;
    if (outcome_of(SYS_socket, AF_ALG, SOCK_SEQPACKET) != EPERM) return 4;
    if (outcome_of(SYS_unshare, CLONE_NEWUSER) != EPERM) return 5;
    if (outcome_of(SYS_clone3, 0, 0) != ENOSYS) return 6;
    if (outcome_of(SYS_personality, 0xffffffff) != 0) return 7;
    if (outcome_of(SYS_personality, 0x0040000) != EPERM) return 8;
    if (outcome_of(5000) != ENOSYS) return 9;
    if (outcome_of(SYS_keyctl) != EPERM) return 10;
    return 0;
  });
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(DefaultFilter, OtherAbisDieInTheKernel) {
  constexpr long kX32Getpid = 0x40000000 + SYS_getpid;
  const int x32 = run_filtered([] {
    ::syscall(kX32Getpid);
    return 0;
  });
  EXPECT_TRUE(WIFSIGNALED(x32) && WTERMSIG(x32) == SIGSYS) << x32;
#if defined(__x86_64__)
  const int i386 = run_filtered([] {
    ::signal(SIGSEGV, SIG_DFL);  // not the sanitizer's
    long result = 20;            // getpid
    asm volatile("int $0x80" : "+a"(result) : : "memory");
    return 0;
  });
  // Killed by the filter, or by a kernel without the i386 ABI.
  EXPECT_TRUE(WIFSIGNALED(i386)) << i386;
#endif
}

TEST(LoadFilter, RefusesNonsense) {
  EXPECT_EQ(sys::load_seccomp_filter({}, 0).error().code(), ErrorCode::internal);
  const std::vector<sock_filter> too_long(BPF_MAXINSNS + 1,
                                          sock_filter{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW});
  EXPECT_EQ(sys::load_seccomp_filter(too_long, 0).error().code(), ErrorCode::internal);
  const std::vector<sock_filter> no_end{{BPF_LD | BPF_W | BPF_ABS, 0, 0, 0}};
  const auto refused = sys::load_seccomp_filter(no_end, 0);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().sys_errno(), EINVAL);
}

}  // namespace
}  // namespace cove::seccomp

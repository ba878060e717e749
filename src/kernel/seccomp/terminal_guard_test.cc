#include "kernel/seccomp/terminal_guard.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include "kernel/seccomp/interpreter.h"

namespace cove::seccomp {
namespace {

uint32_t verdict(unsigned arch, int number, uint64_t request) {
  struct seccomp_data data {};
  data.arch = arch;
  data.nr = number;
  data.args[1] = request;
  return evaluate(kTerminalGuard, data);
}

TEST(TerminalGuard, RefusesTypingInEveryAbi) {
  constexpr unsigned kRefused = SECCOMP_RET_ERRNO | EPERM;
  for (const uint64_t request : {uint64_t{TIOCSTI}, uint64_t{TIOCLINUX}, (uint64_t{7} << 32) | TIOCSTI}) {
    EXPECT_EQ(verdict(AUDIT_ARCH_X86_64, SYS_ioctl, request), kRefused);
    EXPECT_EQ(verdict(AUDIT_ARCH_X86_64, static_cast<int>(guard::kIoctlX32), request), kRefused);
    EXPECT_EQ(verdict(AUDIT_ARCH_I386, static_cast<int>(guard::kIoctl32), request), kRefused);
  }
}

TEST(TerminalGuard, LeavesEverythingElse) {
  EXPECT_EQ(verdict(AUDIT_ARCH_X86_64, SYS_ioctl, TCGETS), SECCOMP_RET_ALLOW);
  EXPECT_EQ(verdict(AUDIT_ARCH_X86_64, SYS_read, TIOCSTI), SECCOMP_RET_ALLOW);
  EXPECT_EQ(verdict(AUDIT_ARCH_X86_64, static_cast<int>(guard::kIoctl32), TIOCSTI), SECCOMP_RET_ALLOW);
  EXPECT_EQ(verdict(AUDIT_ARCH_I386, static_cast<int>(guard::kIoctl64), TIOCSTI), SECCOMP_RET_ALLOW);
  EXPECT_EQ(verdict(AUDIT_ARCH_AARCH64, SYS_ioctl, TIOCSTI), SECCOMP_RET_ALLOW);
}

}  // namespace
}  // namespace cove::seccomp

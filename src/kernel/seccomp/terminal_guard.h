// A filter that refuses TIOCSTI and TIOCLINUX, with which a process can type into a terminal: for commands
// that keep their caller's terminal and CAP_SYS_ADMIN. Filters stack, and the strictest verdict wins
// (seccomp(2)).
#pragma once

#include <asm/ioctls.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace cove::seccomp {

namespace guard {

inline constexpr unsigned kIoctl64 = 16;
inline constexpr unsigned kIoctlX32 = 0x40000000 + 514;
inline constexpr unsigned kIoctl32 = 54;

constexpr sock_filter load(size_t offset) {
  return {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<unsigned>(offset)};
}
constexpr sock_filter jump_if(unsigned value, uint8_t then_skip, uint8_t else_skip) {
  return {BPF_JMP | BPF_JEQ | BPF_K, then_skip, else_skip, value};
}
constexpr sock_filter give(unsigned verdict) {
  return {BPF_RET | BPF_K, 0, 0, verdict};
}

}  // namespace guard

// The kernel looks at the low 32 bits of the request only; so does this.
inline constexpr std::array<sock_filter, 13> kTerminalGuard{
    guard::load(offsetof(seccomp_data, arch)),
    guard::jump_if(AUDIT_ARCH_I386, 4, 0),    // -> the number, i386
    guard::jump_if(AUDIT_ARCH_X86_64, 0, 8),  // another machine: allowed
    guard::load(offsetof(seccomp_data, nr)),
    guard::jump_if(guard::kIoctl64, 3, 0),
    guard::jump_if(guard::kIoctlX32, 2, 5),
    guard::load(offsetof(seccomp_data, nr)),  // i386
    guard::jump_if(guard::kIoctl32, 0, 3),
    guard::load(offsetof(seccomp_data, args) + sizeof(uint64_t)),  // the low half of the second argument
    guard::jump_if(TIOCSTI, 2, 0),
    guard::jump_if(TIOCLINUX, 1, 0),
    guard::give(SECCOMP_RET_ALLOW),
    guard::give(SECCOMP_RET_ERRNO | EPERM),
};

}  // namespace cove::seccomp

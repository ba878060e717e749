// What floor.c needs beside its list of calls: system calls without libc's wrappers, and the seccomp filter.
// FLOOR_BARE leaves libc's start-up out as well (in a virtual machine its CPUID calls cost 0.2 ms).
#pragma once
#define _GNU_SOURCE
#include <asm/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#ifndef __x86_64__
#error "floor knows only the x86-64 system call convention"
#endif

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline long call5(long nr, long a, long b, long c, long d, long e) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                   : "rcx", "r11", "memory");
  return result;
}
#define sys5(nr, a, b, c, d, e) call5(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))
#define sys4(nr, a, b, c, d) sys5(nr, a, b, c, d, 0)
#define sys3(nr, a, b, c) sys5(nr, a, b, c, 0, 0)
#define sys2(nr, a, b) sys5(nr, a, b, 0, 0, 0)
#define sys1(nr, a) sys5(nr, a, 0, 0, 0, 0)

static inline int equal(const char* a, const char* b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

// The calls that Docker's default profile allows with its 14 capabilities on x86-64, as [first, last + 1)
// pairs. The four calls it decides by argument are not among them.
static const unsigned short kAllowed[] = {
    0,   41,  42,  56,  57,  103, 104, 134, 137, 139, 140, 153, 154, 155, 157, 163, 186, 212, 213, 227,
    228, 236, 237, 246, 247, 248, 251, 256, 257, 272, 273, 278, 280, 298, 299, 300, 301, 304, 305, 308,
    309, 312, 314, 320, 322, 323, 324, 333, 334, 335, 424, 425, 434, 435, 436, 440, 441, 442, 444, 450};

enum { kPrologue = 19, kAllow = kPrologue + COUNT(kAllowed), kDeny, kNoSys, kLength };

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IF(how, k, yes, no) BPF_JUMP(BPF_JMP | how | BPF_K, k, yes, no)
#define FINISH(action) BPF_STMT(BPF_RET | BPF_K, action)

// A balanced tree of comparisons over kAllowed[low, high): 6 steps a call instead of 60.
// Returns its root's index.
static int grow(struct sock_filter* code, int* next, int low, int high) {
  if (low == high) return low % 2 ? kAllow : kDeny;
  int middle = (low + high) / 2, node = (*next)++;
  int below = grow(code, next, low, middle), above = grow(code, next, middle + 1, high);
  code[node] = (struct sock_filter)IF(BPF_JGE, kAllowed[middle], above - node - 1, below - node - 1);
  return node;
}

// Tree and prologue are 80 instructions; libseccomp's filter for the same profile has some 400.
// clang-format off
static inline long load_seccomp(void) {
  static struct sock_filter code[kLength] = {
      [0] = LOAD(arch), IF(BPF_JEQ, AUDIT_ARCH_X86_64, 0, kDeny - 2), LOAD(nr),
      [3] = IF(BPF_JEQ, __NR_clone3, kNoSys - 4, 0),
      [4] = IF(BPF_JEQ, __NR_clone, 0, 3),        // allowed without any namespace flag
      [5] = LOAD(args[0]), IF(BPF_JSET, 0x7e020000, kDeny - 7, kAllow - 7), LOAD(nr),
      [8] = IF(BPF_JEQ, __NR_socket, 0, 3),       // allowed for any family but AF_VSOCK
      [9] = LOAD(args[0]), IF(BPF_JEQ, AF_VSOCK, kDeny - 11, kAllow - 11), LOAD(nr),
      [12] = IF(BPF_JEQ, __NR_personality, 0, 6),  // allowed with these five values
      [13] = LOAD(args[0]), IF(BPF_JEQ, 0, kAllow - 15, 0), IF(BPF_JEQ, 8, kAllow - 16, 0),
      [16] = IF(BPF_JEQ, 0x20000, kAllow - 17, 0), IF(BPF_JEQ, 0x20008, kAllow - 18, 0),
      [18] = IF(BPF_JEQ, 0xffffffff, kAllow - 19, kDeny - 19),
      [kAllow] = FINISH(SECCOMP_RET_ALLOW), FINISH(SECCOMP_RET_ERRNO | EPERM),
      [kNoSys] = FINISH(SECCOMP_RET_ERRNO | ENOSYS)};
  // clang-format on
  int next = kPrologue;
  grow(code, &next, 0, COUNT(kAllowed));
  struct sock_fprog program = {kLength, code};
  return sys3(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

int floor_main(int argc, char** argv);

#ifdef FLOOR_BARE
__asm__(".globl _start\n_start:\n\tmov (%rsp), %rdi\n\tlea 8(%rsp), %rsi\n\tand $-16, %rsp\n\tcall enter\n");
__attribute__((noreturn, used)) static void enter(long argc, char** argv) {
  for (;;) sys1(SYS_exit_group, floor_main((int)argc, argv));
}
#else
int main(int argc, char** argv) {
  return floor_main(argc, argv);
}
#endif

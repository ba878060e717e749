// abi: makes getpid and unshare through the i386 (int 0x80) and the x32 call interfaces, each in a child;
// prints the error of each, OK, or killed:SIGNAL. A sandbox that allows only the native interface lets none
// succeed.
#include <sched.h>
#include <sys/wait.h>

#include "probe.h"

static long i386_call(long number, long argument) {
  long result;
  __asm__ volatile("int $0x80"
                   : "=a"(result)
                   : "a"(number), "b"(argument)
                   : "memory", "r8", "r9", "r10", "r11");
  return (int)result;
}

static long x32_call(long number, long argument) {
  long result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number | 0x40000000), "D"(argument)
                   : "memory", "rcx", "r11");
  return result;
}

static void try_call(const char* key, long (*call)(long, long), long number, long argument) {
  int status = 0;
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    long result = call(number, argument);
    printf("%s=%s\n", key, errno_name(result < 0 ? (int)-result : 0));
    fflush(stdout);
    _exit(0);
  }
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) printf("%s=killed:%d\n", key, WTERMSIG(status));
}

int main(void) {
  try_call("i386_getpid", i386_call, 20, 0);
  try_call("i386_unshare", i386_call, 310, CLONE_NEWNS);
  try_call("x32_getpid", x32_call, 39, 0);
  try_call("x32_unshare", x32_call, 272, CLONE_NEWNS);
  return 0;
}

// trace: which functions a program runs, it and all that it forks, until each executes something else.
//
//   trace OUTPUT PROGRAM [ARG]... <ADDRESSES
//
// ADDRESSES are those of the functions, in hexadecimal, one a line, as `nm` prints them for a
// position-independent program. Each gets a breakpoint, which is removed where it is hit: the program runs on
// at its own speed. OUTPUT gets the addresses that were hit, added to what it has. The program's standard
// input is /dev/null.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kMaxFunctions = 1 << 16, kBreakpoint = 0xcc };

static struct Function {
  uint64_t offset;
  uint8_t first_byte;
  int hit;
} functions[kMaxFunctions];
static int count;
static uint64_t base;  // address of the program's first byte

static _Noreturn void die(const char* what) {
  perror(what);
  exit(1);
}

static int by_offset(const void* a, const void* b) {
  const uint64_t x = ((const struct Function*)a)->offset, y = ((const struct Function*)b)->offset;
  return (x > y) - (x < y);
}

// Names of one address count once.
static void read_functions(void) {
  unsigned long long offset;
  int read = 0;
  while (read < kMaxFunctions && scanf("%llx", &offset) == 1) functions[read++].offset = offset;
  qsort(functions, (size_t)read, sizeof functions[0], by_offset);
  for (int i = 0; i < read; i++)
    if (count == 0 || functions[count - 1].offset != functions[i].offset) functions[count++] = functions[i];
}

static int open_memory(pid_t pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/mem", pid);
  const int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) die(path);
  return fd;
}

// Without randomization the program is mapped first of all: its first byte is that of the first line.
static uint64_t find_base(pid_t pid) {
  char path[64];
  unsigned long long first;
  snprintf(path, sizeof path, "/proc/%d/maps", pid);
  FILE* maps = fopen(path, "re");
  if (!maps || fscanf(maps, "%llx", &first) != 1) die(path);
  fclose(maps);
  return first;
}

static void set_breakpoints(pid_t pid) {
  const uint8_t breakpoint = kBreakpoint;
  const int memory = open_memory(pid);
  for (int i = 0; i < count; i++) {
    const off_t at = (off_t)(base + functions[i].offset);
    if (pread(memory, &functions[i].first_byte, 1, at) != 1) die("read a function");
    if (pwrite(memory, &breakpoint, 1, at) != 1) die("set a breakpoint");
  }
  close(memory);
}

// False: the signal was not one of our breakpoints.
static int take_hit(pid_t pid) {
  struct user_regs_struct registers;
  if (ptrace(PTRACE_GETREGS, pid, 0, &registers) != 0) return 0;
  const struct Function wanted = {.offset = registers.rip - 1 - base};
  struct Function* found = bsearch(&wanted, functions, (size_t)count, sizeof wanted, by_offset);
  if (!found) return 0;
  found->hit = 1;
  const int memory = open_memory(pid);
  if (pwrite(memory, &found->first_byte, 1, (off_t)(base + found->offset)) != 1) die("remove a breakpoint");
  close(memory);
  registers.rip--;
  return ptrace(PTRACE_SETREGS, pid, 0, &registers) == 0;
}

static void start(char** argv) {
  const int null = open("/dev/null", O_RDONLY);
  dup2(null, 0);
  personality(ADDR_NO_RANDOMIZE);
  ptrace(PTRACE_TRACEME, 0, 0, 0);
  execv(argv[0], argv);
  die(argv[0]);
}

// Gives the first process's exit status.
static int trace(pid_t first) {
  int status, result = 1;
  pid_t pid;
  while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
    if (pid == first && WIFEXITED(status)) result = WEXITSTATUS(status);
    if (pid < 0 || !WIFSTOPPED(status)) continue;
    if (status >> 16 == PTRACE_EVENT_EXEC) {
      ptrace(PTRACE_DETACH, pid, 0, 0);
      continue;
    }
    int signal = WSTOPSIG(status);
    // A new process begins with SIGSTOP, of which it knows nothing.
    if (status >> 16 != 0 || signal == SIGSTOP || (signal == SIGTRAP && take_hit(pid))) signal = 0;
    ptrace(PTRACE_CONT, pid, 0, signal);
  }
  return result;
}

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  read_functions();
  const pid_t first = fork();
  if (first == 0) start(argv + 2);
  int status;
  if (first < 0 || waitpid(first, &status, 0) != first || !WIFSTOPPED(status)) die("start the program");
  ptrace(PTRACE_SETOPTIONS, first, 0,
         PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
             PTRACE_O_EXITKILL);
  base = find_base(first);
  set_breakpoints(first);
  ptrace(PTRACE_CONT, first, 0, 0);
  const int result = trace(first);
  FILE* output = fopen(argv[1], "ae");
  if (!output) die(argv[1]);
  for (int i = 0; i < count; i++)
    if (functions[i].hit) fprintf(output, "%llx\n", (unsigned long long)functions[i].offset);
  return fclose(output) == 0 ? result : 1;
}

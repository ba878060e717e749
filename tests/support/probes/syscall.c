// syscall NUMBER [ARGUMENT]...: makes the call and prints its result and error. A text argument is passed as
// a pointer to it. A call that kills is made in a child: killed=SIGNAL.
#include <ctype.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "probe.h"

static long argument(int argc, char** argv, int index) {
  if (index >= argc) return 0;
  if (isdigit((unsigned char)argv[index][0]) || argv[index][0] == '-') return strtol(argv[index], NULL, 0);
  return (long)argv[index];
}

int main(int argc, char** argv) {
  int status = 0;
  if (argc < 2) return 2;
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    long a[6];
    for (int i = 0; i < 6; i++) a[i] = argument(argc, argv, i + 2);
    errno = 0;
    long result = syscall(strtol(argv[1], NULL, 0), a[0], a[1], a[2], a[3], a[4], a[5]);
    int error = result < 0 ? errno : 0;
    printf("result=%ld\nerror=%s\n", result, errno_name(error));
    fflush(stdout);
    _exit(0);
  }
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) printf("killed=%d\n", WTERMSIG(status));
  return 0;
}

// forkbomb [MOST=5000]: forks children that wait until a fork fails; prints how many there were and why it
// failed.
#include <signal.h>
#include <sys/wait.h>

#include "probe.h"

enum { k_most = 100000 };

int main(int argc, char** argv) {
  static pid_t children[k_most];
  long most = number_argument(argc, argv, 1, 5000), count = 0;
  int error = 0;
  if (most > k_most) most = k_most;
  for (; count < most; count++) {
    pid_t child = fork();
    if (child < 0) {
      error = errno;
      break;
    }
    if (child == 0) {
      pause();
      _exit(0);
    }
    children[count] = child;
  }
  for (long i = 0; i < count; i++) kill(children[i], SIGKILL);
  while (wait(NULL) > 0) continue;
  printf("children=%ld\nerror=%s\n", count, errno_name(error));
  return 0;
}

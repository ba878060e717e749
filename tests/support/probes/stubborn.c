// stubborn: does what it can to survive: gives its parent-death signal up, ignores every signal that can be
// ignored, and leaves daemons behind in sessions of their own that do the same. Prints "ready" and stays.
#include <signal.h>
#include <sys/prctl.h>

#include "probe.h"

static void resist(void) {
  prctl(PR_SET_PDEATHSIG, 0);
  for (int number = 1; number < NSIG; number++) signal(number, SIG_IGN);
}

static void start_daemon(void) {
  if (fork() != 0) return;
  setsid();
  if (fork() != 0) _exit(0);
  resist();
  for (;;) pause();
}

int main(void) {
  resist();
  for (int i = 0; i < 3; i++) start_daemon();
  printf("ready\n");
  fflush(stdout);
  for (;;) pause();
}

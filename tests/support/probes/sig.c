// sig: prints which signals are ignored, handled and blocked, and the parent-death signal.
#include <signal.h>
#include <sys/prctl.h>

#include "probe.h"

static void print_list(const char* key, const int* list, int count) {
  printf("%s=", key);
  for (int i = 0; i < count; i++) printf("%s%d", i ? "," : "", list[i]);
  printf("\n");
}

int main(void) {
  int ignored[NSIG], blocked[NSIG], ignored_count = 0, blocked_count = 0, death = 0;
  sigset_t mask;
  sigprocmask(SIG_BLOCK, NULL, &mask);
  for (int signal = 1; signal < NSIG; signal++) {
    struct sigaction action;
    if (sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
      ignored[ignored_count++] = signal;
    if (sigismember(&mask, signal) == 1) blocked[blocked_count++] = signal;
  }
  prctl(PR_GET_PDEATHSIG, &death);
  print_list("ignored", ignored, ignored_count);
  print_list("blocked", blocked, blocked_count);
  printf("death_signal=%d\n", death);
  return 0;
}

// hog [SECONDS=2] [PROCESSES=1]: burns CPU for so many seconds of wall time; prints the CPU time it got.
#include <sys/resource.h>
#include <sys/wait.h>

#include "probe.h"

static void burn(double until) {
  while (seconds_of(CLOCK_MONOTONIC) < until) {
    for (volatile int i = 0; i < 10000; i++) continue;
  }
}

int main(int argc, char** argv) {
  long seconds = number_argument(argc, argv, 1, 2), processes = number_argument(argc, argv, 2, 1);
  double begin = seconds_of(CLOCK_MONOTONIC), until = begin + (double)seconds;
  for (long i = 1; i < processes; i++) {
    if (fork() == 0) {
      burn(until);
      _exit(0);
    }
  }
  burn(until);
  while (wait(NULL) > 0) continue;
  struct rusage children;
  getrusage(RUSAGE_CHILDREN, &children);
  double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) + (double)children.ru_utime.tv_sec +
               (double)children.ru_utime.tv_usec / 1e6 + (double)children.ru_stime.tv_sec +
               (double)children.ru_stime.tv_usec / 1e6;
  double wall = seconds_of(CLOCK_MONOTONIC) - begin;
  printf("cpu_ms=%.0f\nwall_ms=%.0f\nshare=%.3f\n", cpu * 1e3, wall * 1e3, cpu / wall);
  return 0;
}

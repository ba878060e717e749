// affinity [MILLISECONDS=500]: prints the processors it may run on, and those it was seen on while it was
// busy.
#include <sched.h>

#include "probe.h"

static void print_set(const char* key, const cpu_set_t* set) {
  int count = 0;
  printf("%s=", key);
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (CPU_ISSET(cpu, set)) printf("%s%d", count++ ? "," : "", cpu);
  }
  printf("\n");
}

int main(int argc, char** argv) {
  cpu_set_t allowed, seen;
  CPU_ZERO(&seen);
  double until = seconds_of(CLOCK_MONOTONIC) + (double)number_argument(argc, argv, 1, 500) / 1e3;
  while (seconds_of(CLOCK_MONOTONIC) < until) {
    CPU_SET((size_t)sched_getcpu(), &seen);
    sched_yield();
  }
  sched_getaffinity(0, sizeof allowed, &allowed);
  print_set("allowed", &allowed);
  print_set("seen", &seen);
  return 0;
}

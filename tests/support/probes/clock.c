// clock: prints the monotonic, boot and real-time clocks in seconds.
#include "probe.h"

int main(void) {
  printf("monotonic=%.3f\nboottime=%.3f\n", seconds_of(CLOCK_MONOTONIC), seconds_of(CLOCK_BOOTTIME));
  printf("realtime=%.3f\n", seconds_of(CLOCK_REALTIME));
  return 0;
}

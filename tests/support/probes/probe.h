// Shared by the probes: small static programs that run inside a sandbox and print what they find as key=value
// lines.
#pragma once
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// The symbolic name of an error number, "OK" for 0.
static inline const char* errno_name(int error) {
  const char* name = error == 0 ? "OK" : strerrorname_np(error);
  return name ? name : "UNKNOWN";
}

// Prints KEY=OK for a call that returned 0 or more, KEY=EPERM… for one that failed.
static inline void print_result(const char* key, long result) {
  printf("%s=%s\n", key, errno_name(result < 0 ? errno : 0));
}

static inline double seconds_of(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

// The number in argument INDEX, or FALLBACK when there is none.
static inline long number_argument(int argc, char** argv, int index, long fallback) {
  return index < argc ? strtol(argv[index], NULL, 0) : fallback;
}

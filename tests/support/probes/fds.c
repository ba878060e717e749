// fds: prints each open file descriptor and what it refers to, as far as /proc tells, and their count.
#include <fcntl.h>

#include "probe.h"

int main(void) {
  int count = 0;
  for (int fd = 0; fd < 1 << 16; fd++) {
    char path[64], target[4096] = "?";
    if (fcntl(fd, F_GETFD) < 0) continue;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(path, target, sizeof target - 1);
    if (size > 0) target[size] = 0;
    printf("fd%d=%s\n", fd, target);
    count++;
  }
  printf("count=%d\n", count);
  return 0;
}

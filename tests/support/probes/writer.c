// writer FILE MIB [direct]: writes so many MiB, past the page cache if asked; prints what was written and the
// rate.
#include <fcntl.h>

#include "probe.h"

int main(int argc, char** argv) {
  int direct = argc > 3 && !strcmp(argv[3], "direct");
  long mib = number_argument(argc, argv, 2, 1), written = 0;
  void* block;
  if (argc < 3 || posix_memalign(&block, 4096, 1 << 20)) return 2;
  memset(block, 'x', 1 << 20);
  int fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | (direct ? O_DIRECT : 0), 0644);
  double begin = seconds_of(CLOCK_MONOTONIC);
  int error = fd < 0 ? errno : 0;
  while (error == 0 && written < mib << 20) {
    ssize_t size = write(fd, block, 1 << 20);
    if (size < 0)
      error = errno;
    else
      written += size;
  }
  if (error == 0 && fsync(fd) < 0) error = errno;
  double elapsed = seconds_of(CLOCK_MONOTONIC) - begin;
  printf("written=%ld\nerror=%s\nseconds=%.3f\n", written, errno_name(error), elapsed);
  printf("bytes_per_second=%.0f\n", elapsed > 0 ? (double)written / elapsed : 0);
  return error != 0;
}

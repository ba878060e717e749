// alloc MIB [SECONDS=0]: allocates and touches memory, MiB by MiB, and holds it; prints how far it got.
#include <sys/mman.h>

#include "probe.h"

int main(int argc, char** argv) {
  long mib = number_argument(argc, argv, 1, 1), done = 0;
  for (; done < mib; done++) {
    char* block = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED) break;
    memset(block, 1, 1 << 20);
  }
  printf("touched_mib=%ld\nerror=%s\n", done, errno_name(done < mib ? errno : 0));
  fflush(stdout);
  sleep((unsigned)number_argument(argc, argv, 2, 0));
  return done < mib;
}

// suid: prints the real and the effective user id; the test makes it setuid root.
#include "probe.h"

int main(void) {
  printf("uid=%u\neuid=%u\n", getuid(), geteuid());
  return 0;
}

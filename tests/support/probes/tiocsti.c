// tiocsti: pushes a character into the input of the terminal on descriptor 0, and tries the same with a
// request whose upper 32 bits are set (the kernel ignores them, a filter must too). Prints OK if the terminal
// took it.
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "probe.h"

int main(void) {
  printf("tty=%d\n", isatty(0));
  print_result("tiocsti", syscall(SYS_ioctl, 0, TIOCSTI, "x"));
  print_result("tiocsti_high_bits", syscall(SYS_ioctl, 0, TIOCSTI | 1UL << 32, "x"));
  return 0;
}

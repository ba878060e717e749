// tty: prints for descriptors 0 to 2 whether each is a terminal, its name and size, and whether it is the
// controlling one with this process in the foreground.
#include <fcntl.h>
#include <sys/ioctl.h>

#include "probe.h"

int main(void) {
  for (int fd = 0; fd < 3; fd++) {
    struct winsize size = {0};
    const char* name = isatty(fd) ? ttyname(fd) : NULL;
    ioctl(fd, TIOCGWINSZ, &size);
    printf("fd%d=%d\nfd%d_name=%s\nfd%d_size=%dx%d\n", fd, isatty(fd), fd, name ? name : "", fd, size.ws_col,
           size.ws_row);
  }
  int controlling = open("/dev/tty", O_RDWR);
  print_result("controlling", controlling);
  printf("foreground=%d\n", controlling >= 0 && tcgetpgrp(controlling) == getpgrp());
  return 0;
}

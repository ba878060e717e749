// ns: prints the inode number of each namespace that the program runs in.
#include <sys/stat.h>

#include "probe.h"

int main(void) {
  static const char* const names[] = {"mnt", "pid", "uts", "ipc", "net", "user", "cgroup", "time"};
  for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
    char path[64];
    struct stat info;
    snprintf(path, sizeof path, "/proc/self/ns/%s", names[i]);
    printf("%s=%lu\n", names[i], stat(path, &info) == 0 ? (unsigned long)info.st_ino : 0UL);
  }
  return 0;
}

// ids: prints all user and group ids, the supplementary groups and the ids of process, session and process
// group.
#include <sys/fsuid.h>
#include <sys/types.h>

#include "probe.h"

int main(void) {
  uid_t real, effective, saved;
  gid_t groups[1024];
  getresuid(&real, &effective, &saved);
  printf("uid=%u\neuid=%u\nsuid=%u\nfsuid=%d\n", real, effective, saved, setfsuid((uid_t)-1));
  getresgid(&real, &effective, &saved);
  printf("gid=%u\negid=%u\nsgid=%u\nfsgid=%d\n", real, effective, saved, setfsgid((gid_t)-1));
  int count = getgroups(1024, groups);
  printf("groups=");
  for (int i = 0; i < count; i++) printf("%s%u", i ? "," : "", groups[i]);
  printf("\npid=%d\nppid=%d\nsid=%d\npgid=%d\n", getpid(), getppid(), getsid(0), getpgid(0));
  return 0;
}

// caps: prints the five capability sets in hexadecimal, no_new_privs, the securebits and the seccomp mode.
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "probe.h"

static unsigned long long set_of(int option, unsigned long argument) {
  unsigned long long set = 0;
  for (unsigned long cap = 0; cap < 64; cap++) {
    int has = option == PR_CAPBSET_READ ? prctl(option, cap) : prctl(option, argument, cap, 0, 0);
    if (has > 0) set |= 1ULL << cap;
  }
  return set;
}

int main(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  if (syscall(SYS_capget, &header, data) < 0) return 1;
  printf("inheritable=%08x%08x\n", data[1].inheritable, data[0].inheritable);
  printf("permitted=%08x%08x\n", data[1].permitted, data[0].permitted);
  printf("effective=%08x%08x\n", data[1].effective, data[0].effective);
  printf("bounding=%016llx\n", set_of(PR_CAPBSET_READ, 0));
  printf("ambient=%016llx\n", set_of(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET));
  printf("no_new_privs=%d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  printf("securebits=%d\n", prctl(PR_GET_SECUREBITS));
  printf("dumpable=%d\n", prctl(PR_GET_DUMPABLE));
  printf("seccomp=%d\n", prctl(PR_GET_SECCOMP));
  return 0;
}

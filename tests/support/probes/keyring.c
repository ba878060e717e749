// keyring: prints the number of the session keyring, its description, and the errors of adding a key to it
// and of looking for the key named by the argument there.
#include <linux/keyctl.h>
#include <sys/syscall.h>

#include "probe.h"

int main(int argc, char** argv) {
  char description[256] = "";
  long session = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
  printf("session=%ld\n", session);
  print_result("get", session);
  print_result("describe", syscall(SYS_keyctl, KEYCTL_DESCRIBE, KEY_SPEC_SESSION_KEYRING, description,
                                   sizeof description));
  printf("description=%s\n", description);
  print_result("add", syscall(SYS_add_key, "user", "cove-probe", "x", 1, KEY_SPEC_SESSION_KEYRING));
  const char* name = argc > 1 ? argv[1] : "cove-probe-none";
  print_result("search", syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", name, 0));
  return 0;
}

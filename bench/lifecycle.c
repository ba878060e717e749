// lifecycle RUNTIME STATE-ROOT BUNDLE ID: create, start and delete --force of one container, one after the
// other, as engines do it; vfork + execve + wait4 each, so that the time is the runtime's alone.
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

static int step(char* const argv[]) {
  const pid_t pid = vfork();
  if (pid == 0) {
    execvpe(argv[0], argv, environ);
    _exit(127);
  }
  int status = 0;
  if (pid < 0 || wait4(pid, &status, 0, NULL) != pid || status != 0) {
    fprintf(stderr, "lifecycle: %s %s: status %#x\n", argv[0], argv[3], (unsigned)status);
    return 1;
  }
  return 0;
}

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  char *runtime = argv[1], *root = argv[2], *bundle = argv[3], *id = argv[4];
  char* const create[] = {runtime, "--root", root, "create", "--bundle", bundle, id, NULL};
  char* const start[] = {runtime, "--root", root, "start", id, NULL};
  char* const delete[] = {runtime, "--root", root, "delete", "--force", id, NULL};
  return step(create) || step(start) || step(delete);
}

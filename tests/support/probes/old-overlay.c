// Runs a command as on a Linux before 6.5, whose overlayfs knows no "lowerdir+": fsconfig(2) of it fails for
// the command and all that it starts, as there. Called as root, outside of a sandbox. Exit status: the
// command's. Source: seccomp_unotify(2).
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SET_STRING = 1, FAILED = 125 };  // FSCONFIG_SET_STRING of linux/mount.h

static int fail(const char* what) {
  perror(what);
  return FAILED;
}

static int install_filter(void) {
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fsconfig, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SET_STRING, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof code / sizeof *code, code};
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

static int send_fd(int socket, int fd) {
  char byte = 0, space[CMSG_SPACE(sizeof fd)] = {0};
  struct iovec part = {&byte, 1};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
  struct cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(header), &fd, sizeof fd);
  return sendmsg(socket, &message, 0) == 1 ? 0 : -1;
}

static int receive_fd(int socket) {
  char byte = 0, space[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec part = {&byte, 1};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
  if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1 || CMSG_FIRSTHDR(&message) == NULL) return -1;
  int fd = -1;
  memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
  return fd;
}

static int is_lowerdir_plus(pid_t pid, uint64_t address) {
  static const char wanted[] = "lowerdir+";
  char path[64], key[sizeof wanted] = {0};
  snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
  const int memory = open(path, O_RDONLY | O_CLOEXEC);
  if (memory < 0) return 0;
  const ssize_t got = pread(memory, key, sizeof key, (off_t)address);
  close(memory);
  return got == (ssize_t)sizeof key && memcmp(key, wanted, sizeof key) == 0;
}

static void answer(int listener) {
  struct seccomp_notif request;
  memset(&request, 0, sizeof request);
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) != 0) return;
  struct seccomp_notif_resp response = {.id = request.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
  if (is_lowerdir_plus((pid_t)request.pid, request.data.args[2])) {
    response.flags = 0;
    response.error = -EINVAL;
  }
  ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

int main(int argc, char** argv) {
  int pair[2];
  if (argc < 2) return fprintf(stderr, "old-overlay: a command is missing\n"), FAILED;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return fail("socketpair");
  const pid_t child = fork();
  if (child < 0) return fail("fork");
  if (child == 0) {
    const int listener = install_filter();
    if (listener < 0) _exit(fail("seccomp"));
    if (send_fd(pair[1], listener) != 0) _exit(fail("sendmsg"));
    close(listener);
    execvp(argv[1], argv + 1);
    _exit(fail(argv[1]));
  }
  close(pair[1]);
  const int listener = receive_fd(pair[0]);
  if (listener < 0) return FAILED;
  int status = 0;
  for (struct pollfd event = {listener, POLLIN, 0}; waitpid(child, &status, WNOHANG) == 0;) {
    if (poll(&event, 1, 20) > 0 && (event.revents & POLLIN) != 0) answer(listener);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

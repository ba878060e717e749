// floor: what a sandbox start costs in the kernel. The same kernel objects as `cove run --rootfs DIR true`,
// made by the fewest system calls we know, with nothing parsed, looked up, checked or reported: no runtime
// that gives the same isolation can be faster, so `cove` is measured against it.
//
//   floor ROOTFS [HIERARCHY=DIRECTORY]... -- COMMAND [ARG]...
//
// HIERARCHY is a cgroup v1 controller, or `unified` for v2; DIRECTORY is our own cgroup there. bench/run
// finds them. An absent kernel feature is fatal, an absent path to mask is not. Exit status: the command's,
// or the failing line.
#include "floor.h"

#define CLONE_FLAGS (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET)
#define NOTHING (MS_NOSUID | MS_NODEV | MS_NOEXEC)
#define MUST(call) must(call, __LINE__)

enum { kMaxHierarchies = 16, kPathMax = 512 };

struct Hierarchy {
  const char* name;    // "memory", …, "unified"
  char dir[kPathMax];  // the cgroup made for this sandbox
};

// The names below /sys and /proc that Docker hides or write-protects; those that this kernel lacks cost one
// failed call.
static const char* const kMaskedFiles[] = {"proc/interrupts",    "proc/kcore",      "proc/keys",
                                           "proc/latency_stats", "proc/timer_list", "proc/timer_stats",
                                           "proc/sched_debug"};
static const char* const kMaskedDirs[] = {"proc/asound", "proc/acpi", "proc/scsi", "sys/firmware",
                                          "sys/devices/virtual/powercap"};
static const char* const kReadOnly[] = {"proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger"};

static const struct {
  const char* path;
  unsigned minor;
} kDevices[] = {{"dev/null", 0x103},   {"dev/zero", 0x105},    {"dev/full", 0x107},
                {"dev/random", 0x108}, {"dev/urandom", 0x109}, {"dev/tty", 0x500}};
static const struct {
  const char *target, *path;
} kLinks[] = {{"/proc/self/fd", "dev/fd"},
              {"/proc/self/fd/0", "dev/stdin"},
              {"/proc/self/fd/1", "dev/stdout"},
              {"/proc/self/fd/2", "dev/stderr"},
              {"pts/ptmx", "dev/ptmx"}};

static long must(long result, int line) {
  if (result < 0) sys1(SYS_exit_group, line & 0xff);
  return result;
}

static char* append(char* to, const char* text) {
  while ((*to = *text++)) to++;
  return to;
}

static char* append_number(char* to, unsigned n) {
  if (n >= 10) to = append_number(to, n / 10);
  *to++ = (char)('0' + n % 10);
  *to = 0;
  return to;
}

static long mount_fs(const char* source, const char* target, const char* type, unsigned long flags,
                     const char* data) {
  return sys5(SYS_mount, source, target, type, flags, data);
}

static void write_file(const char* dir, const char* name, const char* text, unsigned long size) {
  char path[kPathMax];
  append(append(path, dir), name);
  long fd = MUST(sys3(SYS_open, path, O_WRONLY | O_CLOEXEC, 0));
  MUST(sys3(SYS_write, fd, text, size));
  sys1(SYS_close, fd);
}

// One lookup each: the directory is made, the limit that stops a fork bomb is set. v2 is joined by clone3
// itself.
static long create_cgroups(struct Hierarchy* h, int count) {
  long unified = -1;
  for (int i = 0; i < count; i++) {
    MUST(sys2(SYS_mkdir, h[i].dir, 0755));
    if (equal(h[i].name, "pids")) write_file(h[i].dir, "/pids.max", "2048", 4);
    if (equal(h[i].name, "unified"))
      unified = MUST(sys3(SYS_open, h[i].dir, O_PATH | O_DIRECTORY | O_CLOEXEC, 0));
  }
  return unified;
}

// "0" in `tasks`, not a pid in `cgroup.procs`: a thread that moves only itself spares the kernel a global
// lock, which costs an RCU grace period.
static void join_cgroups(const struct Hierarchy* h, int count) {
  for (int i = 0; i < count; i++)
    if (!equal(h[i].name, "unified")) write_file(h[i].dir, "/tasks", "0", 1);
  MUST(sys1(SYS_unshare, CLONE_NEWCGROUP));
}

static void loopback_up(void) {
  struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
  long fd = MUST(sys3(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  MUST(sys3(SYS_ioctl, fd, SIOCSIFFLAGS, &lo));
  sys1(SYS_close, fd);
}

// The overlay and its upper layer go onto /proc, which every host has and we no longer need; both stay
// behind in the old root. The working directory is the new root from here on, so that all lookups are short.
static void mount_root(const char* rootfs) {
  char options[2 * kPathMax];
  MUST(mount_fs(0, "/", 0, MS_REC | MS_PRIVATE, 0));
  MUST(mount_fs("tmpfs", "/proc", "tmpfs", MS_NODEV, "mode=700"));
  MUST(sys2(SYS_mkdir, "/proc/upper", 0755));
  MUST(sys2(SYS_mkdir, "/proc/work", 0755));
  append(append(append(options, "lowerdir="), rootfs), ",upperdir=/proc/upper,workdir=/proc/work");
  MUST(mount_fs("overlay", "/proc", "overlay", 0, options));
  MUST(sys1(SYS_chdir, "/proc"));
}

static void mount_dev(void) {
  MUST(mount_fs("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=64k"));
  for (unsigned i = 0; i < COUNT(kDevices); i++)
    MUST(sys3(SYS_mknod, kDevices[i].path, S_IFCHR | 0666, kDevices[i].minor));
  for (unsigned i = 0; i < COUNT(kLinks); i++) MUST(sys2(SYS_symlink, kLinks[i].target, kLinks[i].path));
  MUST(sys2(SYS_mkdir, "dev/pts", 0755));
  MUST(sys2(SYS_mkdir, "dev/shm", 0755));
  MUST(sys2(SYS_mkdir, "dev/mqueue", 0755));
  MUST(mount_fs("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
                "newinstance,ptmxmode=0666,mode=620,gid=5"));
  MUST(mount_fs("shm", "dev/shm", "tmpfs", NOTHING, "mode=1777,size=64m"));
  MUST(mount_fs("mqueue", "dev/mqueue", "mqueue", NOTHING, 0));
}

// cgroup v1: a tmpfs that holds a directory per hierarchy; on v2 alone the hierarchy itself. All read-only.
static void mount_cgroups(const struct Hierarchy* h, int count) {
  if (count == 1 && equal(h[0].name, "unified")) {
    MUST(mount_fs("cgroup", "sys/fs/cgroup", "cgroup2", NOTHING | MS_RDONLY, 0));
    return;
  }
  MUST(mount_fs("tmpfs", "sys/fs/cgroup", "tmpfs", NOTHING, "mode=755,size=16k"));
  for (int i = 0; i < count; i++) {
    char path[kPathMax];
    append(append(path, "sys/fs/cgroup/"), h[i].name);
    MUST(sys2(SYS_mkdir, path, 0755));
    if (equal(h[i].name, "unified"))
      MUST(mount_fs("cgroup", path, "cgroup2", NOTHING | MS_RDONLY, 0));
    else
      MUST(mount_fs("cgroup", path, "cgroup", NOTHING | MS_RDONLY, h[i].name));
  }
  MUST(mount_fs(0, "sys/fs/cgroup", 0, MS_REMOUNT | MS_BIND | MS_RDONLY | NOTHING, 0));
}

static void protect_proc_and_sys(void) {
  for (unsigned i = 0; i < COUNT(kMaskedFiles); i++) mount_fs("dev/null", kMaskedFiles[i], 0, MS_BIND, 0);
  // One empty read-only tmpfs, bound over each directory.
  const char* empty = 0;
  for (unsigned i = 0; i < COUNT(kMaskedDirs); i++) {
    if (empty)
      mount_fs(empty, kMaskedDirs[i], 0, MS_BIND, 0);
    else if (mount_fs("tmpfs", kMaskedDirs[i], "tmpfs", NOTHING | MS_RDONLY, "size=4k") == 0)
      empty = kMaskedDirs[i];
  }
  for (unsigned i = 0; i < COUNT(kReadOnly); i++)
    if (mount_fs(kReadOnly[i], kReadOnly[i], 0, MS_BIND, 0) == 0)
      MUST(mount_fs(0, kReadOnly[i], 0, MS_REMOUNT | MS_BIND | MS_RDONLY | NOTHING, 0));
}

static void mount_all(const char* rootfs, const struct Hierarchy* h, int count) {
  mount_root(rootfs);
  MUST(mount_fs("proc", "proc", "proc", NOTHING, 0));
  mount_dev();
  MUST(mount_fs("sysfs", "sys", "sysfs", NOTHING | MS_RDONLY, 0));
  mount_cgroups(h, count);
  MUST(mount_fs("tmpfs", "run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755"));
  MUST(mount_fs("tmpfs", "tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777"));
  protect_proc_and_sys();
  MUST(sys2(SYS_pivot_root, ".", "."));
  MUST(sys2(SYS_umount2, ".", MNT_DETACH));
}

// Docker's 14: a bounding set of exactly these, permitted and effective the same, inheritable and ambient
// empty.
static void limit_capabilities(void) {
  const unsigned kept = 0xa80425fb;
  for (int cap = 0; cap <= CAP_LAST_CAP; cap++)
    if (cap >= 32 || !(kept >> cap & 1)) MUST(sys2(SYS_prctl, PR_CAPBSET_DROP, cap));
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct sets[2] = {{kept, kept, 0}, {0, 0, 0}};
  MUST(sys2(SYS_capset, &header, sets));
}

static void start(const char* rootfs, const struct Hierarchy* h, int count, char** argv) {
  static char* environment[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 0};
  sys2(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
  sys1(SYS_umask, 0);
  join_cgroups(h, count);
  loopback_up();
  mount_all(rootfs, h, count);
  MUST(sys2(SYS_sethostname, "floor", 5));
  MUST(sys1(SYS_setsid, 0));
  MUST(sys2(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, 0));
  sys1(SYS_umask, 022);
  limit_capabilities();
  MUST(sys2(SYS_setgroups, 0, 0));
  MUST(sys5(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  MUST(load_seccomp());
  MUST(sys3(SYS_close_range, 3, ~0U, 0));
  MUST(sys3(SYS_execve, argv[0], argv, environment));
}

static int parse(char** argv, struct Hierarchy* h, char*** command) {
  int count = 0;
  for (; *argv && !equal(*argv, "--") && count < kMaxHierarchies; argv++, count++) {
    h[count].name = *argv;
    while (**argv != '=') ++*argv;
    *(*argv)++ = 0;
    append_number(append(append(h[count].dir, *argv), "/floor-"), (unsigned)sys1(SYS_getpid, 0));
  }
  *command = argv + 1;
  return count;
}

int floor_main(int argc, char** argv) {
  if (argc < 4) return 2;
  struct Hierarchy h[kMaxHierarchies];
  char** command;
  int count = parse(argv + 2, h, &command), status = 0;
  long unified = create_cgroups(h, count);
  struct clone_args clone = {.flags = CLONE_FLAGS | (unified < 0 ? 0 : CLONE_INTO_CGROUP),
                             .exit_signal = SIGCHLD,
                             .cgroup = (unsigned long)unified};
  long child = MUST(sys2(SYS_clone3, &clone, sizeof clone));
  if (child == 0) start(argv[1], h, count, command);
  MUST(sys4(SYS_wait4, child, &status, 0, 0));
  for (int i = 0; i < count; i++) sys1(SYS_rmdir, h[i].dir);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

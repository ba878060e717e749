// LaunchPlan: everything that the launcher does, as plain data. Front ends compile their options into it with
// pure functions; `cove explain` prints it; the processes of a launch only carry it out.
//
// Paths called "host path" are resolved in the caller's file system before anything is unshared; paths called
// "inside" are resolved below the new root with RESOLVE_IN_ROOT and may come from anybody.
#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernel/caps/apply.h"
#include "kernel/cgroup/plan.h"
#include "kernel/cgroup/record.h"
#include "kernel/idmap/idmap.h"
#include "kernel/landlock/landlock.h"
#include "kernel/rlimit/rlimit.h"
#include "kernel/userdb/userdb.h"

namespace cove::launch {

// --- namespaces
// ------------------------------------------------------------------------------------------------------

// In the order in which they are joined: the user namespace first, for its capabilities (namespaces(7)).
enum class NamespaceKind : uint8_t { user, mount, pid, uts, ipc, network, cgroup, time };
inline constexpr size_t kNamespaceKinds = 8;

enum class NamespaceMode : uint8_t {
  host,   // stay in the caller's
  fresh,  // a new one ("private")
  join,   // the one that `path` names
};

struct NamespacePlan {
  NamespaceMode mode = NamespaceMode::host;
  std::string path;  // join: host path of a namespace file, as /proc/PID/ns/net; empty: that of JoinTarget
  bool operator==(const NamespacePlan&) const = default;
};

struct TimeOffsets {
  int64_t monotonic_ns = 0;
  int64_t boottime_ns = 0;
};

// --- the root file system
// ----------------------------------------------------------------------------------------------

enum class RootKind : uint8_t {
  none,     // the mount namespace is not a new one: nothing is mounted, no pivot_root
  bind,     // the directory itself
  overlay,  // an overlay over the directory
  tmpfs,    // an empty tmpfs that `mounts` fills
};

struct RootPlan {
  RootKind kind = RootKind::none;
  std::string source;  // host path: the directory, or the overlay's lower layer
  // overlay: directories in `source`, the topmost first, that are the lower layers instead of itself.
  std::vector<std::string> lowers;
  bool idmapped = false;  // mount the source with the sandbox's id map
  bool outside = false;   // see MountPlan::outside
  std::string upper;      // host path that keeps the writes; empty: the scratch tmpfs. See work_directory()
  uint64_t scratch_bytes =
      0;                   // size of the throwaway layer's tmpfs; 0: the kernel's default, half the memory
  bool userxattr = false;  // overlayfs's "user.overlay." attributes: in a user namespace
  bool read_only = false;  // the root mount is made read-only after everything else is mounted
  std::vector<std::string> read_only_last;  // inside: mounts that are made read-only with it, each alone
  bool claim_upper = false;                 // give `upper`, which is empty, to the user namespace's root
  uint64_t upper_quota_bytes = 0;           // bound `upper` with a project quota; 0: no bound
  bool upper_quota_required = false;        // it is an error if the file system has none
  uint64_t propagation = 0;    // of the root mount in the end: MS_PRIVATE, MS_SLAVE, MS_SHARED or
                               // MS_UNBINDABLE; 0: private
  bool without_pivot = false;  // move the root over "/" and chroot(2): for a caller whose root is a ramfs
};

enum class MountKind : uint8_t {
  bind,        // `source` (host path) on `target`
  filesystem,  // a new `type` with `options` on `target`
  overlay,     // an overlay over `source` on `target`; its writes go to the scratch tmpfs, or to `upper`
  directory,   // create `target`
  symlink,     // create `target` with the content `source`
  file,        // create `target`, or replace it, with the content `content`
  copy,        // the same with the content of the host's regular file `source`
  device,      // a device node, or a bind of the host's where mknod(2) is not allowed
  mask,        // hide `target`: a directory under an empty one, a file under /dev/null
  seal,        // make the one mount on `target` read-only
  read_only,   // make `target` and what is mounted below it read-only
  change,      // apply `changes` to the mount on `target` (mount(8)'s remount)
};

// One mount_setattr(2).
struct AttributeChange {
  uint64_t set = 0;          // MOUNT_ATTR_*
  uint64_t clear = 0;        // MOUNT_ATTR_*
  uint64_t propagation = 0;  // MS_PRIVATE, MS_SLAVE, MS_SHARED, MS_UNBINDABLE; 0: unchanged
  bool recursive = false;    // with the mounts below it
  bool operator==(const AttributeChange&) const = default;
};

struct DeviceNode {
  char type = 'c';  // 'c', 'b', or 'p' for a FIFO
  uint32_t major = 0;
  uint32_t minor = 0;
  mode_t mode = 0666;  // permission bits
  uid_t uid = 0;       // inside; of a node that is made outside: outside
  gid_t gid = 0;
};

struct MountPlan {
  MountKind kind = MountKind::filesystem;
  std::string target;  // inside, absolute
  std::string source;  // host path for bind, overlay, copy, device; link content for symlink; for filesystem
                       // a block device or any text, and empty for the type
  std::string type;    // file system type, as "tmpfs"
  std::vector<std::pair<std::string, std::string>> options;  // for fsconfig(2); an empty value is a flag
  uint64_t attributes = 0;                                   // MOUNT_ATTR_* to set
  bool recursive = false;    // bind: with the mounts below it, to which the attributes apply as well
  uint64_t propagation = 0;  // MS_PRIVATE, MS_SLAVE or MS_SHARED; 0: private
  bool idmapped = false;     // bind: with the sandbox's id map, or with `own_map`
  std::optional<idmap::IdMaps> own_map;  // idmapped: another map than the sandbox's
  bool idmap_recursive = false;          // idmapped: the mounts below it as well
  // bind: the source is opened with the rights of the caller, which the child of a new user namespace has not
  // any more; device: the node is made with them. Only with a new user and a new mount namespace.
  bool outside = false;
  std::vector<AttributeChange>
      changes;                 // after `attributes` and `propagation`, in order, once it is attached
  bool copy_up = false;        // filesystem, bind: begins with what `target` held
  bool no_symlink = false;     // `target` itself may not be a symbolic link
  bool keep_existing = false;  // device, symlink, file, copy: what is there already stays
  bool optional = false;       // a missing source is skipped, and a target that cannot be made
  mode_t mode = 0755;          // of what is created
  std::string upper;           // overlay: host path that keeps the writes; empty: the scratch tmpfs
  std::string content;
  DeviceNode device;
};

// --- the process
// -------------------------------------------------------------------------------------------------------

// Who the process is, where nothing is to be looked up.
struct ExactUser {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> additional_gids;
};

// sched_setattr(2).
struct SchedulerPlan {
  uint32_t policy = 0;  // SCHED_*
  uint64_t flags = 0;   // SCHED_FLAG_*
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime_ns = 0;
  uint64_t deadline_ns = 0;
  uint64_t period_ns = 0;
};

// set_mempolicy(2).
struct MemoryPolicyPlan {
  int mode = 0;                 // MPOL_*, with MPOL_F_*
  std::vector<uint64_t> nodes;  // a bit mask, lowest first
};

enum class StdioMode : uint8_t {
  inherit,  // the caller's own descriptors 0, 1, 2
  pipes,    // 0 inherited; 1 and 2 are pipes that the caller reads (an output limit needs that)
  tty,      // a new pseudo-terminal; the caller gets its master
};

struct ConsoleSize {
  uint16_t rows = 24;
  uint16_t columns = 80;
};

// A program that is run at a moment of the container's life (OCI runtime specification, "hooks").
struct Hook {
  std::string path;                    // absolute
  std::vector<std::string> args;       // from argv[0] on; empty: the path
  std::vector<std::string> env;        // empty: our own
  std::optional<uint64_t> timeout_ms;  // then it is killed, and that is a failure
};

// The container's state as its hooks read it, on one line of JSON; as it is before there is a process.
struct HookState {
  std::string text;  // has "status":"creating" and "pid":0 once each outside of strings
  // The same with another status and pid.
  [[nodiscard]] std::string print(std::string_view status, pid_t pid) const;
};

struct ProcessPlan {
  std::vector<std::string> argv;            // argv[0] is searched in PATH, inside
  std::vector<std::string> env;             // NAME=value
  std::string cwd = "/";                    // inside
  userdb::UserSpec user = {{}, 0, {}, {}};  // looked up inside
  std::vector<std::string> group_adds;
  bool keep_groups = false;  // the caller's supplementary groups instead of any others, mapped or not
  std::optional<ExactUser> exact_user;  // instead of `user` and `group_adds`
  mode_t umask = 0022;
  std::optional<SchedulerPlan> scheduler;
  std::optional<int> io_priority;        // ioprio_set(2): class and level
  std::vector<uint64_t> first_affinity;  // bit mask of CPUs until the cgroup is joined; empty: unchanged
  std::vector<uint64_t> cpu_affinity;    // bit mask of CPUs, lowest first; empty: unchanged
  std::optional<MemoryPolicyPlan> memory_policy;
  std::optional<unsigned long> personality;  // personality(2)
  unsigned preserved_fds = 0;                // 3 and the following ones stay open
  std::vector<Hook> hooks_before_pivot;      // OCI createContainer
  std::vector<Hook> hooks_before_exec;       // OCI startContainer
  bool set_home = true;                      // add HOME from the passwd entry unless `env` has it
  bool init = false;  // run cove's own init as process 1, which reaps and forwards signals
  StdioMode stdio = StdioMode::inherit;
  bool null_stdin = false;  // standard input reads as empty
  ConsoleSize console_size;
};

struct LockdownPlan {
  caps::CapabilitySet bounding;                    // also permitted and effective, for a user id of 0
  std::optional<caps::ProcessCapabilities> exact;  // all five sets, instead of what `bounding` gives
  bool keep_all_capabilities = false;              // --privileged: leave every set as it is
  bool no_new_privs = true;
  std::vector<sock_filter> seccomp;  // empty: no filter
  unsigned seccomp_flags = 0;        // SECCOMP_FILTER_FLAG_*
  bool guard_terminal = false;       // refuse ioctls that push input into a terminal, in a filter of its own
  bool new_session_keyring = true;
  std::vector<landlock::Rule> landlock;  // empty: none
  std::vector<rlimit::Limit> rlimits;
  std::optional<int> oom_score_adj;
  bool seccomp_listener = false;  // the filter has a supervisor: its descriptor goes to the parent
  std::string apparmor_profile;   // taken on by the exec; empty: unchanged
  std::string selinux_label;
};

// A network interface that goes from the caller's network namespace to the child's, which is another one.
struct NetDevicePlan {
  std::string name;      // outside
  std::string new_name;  // inside; empty: the same
};

struct Sysctl {
  std::string key;  // with dots: "net.ipv4.ip_forward"
  std::string value;
};

// A container goes on when the process that made it has ended: nothing kills it then, and no keeper cleans
// up.
struct ContainerPlan {
  bool enabled = false;
  // The child waits, ready but for the exec, on this host path (a SOCK_SEQPACKET socket) until start() comes;
  // empty: it goes on at once.
  std::string start_socket;
  std::vector<Hook> hooks_after_mounts;  // OCI prestart and createRuntime: run by the parent
  HookState hook_state;
};

// An existing process whose namespaces are joined, those with NamespaceMode::join and an empty path.
struct JoinTarget {
  pid_t pid = 0;
  uint64_t start_time = 0;  // field 22 of /proc/PID/stat: tells it from a later one of the same number
};

struct ExistingCgroup {
  cgroup::Record record;
  cgroup::OpenOptions options;
};

// Root's, for LaunchPlan::kept_namespace. One for all: what it keeps has nothing of anybody's.
inline constexpr std::string_view kKeptNamespace = "/run/cove/mounts";

// What to break on purpose, in builds with COVE_FAULT_INJECTION.
struct FaultPlan {
  std::string step;   // a step's name; empty: none
  bool kill = false;  // SIGKILL the process that runs it, instead of failing it
};

struct LaunchPlan {
  std::string id;  // names every resource; [a-z0-9-], at most 48 characters
  std::array<NamespacePlan, kNamespaceKinds> namespaces;
  idmap::IdMapPlan idmap;
  bool foreign_userns =
      false;  // neither a new user namespace nor the initial one: somebody else made its rules
  TimeOffsets time_offsets;
  std::string hostname;    // empty: unchanged
  std::string domainname;  // empty: unchanged
  bool loopback_up = false;
  RootPlan root;
  std::vector<MountPlan> mounts;  // in order
  // Host path of the directory that keeps a mount namespace, see kernel/mount/kept_namespace.h: the new one
  // is copied from it if the caller's has many mounts; empty: never.
  std::string kept_namespace;
  std::vector<NetDevicePlan> net_devices;
  std::vector<std::string> networks;  // names: the caller attaches the child's own namespace to them, see
                                      // LaunchCallbacks::attach_networks
  std::vector<Sysctl> sysctls;
  cgroup::CgroupPlan cgroup;
  ProcessPlan process;
  LockdownPlan lockdown;
  std::vector<std::string> waived;  // guarantees that were asked for and cannot be had, by name
  std::vector<std::string> warnings;
  FaultPlan fault;
  ContainerPlan container;
  JoinTarget join_target;
  std::optional<ExistingCgroup> existing_cgroup;  // instead of `cgroup`: a container's, to be joined

  [[nodiscard]] const NamespacePlan& ns(NamespaceKind kind) const {
    return namespaces[static_cast<size_t>(kind)];
  }
  [[nodiscard]] NamespacePlan& ns(NamespaceKind kind) { return namespaces[static_cast<size_t>(kind)]; }
  [[nodiscard]] bool is_fresh(NamespaceKind kind) const { return ns(kind).mode == NamespaceMode::fresh; }
};

// Overlayfs's own work directory for an upper directory: beside it, on the same mount,
// "<parent>/.cove-work-<hash of the name>". Made by the parent before the launch and removed after it.
std::string work_directory(const std::string& upper);
std::string parent_directory(const std::string& path);
std::string base_name(const std::string& path);

// The word that options and /proc/PID/ns use: "user", "mnt", "pid", "uts", "ipc", "net", "cgroup", "time".
std::string_view namespace_name(NamespaceKind kind) noexcept;
uint64_t namespace_clone_flag(NamespaceKind kind) noexcept;  // CLONE_NEW*

}  // namespace cove::launch

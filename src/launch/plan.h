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

#include "kernel/caps/capability.h"
#include "kernel/cgroup/plan.h"
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
  std::string path;  // host path of a namespace file, as /proc/PID/ns/net; for join only
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
  std::string source;     // host path: the directory, or the overlay's lower layer
  bool idmapped = false;  // mount the source with the sandbox's id map
  std::string upper;      // host path that keeps the writes; empty: the scratch tmpfs. See work_directory()
  uint64_t scratch_bytes =
      0;                     // size of the throwaway layer's tmpfs; 0: the kernel's default, half the memory
  bool userxattr = false;    // overlayfs's "user.overlay." attributes: in a user namespace
  bool read_only = false;    // the root mount is made read-only after everything else is mounted
  bool claim_upper = false;  // give `upper`, which is empty, to the user namespace's root
  uint64_t upper_quota_bytes = 0;     // bound `upper` with a project quota; 0: no bound
  bool upper_quota_required = false;  // it is an error if the file system has none
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
};

struct DeviceNode {
  char type = 'c';  // 'c' or 'b'
  uint32_t major = 0;
  uint32_t minor = 0;
  mode_t mode = 0666;  // permission bits
  uid_t uid = 0;       // inside
  gid_t gid = 0;
};

struct MountPlan {
  MountKind kind = MountKind::filesystem;
  std::string target;  // inside, absolute
  std::string source;  // host path for bind, overlay, copy, device; link content for symlink
  std::string type;    // file system type, as "tmpfs"
  std::vector<std::pair<std::string, std::string>> options;  // for fsconfig(2); an empty value is a flag
  uint64_t attributes = 0;                                   // MOUNT_ATTR_* to set
  bool recursive = false;    // bind: with the mounts below it, to which the attributes apply as well
  uint64_t propagation = 0;  // MS_PRIVATE, MS_SLAVE or MS_SHARED; 0: private
  bool idmapped = false;     // bind: with the sandbox's id map
  bool optional = false;     // a missing source or target is skipped
  mode_t mode = 0755;        // of what is created
  std::string upper;         // overlay: host path that keeps the writes; empty: the scratch tmpfs
  std::string content;
  DeviceNode device;
};

// --- the process
// -------------------------------------------------------------------------------------------------------

enum class StdioMode : uint8_t {
  inherit,  // the caller's own descriptors 0, 1, 2
  pipes,    // 0 inherited; 1 and 2 are pipes that the caller reads (an output limit needs that)
  tty,      // a new pseudo-terminal; the caller gets its master
};

struct ConsoleSize {
  uint16_t rows = 24;
  uint16_t columns = 80;
};

struct ProcessPlan {
  std::vector<std::string> argv;            // argv[0] is searched in PATH, inside
  std::vector<std::string> env;             // NAME=value
  std::string cwd = "/";                    // inside
  userdb::UserSpec user = {{}, 0, {}, {}};  // looked up inside
  std::vector<std::string> group_adds;
  bool set_home = true;  // add HOME from the passwd entry unless `env` has it
  bool init = false;     // run cove's own init as process 1, which reaps and forwards signals
  StdioMode stdio = StdioMode::inherit;
  bool null_stdin = false;  // standard input reads as empty
  ConsoleSize console_size;
};

struct LockdownPlan {
  caps::CapabilitySet bounding;        // also permitted and effective, for a user id of 0
  bool keep_all_capabilities = false;  // --privileged: leave every set as it is
  bool no_new_privs = true;
  std::vector<sock_filter> seccomp;  // empty: no filter
  unsigned seccomp_flags = 0;        // SECCOMP_FILTER_FLAG_*
  bool guard_terminal = false;       // refuse ioctls that push input into a terminal, in a filter of its own
  bool new_session_keyring = true;
  std::vector<landlock::Rule> landlock;  // empty: none
  std::vector<rlimit::Limit> rlimits;
  std::optional<int> oom_score_adj;
};

struct Sysctl {
  std::string key;  // with dots: "net.ipv4.ip_forward"
  std::string value;
};

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
  std::vector<MountPlan> mounts;         // in order
  std::vector<MountPlan> cgroup_mounts;  // in order, after the others: made in the new cgroup namespace
  std::vector<Sysctl> sysctls;
  cgroup::CgroupPlan cgroup;
  ProcessPlan process;
  LockdownPlan lockdown;
  std::vector<std::string> waived;  // guarantees that were asked for and cannot be had, by name
  std::vector<std::string> warnings;
  FaultPlan fault;

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

// What a user can ask of `cove run`, after parsing and before any decision. Every field is an option of the
// command line; compile_plan() (plan_compiler.h) turns it into a LaunchPlan.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernel/cgroup/limits.h"
#include "kernel/landlock/landlock.h"
#include "kernel/rlimit/rlimit.h"
#include "kernel/userdb/userdb.h"
#include "launch/plan.h"
#include "network/request.h"

namespace cove::sandbox {

// --pid, --uts, --ipc, --cgroupns, --mountns, --timens: host | private | ns:PATH | pid:N.
struct NamespaceChoice {
  enum class Kind : uint8_t { unset, host, fresh, path, pid };
  Kind kind = Kind::unset;
  std::string path;  // Kind::path
  pid_t pid = 0;     // Kind::pid
};

// --userns auto | keep-id | host | MAP | ns:PATH | pid:N
struct UsernsChoice {
  enum class Kind : uint8_t { unset, automatic, keep_id, host, map, path, pid };
  Kind kind = Kind::unset;
  std::string map;  // "INSIDE:OUTSIDE:COUNT[,…]", for users and groups alike
  std::string path;
  pid_t pid = 0;
};

// -v HOST:CTR[:OPTIONS] and --mount type=…,…
struct MountRequest {
  enum class Type : uint8_t { bind, tmpfs, overlay, proc, sysfs, devpts, mqueue, cgroup };
  Type type = Type::bind;
  std::string source;  // bind: host path; overlay: the lower directory's host path
  std::string target;  // inside, absolute
  bool read_only = false;
  std::optional<bool> nosuid, nodev, noexec;  // unset: what the type has by default
  bool recursive = true;                      // bind: with the mounts below the source
  enum class Propagation : uint8_t { rprivate, rslave, rshared, private_, slave, shared };
  Propagation propagation = Propagation::rprivate;
  bool idmap = false;          // files owned by the caller appear as owned by the sandbox's user 0
  bool relabel = false;        // z or Z: SELinux label
  uint64_t size_bytes = 0;     // tmpfs; 0: the default of --tmpfs-size
  std::optional<mode_t> mode;  // tmpfs
  std::string upper, work;     // overlay: host paths that keep the writes; empty: thrown away
  bool optional = false;       // bind: left out if it has no source, or its target cannot be made
  bool copy_up = false;        // bind: a volume that is empty gets what the root file system has there
  bool shared_ids = false;     // bind: a volume: on the disk the files have the ids that they have inside, as
                               // far as the kernel can map them, so that containers with other ids share it
};

// --device HOST[:CTR[:rwm]]
struct DeviceRequest {
  std::string source;  // host path
  std::string target;  // inside
  std::string access = "rwm";
};

enum class SeccompChoice : uint8_t { standard, unconfined, file };
// user_mode: a program of the user's carries its traffic, see Request::program.
enum class NetworkChoice : uint8_t { none, host, path, pid, named, user_mode };

inline constexpr std::string_view kAppArmorUnconfined = "unconfined";  // AppArmor's own word for no profile

struct Options {
  std::vector<std::string> command;  // COMMAND [ARG…]

  // Root file system
  std::string rootfs;  // empty: the view of this machine
  // Of an image: directories in `rootfs`, the topmost first, whose overlay is the root instead of itself.
  std::vector<std::string> lowers;
  std::string upper;
  std::string layer;  // host path of a directory that keeps the writes to the view of this machine; empty:
                      // they are thrown away. Not an option of the command line: the engine's
  bool rw = false;
  bool read_only = false;
  std::optional<uint64_t> storage_bytes;    // --storage-size
  uint64_t tmpfs_bytes = 0;                 // --tmpfs-size, each of /tmp and /run; 0: the kernel's default
  uint64_t shm_bytes = uint64_t{64} << 20;  // --shm-size
  std::vector<MountRequest> mounts;
  std::vector<DeviceRequest> devices;
  bool unmask_paths = false;  // --security-opt systempaths=unconfined

  // Namespaces
  NamespaceChoice mountns, pid, uts, ipc, cgroupns, timens;
  UsernsChoice userns;
  NetworkChoice network = NetworkChoice::none;
  std::string network_path;
  pid_t network_pid = 0;
  network::Request networks;  // NetworkChoice::named and user_mode
  std::optional<std::string> hostname, domainname;
  std::optional<int64_t> monotonic_offset_ns, boottime_offset_ns;  // --time-offset monotonic=…, boottime=…
  bool init = false;

  // Identity and privileges
  std::optional<std::string> user;  // name|uid[:group|gid]
  std::vector<std::string> group_adds;
  std::vector<std::string> cap_adds, cap_drops;
  bool privileged = false;
  bool no_new_privs = true;
  SeccompChoice seccomp = SeccompChoice::standard;
  std::string seccomp_file;  // host path
  std::string apparmor;      // a profile's name, or unconfined; empty: the caller's own
  std::vector<landlock::Rule> landlock;
  std::vector<std::pair<std::string, std::string>> sysctls;

  // Limits
  cgroup::Limits limits;
  std::vector<rlimit::Limit> ulimits;
  std::optional<int> oom_score_adj;
  std::optional<uint64_t> timeout_ms;          // wall time of the command
  std::optional<uint64_t> cpu_time_ms;         // CPU time of the whole tree
  std::optional<uint64_t> output_limit_bytes;  // standard output and error together
  bool best_effort_limits = false;

  // Process
  bool tty = false;
  bool interactive = false;
  std::vector<std::string> env;  // NAME=value, in order, --env-file's lines first
  std::optional<std::string> workdir;
  std::vector<std::pair<std::string, std::string>> labels;
  std::optional<std::string> name;

  // What cove tells
  std::optional<std::string> report;  // a host path, or "-" for standard output
  bool timings = false;
};

}  // namespace cove::sandbox

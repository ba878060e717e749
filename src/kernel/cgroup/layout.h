// Which cgroup hierarchies this process can see, and where it is in them: read from /proc/self/mountinfo and
// /proc/self/cgroup, never guessed. Sources: cgroups(7), cgroup_namespaces(7),
// Documentation/admin-guide/cgroup-v1 and cgroup-v2.rst.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/procfs/mountinfo.h"
#include "kernel/procfs/procfs.h"

namespace cove::cgroup {

enum class Kind : uint8_t {
  none,    // no usable hierarchy is mounted
  v1,      // controllers on v1 hierarchies, no v2 mount
  v2,      // v2 only (a v1 hierarchy without controllers, as name=systemd, does not count)
  hybrid,  // controllers on v1 hierarchies, and v2 beside them (with or without controllers of its own)
};
std::string_view kind_name(Kind kind) noexcept;

struct Hierarchy {
  int version = 1;                       // 1 or 2
  std::vector<std::string> controllers;  // v1: as in /proc/self/cgroup ("cpu", "cpuacct", "name=systemd");
                                         // v2: empty, they differ per directory (Facts has them)
  std::string mount_point;               // as "/sys/fs/cgroup/memory"
  std::string mount_root;     // the cgroup mounted there: "/" unless in a container or a bind mount
  std::string own_path;       // this process's cgroup, as /proc/self/cgroup has it
  std::string own_directory;  // the same as a directory: mount_point + (own_path without mount_root)
  bool read_only = false;     // the mount or its superblock

  friend bool operator==(const Hierarchy&, const Hierarchy&) = default;
};

// Only hierarchies in which this process's own directory can be reached are listed; the v2 one, if any, is
// last.
struct Layout {
  Kind kind = Kind::none;
  std::vector<Hierarchy> hierarchies;

  // The hierarchy of a v1 controller, or null.
  [[nodiscard]] const Hierarchy* v1(std::string_view controller) const noexcept;
  [[nodiscard]] const Hierarchy* v2() const noexcept;
};

// Pure. `mountinfo` and `self_cgroup` are the texts of the two files. Where a hierarchy is mounted more than
// once, the first mount that reaches the own cgroup wins, a writable one before a read-only one. A cgroup
// that was removed under its process (" (deleted)") can't be reached.
Result<Layout> parse_layout(std::string_view mountinfo, std::string_view self_cgroup);

// Reads both files. A mount counts only if it can be reached, and does not lie below another mount put over
// it. (That is checked for one of the hierarchies in the same parent mount; a cover over a single one shows
// in Cgroup::create.) Stops reading mountinfo as soon as every hierarchy is found writable: a host may have
// thousands of mounts. Beside v1 hierarchies v2 counts as not mounted if it is neither there nor on "unified"
// beside them. Cheap enough for the start path: 16 system calls for 10 hierarchies. May be called
// from any process with /proc.
Result<Layout> read_layout();

}  // namespace cove::cgroup

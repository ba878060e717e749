// What a user namespace maps: plain data, part of the launch plan. Source: user_namespaces(7).
//
// `inside` is an id in the new user namespace, `outside` the id in the namespace of the process that writes
// the map.
#pragma once

#include <cstdint>
#include <vector>

namespace cove::idmap {

struct IdRange {
  uint32_t inside = 0;
  uint32_t outside = 0;
  uint32_t count = 0;  // 1 or more; neither side may reach past 4294967294 (4294967295 is "no id")

  friend bool operator==(const IdRange&, const IdRange&) = default;
};

// Empty lists: no user namespace is made, or its maps stay unwritten.
struct IdMaps {
  std::vector<IdRange> uids;
  std::vector<IdRange> gids;

  friend bool operator==(const IdMaps&, const IdMaps&) = default;
};

// Who writes the maps of the new namespace, always from the parent's side.
enum class MapWriter : uint8_t {
  none,    // no new user namespace
  direct,  // cove itself, into /proc/PID/{setgroups,uid_map,gid_map}
  helper,  // newuidmap(1) and newgidmap(1), which are allowed the caller's subordinate ids
};

struct IdMapPlan {
  IdMaps maps;
  MapWriter writer = MapWriter::none;
  // Write "deny" to /proc/PID/setgroups first: what the kernel demands of an unprivileged writer of gid_map.
  // In such a namespace setgroups(2) fails with EPERM for good.
  bool deny_setgroups = false;

  friend bool operator==(const IdMapPlan&, const IdMapPlan&) = default;
};

}  // namespace cove::idmap

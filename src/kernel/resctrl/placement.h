// What a container asks of resctrl, and where that puts it. Plain data and pure functions. Source:
// runtime-spec config-linux.md "IntelRdt"; Documentation/filesystems/resctrl.rst.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cove::resctrl {

struct Request {
  std::string clos_id;  // closID; empty: a class of the container's own; "/": the default class
  std::string container_id;
  std::string l3_cache_schema;        // "L3:0=7f0;1=1f", or several lines
  std::string mem_bw_schema;          // "MB:0=20;1=70", one line
  std::vector<std::string> schemata;  // lines of any resource, written after the other two
  bool monitoring = false;            // enableMonitoring, or enableCMT or enableMBM
};

// Where a container is put: for a state file, and known before anything is made. Paths are relative to the
// file system's root.
struct Placement {
  std::string clos;        // "" is the default class
  bool own_clos = false;   // made for this container alone: removed with it
  std::string monitoring;  // "CLOS/mon_groups/ID"; empty: none

  friend bool operator==(const Placement&, const Placement&) = default;
};

// Error invalid_argument names the field: an id that is no file name, or one of the file system's own
// ("info", "mon_data", "mon_groups").
Result<Placement> plan_placement(const Request& request);

// The texts to be written to `schemata`, one write(2) each, in this order; none if nothing is asked for. A
// line for MB in l3CacheSchema gives way to memBwSchema, as the specification says. Error invalid_argument
// names the field.
Result<std::vector<std::string>> schemata_writes(const Request& request);

// Whether the kernel's `schemata` text has all that the line `wanted` ("L3:0=7f0;1=1f") asks for. Numbers are
// compared, not their digits; those of MB, which are decimal, once `wanted` is rounded up to a multiple of
// `bandwidth_step`, as the kernel rounds it. Error invalid_argument: a line that is not of this form.
Result<bool> schemata_hold(std::string_view text, std::string_view wanted, uint64_t bandwidth_step);

}  // namespace cove::resctrl

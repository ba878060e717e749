// Names of systemd's units, and where their cgroups are. Pure.
// Sources: systemd.unit(5), systemd.slice(5); linux.cgroupsPath as runc's systemd driver has it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::systemd {

struct UnitName {
  std::string slice;  // "machine-x.slice"; as given, not expanded
  std::string unit;   // "PREFIX-NAME.scope"

  friend bool operator==(const UnitName&, const UnitName&) = default;
};

// linux.cgroupsPath for the systemd driver: "SLICE:PREFIX:NAME". An empty one stands for
// ":DEFAULT_PREFIX:ID"; an empty slice for system.slice, or user.slice with the user's instance; without a
// prefix the unit is "NAME.scope". Error invalid_argument: not three parts, or a name that systemd does not
// allow.
Result<UnitName> parse_unit_name(std::string_view cgroups_path, std::string_view id,
                                 std::string_view default_prefix, bool user_instance);

// "a-b-c.slice" -> "/a.slice/a-b.slice/a-b-c.slice"; "-.slice" -> "". Error invalid_argument.
Result<std::string> expand_slice(std::string_view slice);

}  // namespace cove::systemd

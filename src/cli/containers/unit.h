// The systemd unit that starts containers after a reboot. Called by the process that the user started.
// Source: systemd.service(5), systemd.unit(5).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/caller.h"

namespace cove::cli {

inline constexpr std::string_view kUnitName = "cove-containers.service";

struct UnitSettings {
  std::string program;    // host path
  std::string data_root;  // COVE_DATA_ROOT, if it is set
  std::string run_root;   // COVE_RUN_ROOT
  bool user = false;
};
std::string unit_text(const UnitSettings& settings);  // pure

// Writes it to /etc/systemd/system, or to systemd/user below $XDG_CONFIG_HOME (~/.config); gives its path.
Result<std::string> install_unit(const Caller& caller, bool user);

}  // namespace cove::cli

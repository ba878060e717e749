// Where the engine keeps what it knows. Called by the process that the user started.
//
//   DATA/containers/ID/    a container: see store.h               lasts
//   DATA/names/NAME        a symbolic link to an id               lasts
//   DATA/volumes/NAME/     a volume: see volume.h                 lasts
//   DATA/events/           what happened: see events.h            lasts
//   RUN/containers/ID/     sockets of what runs                   gone after a reboot
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::engine {

struct Roots {
  std::string data;  // absolute
  std::string run;   // absolute
};

using Variable = std::function<std::optional<std::string_view>(std::string_view name)>;

// COVE_DATA_ROOT and COVE_RUN_ROOT if they are set. Else, for root, /var/lib/cove and /run/cove; for others
// $XDG_DATA_HOME/cove (~/.local/share/cove) and $XDG_RUNTIME_DIR/cove, or /tmp/cove-UID, which must then be
// theirs and closed to others. Errors: a relative path, no home directory, a run directory of somebody else.
Result<Roots> find_roots(const Variable& variable);

}  // namespace cove::engine

// The values of -v and --mount that name a volume instead of a directory of this machine. Grammar and names
// are Docker's.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "engine/record.h"

namespace cove::cli {

// NAME:TARGET[:OPTION[,OPTION…]], or TARGET alone for an anonymous volume; the options are ro, rw, nocopy, z
// and Z. Nothing: it has the form of a host path, see parse_volume (mount_values.h).
Result<std::optional<engine::VolumeUse>> parse_volume_use(std::string_view text);

// type=volume,src=NAME,dst=TARGET[,readonly][,volume-nocopy]; without src an anonymous one. Nothing: another
// type.
Result<std::optional<engine::VolumeUse>> parse_volume_mount(std::string_view text);

// The value of --volumes-from: CONTAINER[:ro|:rw].
struct VolumesFrom {
  std::string container;
  bool read_only = false;
};
Result<VolumesFrom> parse_volumes_from(std::string_view text);

}  // namespace cove::cli

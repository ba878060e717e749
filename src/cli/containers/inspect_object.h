// A container and a volume as `cove inspect` shows them: Docker's fields. Pure. Source: the Docker Engine API
// 1.50, GET /containers/{id}/json.
#pragma once

#include <cstdint>
#include <string>

#include "cli/containers/container_row.h"
#include "cli/format/value.h"
#include "engine/volume.h"

namespace cove::cli {

// Host paths, absolute.
struct InspectPaths {
  std::string directory;  // the container's
  std::string volumes;    // DATA/volumes
};

// What is not known to cove at all is empty, as it is in Docker where it was not asked for.
format::Value container_object(const ContainerFacts& facts, const InspectPaths& paths);
format::Value volume_object(const engine::Volume& volume);

// Its part HostConfig: what was asked for.
format::Value host_config_object(const engine::Record& record);

// The name of --network: none, host, container:ID …; "SIGTERM" of 15.
[[nodiscard]] std::string signal_text(int signal);

}  // namespace cove::cli

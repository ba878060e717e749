// Where what is configured about registries lies. Called by the process that the user started.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "registry/registries.h"

namespace cove::registry {

using Variable = std::function<std::optional<std::string_view>(std::string_view name)>;

struct Places {
  // Files of registries.conf's format, each over the ones before; a directory stands for its *.conf, sorted.
  std::vector<std::string> registries;
  // Directories that hold a directory named HOST[:PORT] for each registry with certificates of its own; the
  // first that has one counts.
  std::vector<std::string> certificates;
  // Files of the form of Docker's config.json. Read in this order; `cove login` writes the first.
  std::vector<std::string> auths;
};

// From $CONTAINERS_REGISTRIES_CONF, $REGISTRY_AUTH_FILE, $DOCKER_CONFIG, $XDG_CONFIG_HOME, $XDG_RUNTIME_DIR
// and $HOME. A user's registries.conf takes the place of the machine's: containers-registries.conf(5).
Places find_places(const Variable& variable, bool root);

// What the files say together. A file that is missing says nothing; one that can't be read is an error.
Result<Registries> load_registries(const Places& places);

}  // namespace cove::registry

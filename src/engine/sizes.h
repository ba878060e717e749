// How much disk containers and volumes take. Called by the process that the user started.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/roots.h"

namespace cove::engine {

struct Sizes {
  uint64_t layer_bytes = 0;  // the files that it has written or changed
  uint64_t root_bytes = 0;   // those of --rootfs, or of the image's layers; 0 for this machine's view
};

// Sums the lengths of the files, each once, as Docker does. What is closed to us or vanishes meanwhile does
// not count.
Sizes container_sizes(const Roots& roots, const std::string& id, const std::string& rootfs,
                      const std::vector<std::string>& lowers);
// What a container has written alone.
uint64_t layer_bytes(const Roots& roots, const std::string& id);
uint64_t volume_bytes(const Roots& roots, std::string_view name);

}  // namespace cove::engine

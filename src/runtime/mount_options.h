// The options of a mount in config.json (mount(8)'s words and those that the runtime specification adds).
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "launch/plan.h"

namespace cove::runtime {

struct MountOptions {
  launch::AttributeChange attributes;                     // of the mount itself
  launch::AttributeChange tree_attributes;                // rro and its like: with the mounts below it
  std::vector<launch::AttributeChange> propagation;       // in order
  std::vector<std::pair<std::string, std::string>> data;  // for the file system
  bool bind = false;
  bool recursive_bind = false;
  bool remount = false;
  bool copy_up = false;
  bool idmap = false;
  bool idmap_recursive = false;
};

MountOptions parse_mount_options(const std::vector<std::string>& options);

// Every word that is not the file system's own, sorted: for the features document.
std::vector<std::string> known_mount_options();

}  // namespace cove::runtime

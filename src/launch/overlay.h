// Overlays in the child of a launch. Source: Documentation/filesystems/overlayfs.rst.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "launch/init.h"

namespace cove::launch {

struct OverlayRequest {
  int lower_fd = -1;  // a detached mount: attached below the staging directory first
  const std::vector<std::string>* lowers =
      nullptr;               // directories in it, the topmost first; null or empty: itself
  const std::string& upper;  // host path; empty: in the scratch tmpfs
  int upper_parent_fd = -1;  // a detached mount of the directory that holds `upper`
  bool userxattr = false;
  std::string_view name;  // for messages
};

// A detached overlay mount.
Result<UniqueFd> mount_overlay(InitContext& context, const OverlayRequest& request);

}  // namespace cove::launch

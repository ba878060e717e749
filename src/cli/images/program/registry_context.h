// What the commands that speak with registries have in common. Called in cove-images.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/command.h"
#include "cli/images/program/progress_view.h"
#include "cli/images/registry_requests.h"
#include "registry/access.h"

namespace cove::cli {

// Reads the configuration and the environment, which must outlive what is returned. Call it where the
// caller's own ids are in force. What is tried again is told to `progress` (may be null).
Result<registry::Access> find_access(const Invocation& invocation, const RegistryFlags& flags);

// Tells what is tried again as a line of `progress`, which must outlive `access`.
void tell_retries(registry::Access& access, ProgressView& progress);

// The registry that a login is for: "docker.io" where none is named, the host of "https://quay.io/v2/".
Result<std::string> login_host(std::string_view operand);

}  // namespace cove::cli

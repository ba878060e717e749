// Removing what nobody uses: `cove system prune`, `cove volume prune`, `cove network prune`.
#pragma once

#include <string_view>

#include "cli/command.h"

namespace cove::cli {

extern const OptionGroup kSystemPruneOptions;   // prune_commands.cc
extern const OptionGroup kVolumePruneOptions;   // prune_commands.cc
extern const OptionGroup kNetworkPruneOptions;  // prune_commands.cc

int system_prune_command(const Invocation& invocation);
int volume_prune_command(const Invocation& invocation);
int network_prune_command(const Invocation& invocation);

}  // namespace cove::cli

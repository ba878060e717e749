// The tables of sub-commands.
#pragma once

#include "cli/command.h"

namespace cove::cli {

extern const CommandGroup kNetworkCommands;  // network_commands.cc
extern const CommandGroup kNsCommands;       // ns_commands.cc
extern const CommandGroup kVolumeCommands;   // volume_commands.cc

}  // namespace cove::cli

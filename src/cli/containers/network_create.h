// `cove network create`, which has more options than the other commands of its table together.
#pragma once

#include "cli/command.h"

namespace cove::cli {

extern const OptionGroup kNetworkCreateOptions;

int network_create_command(const Invocation& invocation);

}  // namespace cove::cli

// The sub-commands of `cove system` that have a file of their own.
#pragma once

#include "cli/command.h"

namespace cove::cli {

extern const OptionGroup kInfoOptions;       // info_command.cc
extern const OptionGroup kDiskUsageOptions;  // disk_usage_command.cc

int info_command(const Invocation& invocation);
int system_info_command(const Invocation& invocation);
int disk_usage_command(const Invocation& invocation);

}  // namespace cove::cli

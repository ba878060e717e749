// cove cp, cove diff, cove export
#pragma once

#include "cli/command.h"

namespace cove::cli {

extern const OptionGroup kCopyOptions;
extern const OptionGroup kExportOptions;
int cp_command(const Invocation& invocation);
int diff_command(const Invocation& invocation);
int export_command(const Invocation& invocation);

}  // namespace cove::cli

// What lasts over a loss of power, and which boot this is. Sources: syncfs(2), random(4).
#pragma once

#include <string>

#include "base/result.h"

namespace cove::sys {

// Of this boot: /proc/sys/kernel/random/boot_id.
Result<std::string> boot_id();

// All that was written to the file system that `fd` is on, by whomever, is on the disk when it returns.
Status sync_file_system(int fd);

}  // namespace cove::sys

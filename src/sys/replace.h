// Replacing files in a directory whose lock the caller holds. Called by any process. Sources: rename(2),
// fsync(2).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace cove::sys {

inline constexpr std::string_view kLockedSuffix = ".new";  // of the temporary name

// What a power cut may do to a file that has been replaced.
enum class Durability : uint8_t {
  none,   // it may be empty, or the one before
  whole,  // it may be the one before
  full,   // nothing
};
// As replace_file_at, but with one temporary name for all: what a writer that was killed has left is written
// over.
Status replace_locked_file_at(int dir_fd, const char* name, std::string_view content, mode_t mode,
                              Durability durability);

}  // namespace cove::sys

// What the fuzz targets of log files share.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <string_view>

#include "base/unique_fd.h"
#include "require.h"

namespace cove::logs {

using fuzz::require;

// A file in memory with this content, its offset at the beginning.
inline UniqueFd file_of(std::string_view content) {
  UniqueFd fd(::memfd_create("log", MFD_CLOEXEC));
  require(fd.valid());
  require(::pwrite(fd.get(), content.data(), content.size(), 0) == static_cast<ssize_t>(content.size()));
  return fd;
}

}  // namespace cove::logs

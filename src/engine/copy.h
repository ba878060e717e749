// Files in and out of containers, which may run, be paused or stopped. Safe against one that changes its
// files meanwhile: what is inside is touched by a process inside (inside.h), what is outside below a
// descriptor. Called by the process that the user started, single-threaded.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/launch.h"
#include "engine/roots.h"

namespace cove::engine {

struct CopyOptions {
  bool archive = false;  // keep owners; else what is copied belongs to the user here, to root inside
  bool follow = false;   // a source that is a symbolic link: what it leads to
};

// ErrorCode::not_found: no such container, file or directory.
Status copy_from(const Roots& roots, std::string_view reference, const std::string& source,
                 const std::string& destination, const CopyOptions& options, const Warn& warn);
Status copy_to(const Roots& roots, const std::string& source, std::string_view reference,
               const std::string& destination, const CopyOptions& options, const Warn& warn);
// As a tar archive, to a descriptor or from one; the destination must be a directory.
Status copy_from_as_tar(const Roots& roots, std::string_view reference, const std::string& source, int out,
                        const CopyOptions& options);
Status copy_to_from_tar(const Roots& roots, int in, std::string_view reference,
                        const std::string& destination, const CopyOptions& options);
// The whole file system, without volumes and what else is mounted in it.
Status export_as_tar(const Roots& roots, std::string_view reference, int out);

}  // namespace cove::engine

// Copies what a directory holds, for tmpfs mounts that begin with the content of what they cover. Called by
// the child of a launch. Both trees may be an image's: no symbolic link is followed.
#pragma once

#include "base/result.h"

namespace cove::mount {

// Directories, regular files, symbolic links, FIFOs and device nodes, with owners and modes (extended
// attributes, times and hard links are not kept), and the mode and owner of the directory itself. Sockets are
// left out. `from_fd` and `to_fd` may be O_PATH.
Status copy_directory(int from_fd, int to_fd);

}  // namespace cove::mount

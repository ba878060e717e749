// Descriptors that the kernel makes readable when something happened: eventfd(2) and inotify(7), as far as
// cgroup files, logs and records need them. Both are O_CLOEXEC and never block.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::sys {

Result<UniqueFd> make_event_fd();
// What was added to it since the last read; 0 if nothing.
Result<uint64_t> read_event_fd(int fd);

Result<UniqueFd> open_inotify();
// To be told of changes to the content of the file `path`.
Status watch_content(int inotify_fd, const char* path);
// To be told of what is made in a directory, moved into it, or written to its files; at the directory's own
// end too.
Status watch_directory(int inotify_fd, int dir_fd);
// To be told by name of what is moved into a directory or removed from it.
Status watch_entries(int inotify_fd, const char* path);
struct EntryChanges {
  std::vector<std::string> names;
  bool all = false;  // some were lost, or the directory itself is gone
};
Result<EntryChanges> read_entry_changes(int inotify_fd);
// Takes what has been told so far off the descriptor, whatever it is.
Status drain_inotify(int inotify_fd);

}  // namespace cove::sys

// Building a file system tree out of mounts, always below the descriptor of its root: a path inside is
// resolved with openat2(RESOLVE_IN_ROOT), and a mount goes on by descriptor, so no symbolic link of an image
// can lead outside. Called by the child of a launch, in its own mount namespace. Sources: openat2(2),
// move_mount(2), fsopen(2).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::mount {

using Options = std::span<const std::pair<std::string, std::string>>;

// What to create where a mount's target is missing.
enum class Target : uint8_t { directory, file, must_exist };

// A new file system as a detached mount. An option with an empty value is a flag. `source`: a block device,
// or what mount tables shall say; empty: the type.
Result<UniqueFd> make_filesystem(const char* type, Options options, uint64_t attributes,
                                 const std::string& source = {});

// An O_PATH descriptor of `path` inside `root_fd`; missing parents and, as `missing` says, the last part are
// created (directories 0755, files 0644).
Result<UniqueFd> open_target(int root_fd, const std::string& path, Target missing);

// An O_PATH descriptor of the directory that holds `path`, created if missing, and the last part's name.
struct Parent {
  UniqueFd directory;
  std::string name;
};
Result<Parent> open_parent(int root_fd, const std::string& path);

// Makes `path` and what is mounted below it read-only, by a mount of its own. False: there is no such path.
Result<bool> make_read_only(int root_fd, const std::string& path);

// Hides paths: a directory under an empty read-only one (shared by all that one Masker hides), anything else
// under the root's /dev/null.
class Masker {
 public:
  explicit Masker(int root_fd) : root_fd_(root_fd) {}
  Result<bool> mask(const std::string& path);  // false: there is no such path

 private:
  Result<UniqueFd> open_cover(bool directory);
  int root_fd_;
  UniqueFd empty_directory_;
  UniqueFd null_device_;
};

}  // namespace cove::mount

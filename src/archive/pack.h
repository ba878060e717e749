// From a directory tree to an archive. The tree may change, and be changed by somebody hostile, while it is
// read: each file is opened relative to the directory that holds it, and no symbolic link is followed.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "archive/writer.h"
#include "base/result.h"

namespace cove::archive {

// What is done with another file system that is mounted in the tree.
enum class Mounts : uint8_t {
  data,      // it is packed, unless it is the kernel's own: proc, sysfs, cgroups …
  overlays,  // only overlays are; of all others there is an empty directory
};

struct PackOptions {
  Mounts mounts = Mounts::data;
  bool through_link = false;  // what is added is what a link leads to: a link put in its place is an error
  bool attributes = true;     // extended: user.* and security.capability
  // A layer of an overlay: its whiteouts and opaque directories become those of an image's layer, and access
  // control lists are kept.
  bool layer = false;
  std::function<uint32_t(uint32_t)> owner;  // what a user or group id is stored as; null: as it is
};

class Packer {
 public:
  Packer(Writer& writer, PackOptions options) : writer_(writer), options_(std::move(options)) {}

  // `name` in `dir_fd`, with all below it, stored as `stored`. `name` "." is the directory itself.
  Status add(int dir_fd, const std::string& name, const std::string& stored);
  // The same without what is below it.
  Status add_alone(int dir_fd, const std::string& name, const std::string& stored);

 private:
  Status add_entry(int dir_fd, const std::string& name, const std::string& stored, int depth);
  Status add_file(int dir_fd, const std::string& name, Entry entry);
  Status add_directory(int dir_fd, const std::string& name, Entry entry, int depth);
  Status begin_directory(int fd, Entry& entry);
  Result<bool> shows_content(int fd, dev_t device) const;
  Status read_attributes(int fd, Entry& entry) const;

  Writer& writer_;
  PackOptions options_;
  bool alone_ = false;
  dev_t device_ = 0;  // of the directory that is being read
  std::map<std::pair<dev_t, ino_t>, std::string>
      links_;  // files with more than one name: where they are stored
};

}  // namespace cove::archive

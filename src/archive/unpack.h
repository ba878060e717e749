// From an archive, which may come from anybody, to files below a directory: nothing else can be reached,
// whatever paths and links the archive has (openat2(2) with RESOLVE_BENEATH, and RESOLVE_IN_ROOT for layers),
// even if somebody changes the directory meanwhile.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "archive/entry_rules.h"
#include "archive/reader.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::archive {

// A small file that was made, and waits for its content and what belongs to it.
struct PendingFile {
  UniqueFd file;
  Entry entry;
  std::string content;
};

struct UnpackOptions {
  bool owners = false;                      // as the entries say; else files belong to whoever unpacks
  bool special_bits = false;                // set-user-ID, set-group-ID and file capabilities
  bool devices = false;                     // else they are left out, with a warning
  bool drop_first = false;                  // "dir/file" becomes "file", and "dir" is the directory itself
  std::optional<std::string> rename_first;  // "dir/file" becomes "NAME/file"

  // A layer of an image, for a directory that was made for it: whiteouts become overlayfs's, what comes later
  // in the archive replaces what came before, the directory gets what the archive says of it, and access
  // control lists are kept. The caller's umask is 0.
  bool layer = false;
  bool trusted = false;  // layer: opaque directories get the "trusted." attribute as well
  // Gets small files, in place of Unpacker, and calls complete() for each, in any order and from any thread,
  // but before finish() is called. An error ends the unpacking.
  std::function<Status(PendingFile file)> defer;
};

class Unpacker {
 public:
  Unpacker(int dir_fd, UnpackOptions options);

  // `reader` has just given `entry`.
  Status add(const Entry& entry, Reader& reader);
  // Of a file that was deferred. From any thread.
  Status complete(const PendingFile& pending) const;
  // What can only be set when all is there: the times and modes of directories.
  Status finish();
  // All that is left of the archive, and finish().
  Status add_all(Reader& reader);

  // Entries that were left out.
  [[nodiscard]] const std::vector<std::string>& warnings() const noexcept { return warnings_.texts(); }

 private:
  class Tree;
  struct LateDirectory {
    std::string path;
    mode_t mode;
    sys::FileTime time;
    std::string default_acl;  // what would be inherited until then
  };

  [[nodiscard]] Result<std::string> local_path(const std::string& stored) const;
  Result<int> open_parent(const std::string& path, std::string& name);
  Status make_room(int parent, const std::string& name, bool directory);
  Result<UniqueFd> create_file(int parent, const std::string& name, const Entry& entry);
  Status add_root(const Entry& entry);
  void keep_for_late(const std::string& path, const Entry& entry);
  Status add_directory(int parent, const std::string& name, const std::string& path, const Entry& entry);
  Status add_file(int parent, const std::string& name, const Entry& entry, Reader& reader);
  Status add_other(int parent, const std::string& name, const Entry& entry);
  Status add_link(int parent, const std::string& name, const Entry& entry);
  Status set_owner(int parent, const std::string& name, const Entry& entry) const;
  Status set_attributes(int fd, const Entry& entry);
  Status set_owner_and_mode(int fd, const Entry& entry) const;
  [[nodiscard]] bool keeps(std::string_view name) const noexcept;
  [[nodiscard]] mode_t mode_of(const Entry& entry) const noexcept;

  int dir_fd_;
  UnpackOptions options_;
  std::string parent_path_;  // of `parent_`; neighbours mostly share it
  UniqueFd parent_;
  std::vector<LateDirectory> late_;
  uid_t own_uid_ = 0;  // what new files have
  gid_t own_gid_ = 0;
  Warnings warnings_;
};

}  // namespace cove::archive

// From a layer of an image, an archive that may come from anybody, to an EROFS image that is right below an
// overlay: what archive/unpack.h makes of it in a directory, in one file. Root only: files have the owners
// that the archive says. Content is never in memory, names and directories are (names.h).
#pragma once

#include <string>
#include <vector>

#include "archive/entry_rules.h"
#include "archive/reader.h"
#include "base/result.h"
#include "erofs/image_file.h"
#include "erofs/names.h"

namespace cove::erofs {

class LayerImage {
 public:
  // `fd` is an empty file, `now` the time of what the archive does not mention.
  LayerImage(int fd, const sys::FileTime& now) : file_(fd), names_(now), now_(now) {}

  // `reader` has just given `entry`. ErrorCode::unsupported: the layer is well, but too much for an image.
  Status add(const archive::Entry& entry, archive::Reader& reader);
  // After the last one. `id` is of the file system.
  Status finish(uint64_t id_high, uint64_t id_low);

  // What was left out.
  [[nodiscard]] const std::vector<std::string>& warnings() const noexcept { return warnings_.texts(); }

 private:
  Result<Names::Index> open_parent(const std::string& path);
  Attributes kept_attributes(const archive::Entry& entry);
  Status add_entry(const std::string& path, const archive::Entry& entry, archive::Reader& reader);
  Status set_directory(Names::Index index, const archive::Entry& entry);
  Status add_file(Names::Index parent, const std::string& name, const archive::Entry& entry,
                  archive::Reader& reader);
  Status add_other(Names::Index parent, const std::string& name, const archive::Entry& entry);
  Status add_link(Names::Index parent, const std::string& name, const archive::Entry& entry);
  Result<Place> place_content(const archive::Entry& entry, const std::string& attributes,
                              archive::Reader& reader);
  Status append_sparse(const archive::Entry& entry, archive::Reader& reader);

  ImageFile file_;
  Names names_;
  sys::FileTime now_;
  archive::Warnings warnings_;
  std::string parent_path_;  // neighbours mostly share it
  Names::Index parent_ = Names::kNone;
  uint64_t parent_changes_ = 0;  // at that time
  uint64_t inodes_ = 0;
};

// The directories of an image, which are written last, when it is known where all files are. `whiteout` is
// the one file that all whiteouts are.
Status write_directories(ImageFile& file, Names& names, Place whiteout, uint64_t& inodes);

}  // namespace cove::erofs

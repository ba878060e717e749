// The end of an image: first what is in each directory, then their inodes. Where all of that will be is known
// before any of it is written, since directories name each other.
#include <sys/stat.h>

#include <algorithm>
#include <vector>

#include "erofs/unpack.h"

namespace cove::erofs {
namespace {

class Directories {
 public:
  Directories(ImageFile& file, Names& names, Place whiteout)
      : file_(file), names_(names), whiteout_(whiteout) {}

  Status run();
  [[nodiscard]] uint64_t count() const noexcept { return all_.size(); }

 private:
  struct One {
    Names::Index index = Names::kRoot;
    uint64_t bytes = 0;   // of its names
    uint64_t block = 0;   // where they are
    uint64_t offset = 0;  // of its inode
    uint32_t below = 0;   // directories right in it
    std::string attributes = {};
  };

  Status plan();
  Status lay_out();
  std::vector<Name> names_of(const One& one);
  [[nodiscard]] uint64_t node_of(Names::Index index) const;
  [[nodiscard]] std::string inode_of(const One& one) const;

  ImageFile& file_;
  Names& names_;
  Place whiteout_;
  std::vector<One> all_;  // each before those that are in it
};

Status Directories::plan() {
  all_.push_back({});
  for (size_t i = 0; i < all_.size(); ++i) {
    const Names::Directory& directory = names_.directory(all_[i].index);
    Attributes attributes = directory.attributes;
    if (directory.opaque) {
      attributes.emplace_back("trusted.overlay.opaque", "y");
      attributes.emplace_back("user.overlay.opaque", "y");
    }
    all_[i].attributes = COVE_TRY(print_attributes(attributes));
    for (const Names::Index below : names_.sort(all_[i].index)) {
      if (!names_.is_directory(below)) continue;
      ++all_[i].below;
      all_.push_back({.index = below});
    }
    all_[i].bytes = directory_bytes(names_of(all_[i]));
  }
  return {};
}

// The root's inode has its place already.
Status Directories::lay_out() {
  uint64_t bytes = 0;
  for (const One& one : all_) bytes += blocks_of(one.bytes) * kBlock + kBlock + one.attributes.size();
  COVE_TRY(file_.check_room(bytes));
  uint64_t block = file_.block();
  for (One& one : all_) {
    one.block = block;
    block += blocks_of(one.bytes);
  }
  uint64_t offset = block * kBlock;
  for (One& one : all_) {
    const uint64_t size = kInodeBytes + one.attributes.size();
    // In one block, if it can be.
    if (offset % kBlock + size > kBlock) offset = blocks_of(offset) * kBlock;
    one.offset = one.index == Names::kRoot ? kRootNode * kSlot : offset;
    if (one.index != Names::kRoot) offset += (size + kSlot - 1) / kSlot * kSlot;
    names_.directory(one.index).node = one.offset / kSlot;
  }
  return {};
}

uint64_t Directories::node_of(Names::Index index) const {
  if (names_.is_directory(index)) return names_.directory(index).node;
  return file_.node_of(names_.is_whiteout(index) ? whiteout_ : names_.place(index));
}

std::vector<Name> Directories::names_of(const One& one) {
  std::vector<Name> found{{".", node_of(one.index), Kind::directory},
                          {"..", node_of(names_.parent(one.index)), Kind::directory}};
  for (Names::Index index = names_.first(one.index); index != Names::kNone; index = names_.next(index))
    found.push_back({names_.name(index), node_of(index), names_.kind(index)});
  const auto in_order = [](const Name& first, const Name& second) { return first.name < second.name; };
  std::inplace_merge(found.begin(), found.begin() + 2, found.end(), in_order);
  return found;
}

std::string Directories::inode_of(const One& one) const {
  Inode inode = names_.directory(one.index).inode;
  inode.size = one.bytes;
  inode.where = static_cast<uint32_t>(one.block);
  inode.links = 2 + one.below;
  return print_inode(inode, one.attributes);
}

Status Directories::run() {
  COVE_TRY(plan());
  COVE_TRY(lay_out());
  for (const One& one : all_) {
    COVE_TRY(file_.append(print_directory(names_of(one))));
    COVE_TRY(file_.pad());
  }
  uint64_t at = file_.block() * kBlock;
  for (const One& one : all_) {
    const std::string inode = inode_of(one);
    if (one.index == Names::kRoot) {
      COVE_TRY(file_.patch(one.offset, inode));
      continue;
    }
    COVE_TRY(file_.skip(one.offset - at));
    COVE_TRY(file_.append(inode));
    at = one.offset + inode.size();
  }
  return file_.pad();
}

}  // namespace

Status write_directories(ImageFile& file, Names& names, Place whiteout, uint64_t& inodes) {
  Directories directories(file, names, whiteout);
  COVE_TRY(directories.run());
  inodes += directories.count() + 1;
  return {};
}

}  // namespace cove::erofs

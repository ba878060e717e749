#include "erofs/unpack.h"

#include <errno.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace cove::erofs {
namespace {

using archive::Entry;
using archive::Reader;
using archive::Type;

constexpr size_t kLongestLink = 4095;

mode_t type_bits(Type type) noexcept {
  switch (type) {
    case Type::symlink:
      return S_IFLNK;
    case Type::character:
      return S_IFCHR;
    case Type::block:
      return S_IFBLK;
    case Type::directory:
      return S_IFDIR;
    case Type::fifo:
      return S_IFIFO;
    default:
      return S_IFREG;
  }
}

Kind kind_of(Type type) noexcept {
  switch (type) {
    case Type::symlink:
      return Kind::symlink;
    case Type::character:
      return Kind::character;
    case Type::block:
      return Kind::block;
    case Type::fifo:
      return Kind::fifo;
    default:
      return Kind::file;
  }
}

Inode inode_of(const Entry& entry) noexcept {
  return {.mode = type_bits(entry.type) | (entry.mode & 07777),
          .uid = entry.uid,
          .gid = entry.gid,
          .time = entry.time};
}

// The later one counts.
void set_attribute(Attributes& attributes, const std::string& name, const std::string& value) {
  for (auto& attribute : attributes) {
    if (attribute.first != name) continue;
    attribute.second = value;
    return;
  }
  attributes.emplace_back(name, value);
}

// What the kernel takes for an access control list (linux/posix_acl_xattr.h): others would close the file.
bool is_acl(std::string_view value) {
  constexpr size_t kHeader = 4;
  constexpr size_t kEntry = 8;
  if (value.size() < kHeader || (value.size() - kHeader) % kEntry != 0) return false;
  const auto number = [&](size_t at) {
    return static_cast<unsigned>(static_cast<unsigned char>(value[at])) |
           static_cast<unsigned>(static_cast<unsigned char>(value[at + 1])) << 8U;
  };
  if (number(0) != 2 || number(2) != 0) return false;
  for (size_t at = kHeader; at < value.size(); at += kEntry) {
    const unsigned tag = number(at);
    const bool known = tag == 1 || tag == 2 || tag == 4 || tag == 8 || tag == 16 || tag == 32;
    if (!known || number(at + 2) > 7) return false;
  }
  return true;
}

}  // namespace

Result<Names::Index> LayerImage::open_parent(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return Names::kRoot;
  std::string directory = path.substr(0, slash);
  if (parent_ != Names::kNone && names_.changes() == parent_changes_ && directory == parent_path_)
    return parent_;
  parent_ = COVE_TRY(archive::open_or_make(names_, directory, true));
  parent_changes_ = names_.changes();
  parent_path_ = std::move(directory);
  return parent_;
}

Attributes LayerImage::kept_attributes(const Entry& entry) {
  Attributes kept;
  for (const auto& [name, value] : entry.attributes) {
    if (!archive::keeps_attribute(name, true, true)) continue;
    if (name.starts_with("system.") && !is_acl(value)) {
      warnings_.left_out(fmt::format("{} of {}", name, quote(entry.path)), errno_text(EINVAL));
      continue;
    }
    set_attribute(kept, name, value);
  }
  return kept;
}

Status LayerImage::set_directory(Names::Index index, const Entry& entry) {
  Names::Directory& directory = names_.directory(index);
  directory.inode = inode_of(entry);
  for (const auto& [name, value] : kept_attributes(entry)) {
    COVE_TRY(names_.take_memory(name.size() + value.size()));
    set_attribute(directory.attributes, name, value);
  }
  return {};
}

Status LayerImage::append_sparse(const Entry& entry, Reader& reader) {
  std::array<char, size_t{64} << 10> buffer;
  for (uint64_t left = entry.size; left > 0;) {
    const uint64_t hole = reader.skip_hole();
    if (hole > 0) {
      COVE_TRY(file_.skip(hole));
      left -= hole;
      continue;
    }
    const size_t got = COVE_TRY(reader.read(buffer.data(), buffer.size()));
    COVE_TRY(file_.append({buffer.data(), got}));
    left -= got;
  }
  return file_.pad();
}

Result<Place> LayerImage::place_content(const Entry& entry, const std::string& attributes, Reader& reader) {
  COVE_TRY(file_.check_room(entry.size));
  Inode inode = inode_of(entry);
  inode.size = entry.size;
  inode.where = static_cast<uint32_t>(file_.block());
  if (reader.is_sparse()) {
    COVE_TRY(append_sparse(entry, reader));
    return file_.place(print_inode(inode, attributes), {});
  }
  const ImageFile::Source source = [&](char* buffer, size_t size) -> Result<size_t> {
    const size_t got = COVE_TRY(reader.read(buffer, size));
    if (got == 0) return archive::refused(entry, "its content ends early");
    return got;
  };
  const auto rest = static_cast<size_t>(entry.size % kBlock);
  if (rest == 0 || kInodeBytes + attributes.size() + rest > kBlock) {
    COVE_TRY(file_.append(entry.size, source));
    COVE_TRY(file_.pad());
    return file_.place(print_inode(inode, attributes), {});
  }
  COVE_TRY(file_.append(entry.size - rest, source));
  std::array<char, kBlock> tail;
  for (size_t filled = 0; filled < rest;) filled += COVE_TRY(source(tail.data() + filled, rest - filled));
  inode.layout = Layout::tail;
  return file_.place(print_inode(inode, attributes), {tail.data(), rest});
}

Status LayerImage::add_file(Names::Index parent, const std::string& name, const Entry& entry,
                            Reader& reader) {
  const std::string attributes = COVE_TRY(print_attributes(kept_attributes(entry)));
  const Place place = COVE_TRY(place_content(entry, attributes, reader));
  ++inodes_;
  return names_.set_file(parent, name, Kind::file, place);
}

Status LayerImage::add_other(Names::Index parent, const std::string& name, const Entry& entry) {
  if (const std::string_view why = archive::why_left_out(entry, true, true); !why.empty()) {
    warnings_.left_out(quote(entry.path), why);
    return {};
  }
  Inode inode = inode_of(entry);
  ++inodes_;
  if (entry.type != Type::symlink) {
    // As mknod(2) makes them for a layer: without special bits.
    inode.mode = type_bits(entry.type) | (entry.mode & 0777);
    inode.where = entry.type == Type::fifo ? 0 : device_number(entry.device_major, entry.device_minor);
    const Place place = COVE_TRY(file_.place(print_inode(inode, {}), {}));
    return names_.set_file(parent, name, kind_of(entry.type), place);
  }
  if (entry.link.empty()) return archive::refused(entry, "a symbolic link without content");
  if (entry.link.size() > kLongestLink) return Error::from_errno("make a symbolic link", ENAMETOOLONG);
  inode.mode = S_IFLNK | 0777;
  inode.size = entry.link.size();
  const bool inside = kInodeBytes + entry.link.size() <= kBlock;
  inode.layout = inside ? Layout::tail : Layout::plain;
  if (!inside) {
    inode.where = static_cast<uint32_t>(file_.block());
    COVE_TRY(file_.append(entry.link));
    COVE_TRY(file_.pad());
  }
  const std::string_view tail = inside ? std::string_view(entry.link) : std::string_view();
  const Place place = COVE_TRY(file_.place(print_inode(inode, {}), tail));
  return names_.set_file(parent, name, Kind::symlink, place, entry.link);
}

Status LayerImage::add_link(Names::Index parent, const std::string& name, const Entry& entry) {
  const std::string path = fmt::format("{}", fmt::join(COVE_TRY(archive::path_parts(entry.link)), "/"));
  const auto target = COVE_TRY(archive::find_link_target(names_, entry, path, true));
  const Names::Index same = names_.child(target.first, target.second);
  return names_.set_link(parent, name, same);
}

Status LayerImage::add_entry(const std::string& path, const Entry& entry, Reader& reader) {
  const Names::Index parent = COVE_TRY(open_parent(path));
  const std::string name = archive::name_of(path);
  if (name.starts_with(archive::kWhiteoutPrefix)) return archive::add_whiteout(names_, parent, name);
  switch (entry.type) {
    case Type::directory:
      COVE_TRY(archive::make_layer_directory(names_, parent, name));
      return set_directory(COVE_TRY(names_.open_child(parent, name)), entry);
    case Type::file:
      return add_file(parent, name, entry, reader);
    case Type::hard_link:
      return add_link(parent, name, entry);
    default:
      return add_other(parent, name, entry);
  }
}

Status LayerImage::add(const Entry& entry, Reader& reader) {
  const std::string path = fmt::format("{}", fmt::join(COVE_TRY(archive::path_parts(entry.path)), "/"));
  if (!path.empty()) return add_entry(path, entry, reader).context(quote(entry.path));
  if (entry.type != Type::directory) return archive::refused(entry, "it has no name");
  return set_directory(Names::kRoot, entry);
}

Status LayerImage::finish(uint64_t id_high, uint64_t id_low) {
  const Inode gone{.mode = S_IFCHR, .time = now_};
  const Place whiteout = COVE_TRY(file_.place(print_inode(gone, {}), {}));
  COVE_TRY(file_.end_places());
  COVE_TRY(write_directories(file_, names_, whiteout, inodes_));
  COVE_TRY(file_.finish());
  for (const auto& [place, count] : names_.links()) {
    std::string number;
    for (unsigned shift = 0; shift < 32; shift += 8) number += static_cast<char>((count >> shift) & 0xFFU);
    COVE_TRY(file_.patch(file_.node_of(place) * kSlot + kLinksOffset, number));
  }
  return file_.patch(kSuperOffset, print_super({inodes_, file_.block(), now_, {id_high, id_low}}));
}

}  // namespace cove::erofs

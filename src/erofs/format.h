// What an EROFS image is made of, as far as we write it: uncompressed, blocks of 4 KiB, extended inodes.
// Source: Documentation/filesystems/erofs.rst and fs/erofs/erofs_fs.h of Linux. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "sys/inode.h"

namespace cove::erofs {

inline constexpr size_t kBlock = 4096;
inline constexpr size_t kSlot = 32;  // inodes begin at multiples of it; a node number counts them
inline constexpr size_t kInodeBytes = 64;
inline constexpr size_t kSuperOffset = 1024;
inline constexpr size_t kSuperBytes = 128;
// The root's node number must be below 65,536, so its place is fixed: behind the superblock.
inline constexpr uint64_t kRootNode = (kSuperOffset + kSuperBytes) / kSlot;
// As much room as the root's inode can take with all its attributes; what is not used is a hole.
inline constexpr uint64_t kFirstBlock = 68;
inline constexpr uint64_t kMostBlocks = uint64_t{1} << 32;

constexpr uint64_t blocks_of(uint64_t bytes) noexcept {
  return (bytes + kBlock - 1) / kBlock;
}

using Attributes = std::vector<std::pair<std::string, std::string>>;

enum class Layout : uint8_t {
  plain = 0,  // all content is in blocks
  tail = 2,   // what is left after whole blocks stands behind the inode and its attributes
};

struct Inode {
  mode_t mode = 0;  // with the type
  uint32_t uid = 0;
  uint32_t gid = 0;
  sys::FileTime time;
  uint64_t size = 0;
  uint32_t links = 1;
  Layout layout = Layout::plain;
  uint32_t where = 0;  // the first block, or the device's number
};

// Where in an inode the number of its links stands.
inline constexpr size_t kLinksOffset = 0x2C;

// The inode and, behind it, `attributes` as print_attributes() gives them.
[[nodiscard]] std::string print_inode(const Inode& inode, std::string_view attributes);
// ErrorCode::unsupported: more or larger ones than an inode can have.
Result<std::string> print_attributes(const Attributes& attributes);
[[nodiscard]] uint32_t device_number(uint32_t major, uint32_t minor) noexcept;

struct Super {
  uint64_t inodes = 0;
  uint64_t blocks = 0;
  sys::FileTime made;
  uint64_t id[2] = {};
};
[[nodiscard]] std::string print_super(const Super& super);

// What a directory says of the kind of a file (linux/fs.h: FT_*).
enum class Kind : uint8_t { file = 1, directory = 2, character = 3, block = 4, fifo = 5, symlink = 7 };

struct Name {
  std::string_view name;
  uint64_t node = 0;
  Kind kind = Kind::file;
};
inline constexpr size_t kNameBytes = 12;  // of an entry, without the name itself

// The names of one directory, in the order of their bytes, as blocks. The last one ends with the last name.
[[nodiscard]] std::string print_directory(const std::vector<Name>& names);
// How long that is.
[[nodiscard]] uint64_t directory_bytes(const std::vector<Name>& names) noexcept;

}  // namespace cove::erofs

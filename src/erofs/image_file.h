// The file that an image becomes, written from its beginning to its end in large pieces, which go to the disk
// while the next ones are made. Only few places are written again: the beginning, and how many links a file
// has.
//
// Content fills blocks of its own; what is left of it stands with the inode in blocks of metadata, which are
// filled beside each other and come between the files, wherever they are full.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "erofs/format.h"

namespace cove::erofs {

// Where an inode is: its number among the blocks of metadata, and within. node_of() tells where that is in
// the image.
using Place = uint64_t;

class ImageFile {
 public:
  // `fd` is an empty file.
  explicit ImageFile(int fd);

  // Gives up to `size` bytes; not 0.
  using Source = std::function<Result<size_t>(char* buffer, size_t size)>;
  // `bytes` more of the content, which `source` gives. What is zero may become a hole.
  Status append(uint64_t bytes, const Source& source);
  Status append(std::string_view bytes);
  Status skip(uint64_t bytes);  // the same as zeros
  // The rest of the block.
  Status pad();
  [[nodiscard]] uint64_t block() const noexcept { return (flushed_ + used_) / kBlock; }
  // More than the format can tell: ErrorCode::unsupported.
  [[nodiscard]] Status check_room(uint64_t bytes) const;

  // What is an inode with its attributes and, behind it and in one block, the rest of its content. Between
  // two contents.
  Result<Place> place(std::string_view inode, std::string_view tail);
  // All that were placed have node numbers then. Nothing is placed after it.
  Status end_places();
  [[nodiscard]] uint64_t node_of(Place place) const noexcept;
  // Where something that was written already is changed.
  Status patch(uint64_t offset, std::string_view bytes) const;

  // All of it is in the file.
  Status finish();

 private:
  struct Open {
    uint64_t number = 0;
    std::string bytes;
  };

  Status flush();
  Status make_way(size_t bytes);
  Status close_block(size_t which);
  Result<Open*> room_for(size_t bytes);

  int fd_;
  std::string buffer_;
  size_t used_ = 0;
  uint64_t flushed_ = kFirstBlock * kBlock;  // where the buffer goes to
  uint64_t started_ = flushed_;              // what is before it is on its way to the disk
  std::vector<Open> open_;
  std::vector<uint32_t> blocks_;  // by number: where a block of metadata is
};

}  // namespace cove::erofs

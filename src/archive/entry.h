// What an archive says of one file. Plain data.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sys/inode.h"

namespace cove::archive {

enum class Type : uint8_t { file, hard_link, symlink, character, block, directory, fifo };

struct Entry {
  Type type = Type::file;
  std::string path;  // as stored: may come from anybody, see Unpacker
  std::string link;  // content of a symlink; path, as stored, of what a hard link is the same file as
  mode_t mode = 0;   // permission bits with set-user-ID, set-group-ID and sticky
  uint32_t uid = 0;
  uint32_t gid = 0;
  uint64_t size = 0;  // of Type::file; else 0
  sys::FileTime time;
  uint32_t device_major = 0;
  uint32_t device_minor = 0;
  std::vector<std::pair<std::string, std::string>> attributes;  // extended: name and value

  friend bool operator==(const Entry&, const Entry&) = default;
};

}  // namespace cove::archive

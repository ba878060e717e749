// The names of a container's log files in their directory. The file that is written to always has the same
// name; a rotated one gets that name with a number behind it that grows and never changes again, so that
// whoever compresses, reads or removes it cannot mistake it for another.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "logs/options.h"
#include "logs/text_buffer.h"

namespace cove::logs {

// "container.log" for local, "container-json.log" for json-file. Not for drivers without files.
const char* current_name(Driver driver) noexcept;

enum class FileForm : uint8_t { plain, compressed, temporary };  // "", ".gz", ".gz.tmp"
using FileName = TextBuffer<64>;
FileName rotated_name(Driver driver, uint64_t number, FileForm form) noexcept;

struct RotatedFile {
  uint64_t number = 0;
  bool plain = false;       // there is the file itself
  bool compressed = false;  // there is a whole compressed copy; both for a moment only
  bool temporary = false;   // a copy is being made, or was when its maker was killed
};
// The rotated files in a directory, oldest first.
Result<std::vector<RotatedFile>> list_rotated(int dir_fd, Driver driver);

// Removes all forms of the rotated file `number`.
void remove_rotated(int dir_fd, Driver driver, uint64_t number) noexcept;

}  // namespace cove::logs

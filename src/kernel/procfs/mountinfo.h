// /proc/<pid>/mountinfo, one line at a time and without copying: the start path reads it, and a host may have
// thousands of mounts. Pure. Source: proc_pid_mountinfo(5), show_mountinfo() in fs/proc_namespace.c.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::procfs {

// One mount. Views into the line it was parsed from; `root`, `mount_point`, `fs_type` and `source` are still
// escaped (see unescape); every escape in them is known to be well-formed.
struct Mount {
  uint32_t id = 0;
  uint32_t parent_id = 0;
  uint32_t major = 0;  // of st_dev
  uint32_t minor = 0;
  std::string_view root;             // the file system's path that is mounted here
  std::string_view mount_point;      // below the reader's root directory
  std::string_view options;          // per mount, as "rw,nosuid"
  std::string_view optional_fields;  // separated by spaces, as "shared:1 master:2"; may be empty
  std::string_view fs_type;          // "type" or "type.subtype"
  std::string_view source;           // may be empty
  std::string_view super_options;    // per superblock, as "rw,cpu,cpuacct"
};

// Parses one line (without its '\n'). Strict: every field must be there, numbers whole, paths absolute (or,
// for a root in a namespace file system, as "net:[4026531840]"), escapes \ooo with a value up to 0377.
Result<Mount> parse_mount(std::string_view line);

// The text with each \ooo replaced by its byte.
std::string unescape(std::string_view field);

// Whether a comma-separated option list holds `option` exactly.
bool has_option(std::string_view options, std::string_view option) noexcept;

// A text that arrives in blocks, cut into lines; a line that lies within one block is not copied. feed() a
// block, take its lines with next() until that gives false, feed() the next (in the same buffer, if you
// like), …
class LineSplitter {
 public:
  void feed(std::string_view block) { block_ = block; }
  // The next whole line, without its '\n', valid until the next call; or false when more text is needed.
  bool next(std::string_view& line);
  // What follows the last '\n', once next() gave false.
  [[nodiscard]] std::string_view rest() const noexcept { return carry_; }

 private:
  std::string carry_;   // the start of a line whose end has not come yet
  std::string joined_;  // such a line, whole, while it is given out
  std::string_view block_;
};

}  // namespace cove::procfs

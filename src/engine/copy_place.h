// Where a copy goes: Docker's rules for `cp`, for either side. Pure but for looking at the file system
// through an Opener.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "archive/unpack.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::engine {

// Opens a path for a side: of this machine, or inside a container's root.
using Opener = std::function<Result<UniqueFd>(const std::string& path, int flags)>;
Result<UniqueFd> open_on_host(const std::string& path, int flags);
Opener open_inside(int root_fd);

// The last part of a path, and the directory that it is in ("." if none is named).
struct SplitPath {
  std::string directory;
  std::string name;
};
SplitPath split_path(std::string_view path);

// "dir/.": what the directory holds, not the directory.
[[nodiscard]] bool names_content(std::string_view path) noexcept;

struct Source {
  UniqueFd directory;
  std::string name;  // "." for content, and for a root directory
};
// ErrorCode::not_found: there is no such file. `follow`: if it is a symbolic link, what that leads to.
Result<Source> find_source(const Opener& open, const std::string& path, bool follow);

struct Place {
  UniqueFd directory;
  archive::UnpackOptions options;  // with the renaming that the rules ask for
};
// `content`: see names_content(), of the source.
Result<Place> find_place(const Opener& open, const std::string& path, bool source_is_directory, bool content);

}  // namespace cove::engine

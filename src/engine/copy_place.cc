#include "engine/copy_place.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/strings.h"
#include "sys/file.h"

namespace cove::engine {
namespace {

constexpr int kDirectory = O_RDONLY | O_DIRECTORY;

bool is_missing(const Error& error) {
  return error.sys_errno() == ENOENT || error.sys_errno() == ENOTDIR;
}

bool asks_for_directory(std::string_view path) noexcept {
  return path.ends_with('/') || names_content(path);
}

Error no_such_directory(const std::string& path) {
  Error error(ErrorCode::not_found, fmt::format("no such directory: {}", quote(path)), ENOENT);
  error.set_hint("make it first: cp makes the last part of a path only");
  return error;
}

// Where a chain of symbolic links leads to: each step is looked up anew, and stays on the opener's side.
Result<SplitPath> follow_links(const Opener& open, std::string path) {
  constexpr int kMostLinks = 40;
  for (int links = 0; links < kMostLinks; ++links) {
    SplitPath parts = split_path(path);
    if (parts.name.empty() || parts.name == "..") return parts;
    Result<UniqueFd> directory = open(parts.directory, kDirectory);
    if (!directory && is_missing(directory.error())) return no_such_directory(parts.directory);
    if (!directory) return std::move(directory).error();
    const Result<std::string> content = sys::read_link_at(directory->get(), parts.name.c_str());
    if (!content) return parts;  // no link, or nothing
    path = content->starts_with('/') ? *content : fmt::format("{}/{}", parts.directory, *content);
  }
  return Error(ErrorCode::invalid_argument, fmt::format("{}: too many symbolic links", quote(path)), ELOOP);
}

}  // namespace

Result<UniqueFd> open_on_host(const std::string& path, int flags) {
  return sys::open_path(path.c_str(), flags);
}

Opener open_inside(int root_fd) {
  return [root_fd](const std::string& path, int flags) {
    return sys::open_in_root(root_fd, path.c_str(), flags);
  };
}

SplitPath split_path(std::string_view path) {
  const bool absolute = path.starts_with('/');
  while (path.ends_with('/') || path.ends_with("/.")) path.remove_suffix(path.ends_with('/') ? 1 : 2);
  if (path == ".") path = {};
  const size_t slash = path.rfind('/');
  SplitPath parts;
  parts.name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  if (slash == std::string_view::npos) {
    parts.directory = absolute && parts.name.empty() ? "/" : ".";
  } else {
    parts.directory = slash == 0 ? "/" : path.substr(0, slash);
  }
  return parts;
}

bool names_content(std::string_view path) noexcept {
  return path == "." || path.ends_with("/.");
}

Result<Source> find_source(const Opener& open, const std::string& path, bool follow) {
  const auto missing = [&](const Error& error) -> Error {
    if (!is_missing(error)) return error;
    return Error(ErrorCode::not_found, fmt::format("no such file or directory: {}", quote(path)), ENOENT);
  };
  SplitPath parts = split_path(path);
  const bool through = follow || asks_for_directory(path);
  if (asks_for_directory(path) || parts.name.empty() || parts.name == "..") {
    Result<UniqueFd> directory = open(path, kDirectory);
    if (!directory) return missing(directory.error());
    if (names_content(path) || parts.name.empty() || parts.name == "..")
      return Source{std::move(*directory), "."};
  }
  if (through) parts = COVE_TRY(follow_links(open, parts.directory + "/" + parts.name));
  if (parts.name.empty() || parts.name == "..") {
    Result<UniqueFd> directory = open(parts.directory + "/" + parts.name, kDirectory);
    if (!directory) return missing(directory.error());
    return Source{std::move(*directory), "."};
  }
  Result<UniqueFd> directory = open(parts.directory, kDirectory);
  if (!directory) return missing(directory.error());
  const Result<struct stat> info = sys::stat_at(directory->get(), parts.name.c_str(), AT_SYMLINK_NOFOLLOW);
  if (!info) return missing(info.error());
  return Source{std::move(*directory), std::move(parts.name)};
}

Result<Place> find_place(const Opener& open, const std::string& path, bool source_is_directory,
                         bool content) {
  Place place;
  Result<UniqueFd> directory = open(path, kDirectory);
  if (directory) {
    place.directory = std::move(*directory);
    place.options.drop_first = content;
    return place;
  }
  if (!is_missing(directory.error())) return std::move(directory).error();
  if (directory.error().sys_errno() == ENOTDIR && source_is_directory) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("cannot copy a directory to a file: {}", quote(path)), ENOTDIR);
  }
  if (asks_for_directory(path) && !source_is_directory) return no_such_directory(path);
  const SplitPath parts = COVE_TRY(follow_links(open, path));
  if (parts.name.empty() || parts.name == "..") return no_such_directory(path);
  directory = open(parts.directory, kDirectory);
  if (!directory && is_missing(directory.error())) return no_such_directory(parts.directory);
  place.directory = COVE_TRY(std::move(directory));
  place.options.rename_first = parts.name;
  return place;
}

}  // namespace cove::engine

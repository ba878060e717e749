// What an entry of an archive means, whatever becomes of it: files below a directory (unpack.h) or an image
// of a file system (erofs/unpack.h). Where files go to is a Tree, which knows nothing of archives:
//
//   Handle, Ref                      a directory that is open, and what is passed around of it
//   Ref ref(const Handle&)
//   Result<Handle> open(path)        from the archive's root ("."), through links. ENOENT, ENOTDIR: part of
//   it
//                                    is not there, or no directory
//   Result<Handle> open_child(Ref, name)
//   Result<Found> find(Ref, name)
//   Status make_directory(Ref, name) EEXIST: there is something already
//   Status replace(Ref, name)        takes away what is there, with all below it
//   Status set_opaque(Ref)
//   Status make_whiteout(Ref, name)
#pragma once

#include <errno.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/entry.h"
#include "archive/whiteout.h"
#include "base/result.h"

namespace cove::archive {

inline constexpr std::string_view kDefaultAcl = "system.posix_acl_default";

[[nodiscard]] Error refused(const Entry& entry, std::string_view why);

// The parts of a path, without "." and doubled slashes; ".." is refused. `first_counts`: a "." at the
// beginning is a part as well.
Result<std::vector<std::string_view>> path_parts(const std::string& stored, bool first_counts = false);

// Which extended attributes come along. `special`: file capabilities.
[[nodiscard]] bool keeps_attribute(std::string_view name, bool special, bool layer) noexcept;

// Why there is no file for this entry, which is none of Type::file, directory and hard_link; empty: there is
// one.
[[nodiscard]] std::string_view why_left_out(const Entry& entry, bool devices, bool layer) noexcept;

// What was left out, as far as anybody reads on.
class Warnings {
 public:
  void left_out(std::string_view what, std::string_view why);
  [[nodiscard]] const std::vector<std::string>& texts() const noexcept { return texts_; }

 private:
  std::vector<std::string> texts_;
};

enum class Found : uint8_t { nothing, directory, whiteout, other };

// The directory that holds `path`, and the last part's name.
inline std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}
inline std::string name_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

// A directory of a layer, which may be there. What hid the lower layers' directory of this name, or took its
// place, hides what is in it.
template <class Tree>
Status make_layer_directory(Tree& tree, typename Tree::Ref parent, const std::string& name) {
  Status made = tree.make_directory(parent, name);
  if (made || made.error().sys_errno() != EEXIST) return made;
  if (COVE_TRY(tree.find(parent, name)) == Found::directory) return {};
  COVE_TRY(tree.replace(parent, name));
  COVE_TRY(tree.make_directory(parent, name));
  const auto fresh = COVE_TRY(tree.open_child(parent, name));
  return tree.set_opaque(tree.ref(fresh));
}

// A part of the path was hidden, or another kind of file, earlier in this layer: it becomes a directory.
template <class Tree>
Status clear_way(Tree& tree, const std::string& directory) {
  for (size_t end = directory.find('/');; end = directory.find('/', end + 1)) {
    const std::string part = directory.substr(0, end);
    const auto there = tree.open(part);
    if (!there && there.error().sys_errno() == ENOTDIR) {
      const auto parent = COVE_TRY(tree.open(directory_of(part)));
      return make_layer_directory(tree, tree.ref(parent), name_of(part));
    }
    if (end == std::string::npos) return {};
  }
}

// The directory of a file. An archive need not name the directories that its files are in.
template <class Tree>
Result<typename Tree::Handle> open_or_make(Tree& tree, const std::string& directory, bool layer) {
  auto found = tree.open(directory);
  if (!found && found.error().sys_errno() == ENOTDIR && layer) {
    COVE_TRY(clear_way(tree, directory));
    found = tree.open(directory);
  }
  if (found || found.error().sys_errno() != ENOENT) return found;
  for (size_t end = directory.find('/');; end = directory.find('/', end + 1)) {
    const std::string part = directory.substr(0, end);
    const auto parent = COVE_TRY(tree.open(directory_of(part)));
    const Status made = tree.make_directory(tree.ref(parent), name_of(part));
    if (!made && made.error().sys_errno() != EEXIST) return Error(made.error());
    if (end == std::string::npos) return tree.open(directory);
  }
}

// What a whiteout in `parent` says. It hides what lower layers have, not what this one has: only below a
// directory does that make a difference.
template <class Tree>
Status add_whiteout(Tree& tree, typename Tree::Ref parent, const std::string& name) {
  const auto whiteout = COVE_TRY(parse_whiteout(name));
  if (whiteout->other) return {};
  if (whiteout->opaque) return tree.set_opaque(parent);
  const Found there = COVE_TRY(tree.find(parent, whiteout->name));
  if (there == Found::nothing) return tree.make_whiteout(parent, whiteout->name);
  if (there != Found::directory) return {};
  const auto directory = COVE_TRY(tree.open_child(parent, whiteout->name));
  return tree.set_opaque(tree.ref(directory));
}

// The directory and the name of what a hard link is the same file as.
template <class Tree>
Result<std::pair<typename Tree::Handle, std::string>> find_link_target(Tree& tree, const Entry& entry,
                                                                       const std::string& target,
                                                                       bool layer) {
  if (target.empty()) return refused(entry, "a hard link to a directory");
  auto parent = COVE_TRY(tree.open(directory_of(target)));
  std::string name = name_of(target);
  const Found there = COVE_TRY(tree.find(tree.ref(parent), name));
  if (there == Found::nothing) return Error::from_errno("find " + target, ENOENT);
  if (there == Found::directory) return refused(entry, "a hard link to a directory");
  if (layer && there == Found::whiteout) return refused(entry, "a hard link to what is gone");
  return std::pair(std::move(parent), std::move(name));
}

}  // namespace cove::archive

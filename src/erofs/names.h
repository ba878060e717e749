// The names in a layer while it becomes an image, without what the files hold: a tree in little memory, some
// 50 bytes for each name. It is a Tree as archive/entry_rules.h wants one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "archive/entry_rules.h"
#include "base/result.h"
#include "erofs/format.h"
#include "erofs/image_file.h"

namespace cove::erofs {

class Names {
 public:
  using Index = uint32_t;
  static constexpr Index kRoot = 0;
  static constexpr Index kNone = UINT32_MAX;

  struct Directory {
    Inode inode;  // what the archive says of it
    Attributes attributes;
    bool opaque = false;
    uint64_t node = 0;  // its number in the image, once that is known
  };

  // Directories that no entry is about are root's, and have this time.
  explicit Names(const sys::FileTime& now);

  // --- what entry_rules.h wants; an Error's sys_errno() is that of a system call
  using Handle = Index;
  using Ref = Index;
  static Ref ref(Handle handle) noexcept { return handle; }
  [[nodiscard]] Result<Index> open(const std::string& path) const;
  [[nodiscard]] Result<Index> open_child(Index parent, const std::string& name) const;
  [[nodiscard]] Result<archive::Found> find(Index parent, const std::string& name) const;
  Status make_directory(Index parent, const std::string& name);
  Status replace(Index parent, const std::string& name);
  Status set_opaque(Index directory);
  Status make_whiteout(Index parent, const std::string& name);
  // ---

  // Of a name that is there; kNone.
  [[nodiscard]] Index child(Index parent, std::string_view name) const noexcept;
  // `name` becomes a file that is placed; what it was before goes. `target`: of a symbolic link.
  Status set_file(Index parent, const std::string& name, Kind kind, Place place,
                  std::string_view target = {});
  // `name` becomes one more name of the same file.
  Status set_link(Index parent, const std::string& name, Index same);

  // What is kept of a directory takes so much more. ErrorCode::unsupported: more than all may take.
  Status take_memory(size_t bytes);

  [[nodiscard]] Directory& directory(Index index) { return directories_[nodes_[index].value]; }
  [[nodiscard]] const Directory& directory(Index index) const { return directories_[nodes_[index].value]; }
  [[nodiscard]] bool is_whiteout(Index index) const noexcept {
    return nodes_[index].state == State::whiteout;
  }
  [[nodiscard]] bool is_directory(Index index) const noexcept {
    return nodes_[index].state == State::directory;
  }
  [[nodiscard]] bool same_file(Index first, Index second) const noexcept;
  [[nodiscard]] Index parent(Index index) const noexcept { return nodes_[index].parent; }
  [[nodiscard]] Index first(Index index) const noexcept { return nodes_[index].first; }
  [[nodiscard]] Index next(Index index) const noexcept { return nodes_[index].next; }
  [[nodiscard]] Kind kind(Index index) const noexcept { return nodes_[index].kind; }
  [[nodiscard]] Place place(Index index) const noexcept { return nodes_[index].value; }
  [[nodiscard]] std::string_view name(Index index) const noexcept;
  // The names of a directory in the order of their bytes, which first() and next() follow from now on.
  std::vector<Index> sort(Index directory);
  // Changes whenever a name stands for something else than before.
  [[nodiscard]] uint64_t changes() const noexcept { return changes_; }
  // Files with several names, or that had them, and how many there are.
  [[nodiscard]] const std::unordered_map<Place, uint32_t>& links() const noexcept { return links_; }

 private:
  enum class State : uint8_t { nothing, directory, whiteout, file };
  struct Node {
    Index parent = kNone;
    Index next = kNone;   // in the same directory
    Index first = kNone;  // of its names, as long as it was ever a directory
    uint32_t name = 0;    // in texts_
    uint32_t target = 0;  // of a symbolic link: in targets_
    uint64_t value = 0;   // the number of a directory, or where a file is
    uint8_t name_bytes = 0;
    State state = State::nothing;
    Kind kind = Kind::file;
  };
  struct Text {
    uint32_t at = 0;
    uint32_t bytes = 0;
  };

  [[nodiscard]] std::string_view text(const Text& text) const noexcept {
    return std::string_view(texts_).substr(text.at, text.bytes);
  }
  [[nodiscard]] size_t slot_of(Index parent, std::string_view name) const noexcept;
  void grow();
  Result<Index> node_for(Index parent, const std::string& name);
  Result<Text> keep(std::string_view bytes);
  void clear(Index index);
  void drop_link(const Node& node);
  // A negative errno: there is none.
  [[nodiscard]] int64_t walk(Index from, std::string_view path, unsigned& links) const;

  std::vector<Node> nodes_;
  std::vector<Directory> directories_;
  std::vector<Text> targets_;
  std::string texts_;
  std::vector<Index> table_;  // by a hash of parent and name; a power of two
  std::unordered_map<Place, uint32_t> links_;
  sys::FileTime now_;
  uint64_t changes_ = 0;
  size_t taken_ = 0;  // for the attributes of directories
};

}  // namespace cove::erofs

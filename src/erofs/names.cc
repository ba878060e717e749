#include "erofs/names.h"

#include <errno.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/strings.h"

namespace cove::erofs {
namespace {

constexpr size_t kLongestName = 255;
constexpr unsigned kMostLinks = 40;  // that a path leads through, as in Linux
// What they may take of memory; a layer with more becomes a directory.
constexpr size_t kMostNodes = 400'000;
constexpr size_t kMostDirectories = 100'000;
constexpr size_t kMostTextBytes = size_t{16} << 20;

Error failed(std::string_view what, std::string_view name, int error) {
  return Error::from_errno(fmt::format("{} {}", what, quote(name)), error);
}

uint64_t hash_of(uint32_t parent, std::string_view name) noexcept {
  return std::hash<std::string_view>()(name) ^ (parent * uint64_t{0x9E3779B97F4A7C15});
}

}  // namespace

Names::Names(const sys::FileTime& now) : table_(1024, kNone), now_(now) {
  Node root;
  root.parent = kRoot;
  root.state = State::directory;
  root.kind = Kind::directory;
  nodes_.push_back(root);
  directories_.emplace_back();
  directories_.back().inode = {.mode = S_IFDIR | 0755, .time = now_};
}

std::string_view Names::name(Index index) const noexcept {
  return text({nodes_[index].name, nodes_[index].name_bytes});
}

// Where it is in the table, or would be.
size_t Names::slot_of(Index parent, std::string_view name) const noexcept {
  const size_t mask = table_.size() - 1;
  for (size_t slot = hash_of(parent, name) & mask;; slot = (slot + 1) & mask) {
    const Index index = table_[slot];
    if (index == kNone || (nodes_[index].parent == parent && this->name(index) == name)) return slot;
  }
}

void Names::grow() {
  table_.assign(table_.size() * 2, kNone);
  for (Index index = 1; index < nodes_.size(); ++index)
    table_[slot_of(nodes_[index].parent, name(index))] = index;
}

Names::Index Names::child(Index parent, std::string_view name) const noexcept {
  const Index index = table_[slot_of(parent, name)];
  return index == kNone || nodes_[index].state == State::nothing ? kNone : index;
}

Status Names::take_memory(size_t bytes) {
  taken_ += bytes;
  if (taken_ + texts_.size() <= kMostTextBytes) return {};
  return Error(ErrorCode::unsupported, "names and attributes are too long, all together, for an EROFS image");
}

Result<Names::Text> Names::keep(std::string_view bytes) {
  COVE_TRY(take_memory(0));
  const Text text{static_cast<uint32_t>(texts_.size()), static_cast<uint32_t>(bytes.size())};
  texts_.append(bytes);
  return text;
}

// The name's node, which may say that there is nothing yet.
Result<Names::Index> Names::node_for(Index parent, const std::string& name) {
  if (name.size() > kLongestName) return failed("create", name, ENAMETOOLONG);
  const size_t slot = slot_of(parent, name);
  if (table_[slot] != kNone) return table_[slot];
  if (nodes_.size() >= kMostNodes)
    return Error(ErrorCode::unsupported, fmt::format("more than {} names for an EROFS image", kMostNodes));
  Node node;
  node.parent = parent;
  node.name = COVE_TRY(keep(name)).at;
  node.name_bytes = static_cast<uint8_t>(name.size());
  node.next = nodes_[parent].first;
  const auto index = static_cast<Index>(nodes_.size());
  nodes_[parent].first = index;
  nodes_.push_back(node);
  table_[slot] = index;
  if (nodes_.size() * 2 > table_.size()) grow();
  return index;
}

void Names::drop_link(const Node& node) {
  const auto found = links_.find(node.value);
  if (found != links_.end()) --found->second;
}

// With all below it. The nodes stay, as ones of nothing.
void Names::clear(Index index) {
  if (nodes_[index].state == State::nothing) return;
  ++changes_;
  std::vector<Index> left{index};
  while (!left.empty()) {
    const Index one = left.back();
    left.pop_back();
    if (is_directory(one)) {
      for (Index below = nodes_[one].first; below != kNone; below = nodes_[below].next) left.push_back(below);
      directory(one).attributes.clear();
    } else if (nodes_[one].state == State::file) {
      drop_link(nodes_[one]);
    }
    nodes_[one].state = State::nothing;
  }
}

int64_t Names::walk(Index from, std::string_view path, unsigned& links) const {
  Index at = path.starts_with('/') ? kRoot : from;
  for (const std::string_view part : split(path, '/')) {
    if (!is_directory(at)) return -ENOTDIR;
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      at = nodes_[at].parent;
      continue;
    }
    const Index below = child(at, part);
    if (below == kNone) return -ENOENT;
    if (nodes_[below].kind == Kind::symlink && nodes_[below].state == State::file) {
      if (++links > kMostLinks) return -ELOOP;
      const int64_t led = walk(at, text(targets_[nodes_[below].target]), links);
      if (led < 0) return led;
      at = static_cast<Index>(led);
    } else {
      at = below;
    }
  }
  return at;
}

Result<Names::Index> Names::open(const std::string& path) const {
  unsigned links = 0;
  const int64_t found = walk(kRoot, path, links);
  if (found < 0) return failed("open", path, static_cast<int>(-found));
  if (!is_directory(static_cast<Index>(found))) return failed("open", path, ENOTDIR);
  return static_cast<Index>(found);
}

Result<Names::Index> Names::open_child(Index parent, const std::string& name) const {
  const Index found = child(parent, name);
  if (found == kNone) return failed("open", name, ENOENT);
  if (!is_directory(found)) return failed("open", name, ENOTDIR);
  return found;
}

Result<archive::Found> Names::find(Index parent, const std::string& name) const {
  const Index found = child(parent, name);
  if (found == kNone) return archive::Found::nothing;
  if (is_directory(found)) return archive::Found::directory;
  return is_whiteout(found) ? archive::Found::whiteout : archive::Found::other;
}

Status Names::make_directory(Index parent, const std::string& name) {
  const Index index = COVE_TRY(node_for(parent, name));
  Node& node = nodes_[index];
  if (node.state != State::nothing) return failed("make directory", name, EEXIST);
  if (directories_.size() >= kMostDirectories)
    return Error(ErrorCode::unsupported,
                 fmt::format("more than {} directories for an EROFS image", kMostDirectories));
  node.state = State::directory;
  node.kind = Kind::directory;
  node.value = directories_.size();
  directories_.emplace_back();
  directories_.back().inode = {.mode = S_IFDIR | 0755, .time = now_};
  return {};
}

Status Names::replace(Index parent, const std::string& name) {
  const Index index = child(parent, name);
  if (index != kNone) clear(index);
  return {};
}

Status Names::set_opaque(Index directory) {
  this->directory(directory).opaque = true;
  return {};
}

Status Names::make_whiteout(Index parent, const std::string& name) {
  const Index index = COVE_TRY(node_for(parent, name));
  nodes_[index].state = State::whiteout;
  nodes_[index].kind = Kind::character;
  return {};
}

Status Names::set_file(Index parent, const std::string& name, Kind kind, Place place,
                       std::string_view target) {
  const Index index = COVE_TRY(node_for(parent, name));
  clear(index);
  nodes_[index].state = State::file;
  nodes_[index].kind = kind;
  nodes_[index].value = place;
  if (kind != Kind::symlink) return {};
  nodes_[index].target = static_cast<uint32_t>(targets_.size());
  targets_.push_back(COVE_TRY(keep(target)));
  return {};
}

Status Names::set_link(Index parent, const std::string& name, Index same) {
  const Index index = COVE_TRY(node_for(parent, name));
  if (index == same) return {};
  clear(index);
  const Node& from = nodes_[same];
  Node& node = nodes_[index];
  node.state = from.state;
  node.kind = from.kind;
  node.value = from.value;
  node.target = from.target;
  const auto [links, first] = links_.try_emplace(node.value, 1);
  ++links->second;
  return {};
}

bool Names::same_file(Index first, Index second) const noexcept {
  return nodes_[first].state == State::file && nodes_[second].state == State::file &&
         nodes_[first].value == nodes_[second].value;
}

std::vector<Names::Index> Names::sort(Index directory) {
  std::vector<Index> found;
  for (Index index = nodes_[directory].first; index != kNone; index = nodes_[index].next) {
    if (nodes_[index].state != State::nothing) found.push_back(index);
  }
  std::sort(found.begin(), found.end(),
            [this](Index first, Index second) { return name(first) < name(second); });
  Index* link = &nodes_[directory].first;
  for (const Index index : found) {
    *link = index;
    link = &nodes_[index].next;
  }
  *link = kNone;
  return found;
}

}  // namespace cove::erofs

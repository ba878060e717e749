#include "archive/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_set>

#include "archive/entry_rules.h"
#include "archive/whiteout.h"
#include "base/strings.h"
#include "sys/file.h"
#include "sys/identity.h"
#include "sys/inode.h"

namespace cove::archive {
namespace {

constexpr size_t kPiece = size_t{64} << 10;
constexpr size_t kMostDeferred = size_t{256} << 10;  // bytes of a file
constexpr mode_t kSpecialBits = S_ISUID | S_ISGID;

// What is zero becomes a hole. Whether it was one.
Result<bool> write_piece(int fd, const Entry& entry, std::string_view piece) {
  const bool hole = piece.size() == kPiece && piece.front() == '\0' &&
                    std::memcmp(piece.data(), piece.data() + 1, piece.size() - 1) == 0;
  if (hole) {
    COVE_TRY(sys::skip_forward(fd, piece.size()));
  } else {
    COVE_TRY(sys::write_all(fd, piece, entry.path));
  }
  return hole;
}

Status write_content(int fd, const Entry& entry, Reader& reader) {
  std::array<char, kPiece> buffer;
  bool hole_at_end = false;
  for (uint64_t left = entry.size; left > 0;) {
    if (const uint64_t hole = reader.skip_hole(); hole > 0) {
      COVE_TRY(sys::skip_forward(fd, hole));
      hole_at_end = true;
      left -= hole;
      continue;
    }
    const size_t got = COVE_TRY(reader.read(buffer.data(), buffer.size()));
    hole_at_end = COVE_TRY(write_piece(fd, entry, {buffer.data(), got}));
    left -= got;
  }
  return hole_at_end ? sys::set_size(fd, entry.size) : Status();
}

Status write_whole(int fd, const Entry& entry, std::string_view content) {
  bool hole_at_end = false;
  while (!content.empty()) {
    const std::string_view piece = content.substr(0, kPiece);
    hole_at_end = COVE_TRY(write_piece(fd, entry, piece));
    content.remove_prefix(piece.size());
  }
  return hole_at_end ? sys::set_size(fd, entry.size) : Status();
}

}  // namespace

Unpacker::Unpacker(int dir_fd, UnpackOptions options)
    : dir_fd_(dir_fd),
      options_(std::move(options)),
      own_uid_(sys::effective_uid()),
      own_gid_(sys::effective_gid()) {}

// Where the files go to: see entry_rules.h.
class Unpacker::Tree {
 public:
  using Handle = UniqueFd;
  using Ref = int;

  explicit Tree(Unpacker& unpacker) : unpacker_(unpacker), options_(unpacker.options_) {}

  static int ref(const UniqueFd& handle) noexcept { return handle.get(); }
  [[nodiscard]] Result<UniqueFd> open(const std::string& path) const {
    constexpr int kFlags = O_RDONLY | O_DIRECTORY;
    // As the layer's own user would see it: an absolute link leads from the layer's root.
    if (options_.layer) return sys::open_in_root(unpacker_.dir_fd_, path.c_str(), kFlags);
    return sys::open_beneath(unpacker_.dir_fd_, path.c_str(), kFlags);
  }
  static Result<UniqueFd> open_child(int parent, const std::string& name) {
    return sys::open_at(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  }
  static Result<Found> find(int parent, const std::string& name) {
    const Result<struct stat> there = sys::stat_at(parent, name.c_str(), AT_SYMLINK_NOFOLLOW);
    if (!there && there.error().sys_errno() == ENOENT) return Found::nothing;
    if (!there) return there.error();
    if (S_ISDIR(there->st_mode)) return Found::directory;
    return is_whiteout(*there) ? Found::whiteout : Found::other;
  }
  static Status make_directory(int parent, const std::string& name) {
    return sys::make_directory_at(parent, name.c_str(), 0755);
  }
  // A later entry counts, whatever the earlier one was.
  Status replace(int parent, const std::string& name) {
    // It may be, hold, or lead to the directory that is kept open. `parent` itself is not below it, and in
    // use.
    unpacker_.parent_path_.clear();
    if (parent != unpacker_.parent_.get()) unpacker_.parent_.reset();
    return sys::remove_tree_at(parent, name.c_str());
  }
  [[nodiscard]] Status set_opaque(int directory) const {
    return archive::set_opaque(directory, options_.trusted);
  }
  static Status make_whiteout(int parent, const std::string& name) {
    return archive::make_whiteout(parent, name);
  }

 private:
  Unpacker& unpacker_;
  const UnpackOptions& options_;
};

// An absolute path begins below the directory. Empty: the directory itself.
Result<std::string> Unpacker::local_path(const std::string& stored) const {
  // The first part may be ".": what stands for it goes, and nothing below it.
  std::vector<std::string_view> parts =
      COVE_TRY(path_parts(stored, options_.drop_first || options_.rename_first));
  if (!parts.empty() && options_.drop_first) parts.erase(parts.begin());
  if (options_.rename_first) {
    if (parts.empty()) return *options_.rename_first;
    parts.front() = *options_.rename_first;
  }
  return fmt::format("{}", fmt::join(parts, "/"));
}

Result<int> Unpacker::open_parent(const std::string& path, std::string& name) {
  const size_t slash = path.rfind('/');
  name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (slash == std::string::npos) return dir_fd_;
  std::string directory = path.substr(0, slash);
  if (parent_.valid() && directory == parent_path_) return parent_.get();
  Tree tree(*this);
  Result<UniqueFd> found = open_or_make(tree, directory, options_.layer);
  if (!found && found.error().sys_errno() == EXDEV)
    found.error().set_hint("a symbolic link there leads out of the directory that is written to");
  parent_ = COVE_TRY(std::move(found));
  parent_path_ = std::move(directory);
  return parent_.get();
}

// What is there under the name goes, but no directory: that is merged with, or in the way.
Status Unpacker::make_room(int parent, const std::string& name, bool directory) {
  const Result<struct stat> there = sys::stat_at(parent, name.c_str(), AT_SYMLINK_NOFOLLOW);
  if (!there && there.error().sys_errno() == ENOENT) return {};
  if (!there) return Error(there.error());
  if (options_.layer) return Tree(*this).replace(parent, name);
  if (S_ISDIR(there->st_mode)) {
    if (directory) return {};
    return Error(ErrorCode::invalid_argument,
                 fmt::format("cannot overwrite directory {} with what is none", quote(name)), EISDIR);
  }
  if (directory) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("cannot overwrite {} with a directory", quote(name)), ENOTDIR);
  }
  Status removed = sys::remove_file_at(parent, name.c_str());
  return removed || removed.error().sys_errno() == ENOENT ? Status() : removed;
}

mode_t Unpacker::mode_of(const Entry& entry) const noexcept {
  return options_.special_bits ? entry.mode : entry.mode & ~kSpecialBits;
}

Status Unpacker::set_owner(int parent, const std::string& name, const Entry& entry) const {
  if (!options_.owners) return {};
  // In a layer's directories, which no set-group-ID bit has yet, new files are ours.
  if (options_.layer && entry.uid == own_uid_ && entry.gid == own_gid_) return {};
  const int flags = name.empty() ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW;
  Status owned = sys::change_owner_at(parent, name.c_str(), entry.uid, entry.gid, flags);
  if (owned) return owned;
  if (owned.error().sys_errno() == EINVAL)
    owned.error().set_hint("this id does not exist in the container's user namespace: leave out --archive");
  if (owned.error().sys_errno() == EPERM)
    owned.error().set_hint("only root gives files to others: leave out --archive");
  return owned;
}

bool Unpacker::keeps(std::string_view name) const noexcept {
  return keeps_attribute(name, options_.special_bits, options_.layer);
}

Status Unpacker::set_attributes(int fd, const Entry& entry) {
  for (const auto& [name, value] : entry.attributes) {
    if (!keeps(name) || name == kDefaultAcl) continue;
    Status set = sys::set_attribute(fd, name, value);
    if (set) continue;
    const int error = set.error().sys_errno();
    // A file system without attributes.
    if (error == EOPNOTSUPP && !options_.layer) continue;
    // A list may name users that are not there in a user namespace.
    const bool unmapped = (error == EPERM || error == EINVAL) && name.starts_with("system.");
    if (!options_.layer || (error != EOPNOTSUPP && !unmapped)) return set;
    warnings_.left_out(fmt::format("{} of {}", name, quote(entry.path)), errno_text(error));
  }
  return {};
}

Status Unpacker::add_directory(int parent, const std::string& name, const std::string& path,
                               const Entry& entry) {
  if (options_.layer) {
    Tree tree(*this);
    COVE_TRY(make_layer_directory(tree, parent, name));
  } else {
    COVE_TRY(make_room(parent, name, true));
    const Status made = sys::make_directory_at(parent, name.c_str(), 0700);
    if (!made && made.error().sys_errno() != EEXIST) return Error(made.error());
  }
  COVE_TRY(set_owner(parent, name, entry));
  if (!entry.attributes.empty()) {
    const UniqueFd fd = COVE_TRY(sys::open_at(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    COVE_TRY(set_attributes(fd.get(), entry));
  }
  keep_for_late(path, entry);
  return {};
}

// The layer's own root.
Status Unpacker::add_root(const Entry& entry) {
  if (options_.owners) COVE_TRY(sys::change_owner_at(dir_fd_, "", entry.uid, entry.gid, AT_EMPTY_PATH));
  COVE_TRY(set_attributes(dir_fd_, entry));
  keep_for_late(".", entry);
  return {};
}

void Unpacker::keep_for_late(const std::string& path, const Entry& entry) {
  LateDirectory late{path, mode_of(entry), entry.time, {}};
  for (const auto& [name, value] : entry.attributes) {
    if (name == kDefaultAcl && keeps(name)) late.default_acl = value;
  }
  late_.push_back(std::move(late));
}

Result<UniqueFd> Unpacker::create_file(int parent, const std::string& name, const Entry& entry) {
  constexpr int kFresh = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  const mode_t mode = options_.layer ? entry.mode & 0777 : 0600;
  Result<UniqueFd> file = sys::open_at(parent, name.c_str(), kFresh, mode);
  if (file || file.error().sys_errno() != EEXIST) return file;
  const Status room = make_room(parent, name, false);
  if (room) return sys::open_at(parent, name.c_str(), kFresh, mode);
  if (room.error().sys_errno() != EBUSY) return Error(room.error());
  // Something is mounted on it, as on /etc/hosts: then it is written to.
  file = sys::open_at(parent, name.c_str(), O_WRONLY | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (!file) return file;
  const struct stat info = COVE_TRY(sys::stat_fd(file->get()));
  if (!S_ISREG(info.st_mode)) return refused(entry, "what is there is no regular file");
  return file;
}

Status Unpacker::set_owner_and_mode(int fd, const Entry& entry) const {
  COVE_TRY(set_owner(fd, {}, entry));
  // Of a layer, the mode is as it was made, but for the bits that a change of owner takes away.
  if (options_.layer && (entry.mode & ~mode_t{0777}) == 0) return {};
  return sys::change_mode_fd(fd, mode_of(entry));
}

Status Unpacker::add_file(int parent, const std::string& name, const Entry& entry, Reader& reader) {
  UniqueFd file = COVE_TRY(create_file(parent, name, entry));
  const bool small = entry.size <= kMostDeferred && entry.attributes.empty() && !reader.is_sparse();
  if (options_.defer && small) {
    PendingFile pending{std::move(file), entry, std::string(static_cast<size_t>(entry.size), '\0')};
    size_t filled = 0;
    while (filled < pending.content.size())
      filled += COVE_TRY(reader.read(pending.content.data() + filled, pending.content.size() - filled));
    return options_.defer(std::move(pending));
  }
  COVE_TRY(write_content(file.get(), entry, reader));
  COVE_TRY(set_owner_and_mode(file.get(), entry));
  COVE_TRY(set_attributes(file.get(), entry));
  return sys::set_time_fd(file.get(), entry.time);
}

Status Unpacker::complete(const PendingFile& pending) const {
  const int fd = pending.file.get();
  const auto steps = [&]() -> Status {
    COVE_TRY(write_whole(fd, pending.entry, pending.content));
    COVE_TRY(set_owner_and_mode(fd, pending.entry));
    return sys::set_time_fd(fd, pending.entry.time);
  };
  return steps().context(quote(pending.entry.path));
}

Status Unpacker::add_other(int parent, const std::string& name, const Entry& entry) {
  if (const std::string_view why = why_left_out(entry, options_.devices, options_.layer); !why.empty()) {
    warnings_.left_out(quote(entry.path), why);
    return {};
  }
  COVE_TRY(make_room(parent, name, false));
  if (entry.type == Type::symlink) {
    if (entry.link.empty()) return refused(entry, "a symbolic link without content");
    COVE_TRY(sys::make_symlink_at(entry.link.c_str(), parent, name.c_str()));
    COVE_TRY(set_owner(parent, name, entry));
    return sys::set_time_at(parent, name.c_str(), entry.time);
  }
  mode_t type = S_IFIFO;
  if (entry.type != Type::fifo) type = entry.type == Type::block ? S_IFBLK : S_IFCHR;
  const mode_t mode = mode_of(entry);
  COVE_TRY(
      sys::make_device_at(parent, name.c_str(), type, mode & 0777, entry.device_major, entry.device_minor));
  COVE_TRY(set_owner(parent, name, entry));
  return sys::set_time_at(parent, name.c_str(), entry.time);
}

Status Unpacker::add_link(int parent, const std::string& name, const Entry& entry) {
  const std::string path = COVE_TRY(local_path(entry.link));
  Tree tree(*this);
  const auto target = COVE_TRY(find_link_target(tree, entry, path, options_.layer));
  const int directory = target.first.get();
  const struct stat from = COVE_TRY(sys::stat_at(directory, target.second.c_str(), AT_SYMLINK_NOFOLLOW));
  const Result<struct stat> there = sys::stat_at(parent, name.c_str(), AT_SYMLINK_NOFOLLOW);
  if (there && there->st_ino == from.st_ino && there->st_dev == from.st_dev) return {};
  COVE_TRY(make_room(parent, name, false));
  return sys::make_link_at(directory, target.second.c_str(), parent, name.c_str());
}

Status Unpacker::add(const Entry& entry, Reader& reader) {
  const std::string path = COVE_TRY(local_path(entry.path));
  if (path.empty()) {
    if (options_.layer && entry.type == Type::directory) return add_root(entry);
    // The directory that is written to is there already, and stays as it is.
    return entry.type == Type::directory ? Status() : refused(entry, "it has no name");
  }
  std::string name;
  const int parent = COVE_TRY(open_parent(path, name).context(quote(entry.path)));
  if (options_.layer && name.starts_with(kWhiteoutPrefix)) {
    Tree tree(*this);
    return add_whiteout(tree, parent, name).context(quote(entry.path));
  }
  switch (entry.type) {
    case Type::directory:
      return add_directory(parent, name, path, entry).context(quote(entry.path));
    case Type::file:
      return add_file(parent, name, entry, reader).context(quote(entry.path));
    case Type::hard_link:
      return add_link(parent, name, entry).context(quote(entry.path));
    default:
      return add_other(parent, name, entry).context(quote(entry.path));
  }
}

Status Unpacker::finish() {
  parent_.reset();
  std::unordered_set<std::string_view> done;
  // The innermost first: once its mode is set a directory may be closed to us.
  for (auto directory = late_.rbegin(); directory != late_.rend(); ++directory) {
    // What was said of it last counts.
    if (!done.insert(directory->path).second) continue;
    const Result<UniqueFd> fd =
        sys::open_beneath(dir_fd_, directory->path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    // Something later in the layer took its place.
    const bool gone = !fd && (fd.error().sys_errno() == ENOENT || fd.error().sys_errno() == ENOTDIR ||
                              fd.error().sys_errno() == ELOOP || fd.error().sys_errno() == EXDEV);
    if (options_.layer && gone) continue;
    if (!fd) return Error(fd.error());
    if (!directory->default_acl.empty())
      static_cast<void>(sys::set_attribute(fd->get(), std::string(kDefaultAcl), directory->default_acl));
    COVE_TRY(sys::set_time_fd(fd->get(), directory->time));
    COVE_TRY(sys::change_mode_fd(fd->get(), directory->mode));
  }
  late_.clear();
  return {};
}

Status Unpacker::add_all(Reader& reader) {
  while (const auto entry = COVE_TRY(reader.next())) COVE_TRY(add(*entry, reader));
  return finish();
}

}  // namespace cove::archive

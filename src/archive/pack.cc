#include "archive/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <vector>

#include "archive/whiteout.h"
#include "sys/file.h"
#include "sys/inode.h"

namespace cove::archive {
namespace {

// An open descriptor each.
constexpr int kMaxDepth = 400;
constexpr size_t kLongestAttribute = size_t{64} << 10;
constexpr uint64_t kMqueueMagic = 0x19800202;

bool is_kernels_own(uint64_t type) {
  constexpr std::array<uint64_t, 14> kTypes{
      PROC_SUPER_MAGIC, SYSFS_MAGIC,   DEVPTS_SUPER_MAGIC, CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC,
      DEBUGFS_MAGIC,    TRACEFS_MAGIC, SECURITYFS_MAGIC,   BPF_FS_MAGIC,       kMqueueMagic,
      SELINUX_MAGIC,    SMACK_MAGIC,   PSTOREFS_MAGIC,     BINFMTFS_MAGIC};
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

bool is_kept(const std::string& attribute, bool layer) {
  if (is_overlay_attribute(attribute)) return false;
  if (layer && attribute.starts_with("system.posix_acl_")) return true;
  return attribute.starts_with("user.") || attribute == "security.capability";
}

// An empty file whose name says what is gone, or that nothing below shows.
Entry whiteout_entry(std::string path) {
  Entry entry;
  entry.path = std::move(path);
  entry.mode = 0600;
  return entry;
}

std::string whiteout_path(const std::string& stored) {
  const size_t slash = stored.rfind('/') + 1;  // npos + 1 is 0
  return fmt::format("{}{}{}", stored.substr(0, slash), kWhiteoutPrefix, stored.substr(slash));
}

Type type_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return Type::directory;
    case S_IFLNK:
      return Type::symlink;
    case S_IFCHR:
      return Type::character;
    case S_IFBLK:
      return Type::block;
    case S_IFIFO:
      return Type::fifo;
    default:
      return Type::file;
  }
}

Entry entry_of(const struct stat& info, const std::string& stored) {
  Entry entry;
  entry.type = type_of(info.st_mode);
  entry.path = stored;
  entry.mode = info.st_mode & 07777;
  entry.uid = info.st_uid;
  entry.gid = info.st_gid;
  entry.time = {info.st_mtim.tv_sec, static_cast<uint32_t>(info.st_mtim.tv_nsec)};
  if (entry.type == Type::character || entry.type == Type::block) {
    entry.device_major = major(info.st_rdev);
    entry.device_minor = minor(info.st_rdev);
  }
  return entry;
}

}  // namespace

Status Packer::add(int dir_fd, const std::string& name, const std::string& stored) {
  const struct stat info = COVE_TRY(sys::stat_at(dir_fd, name.c_str(), AT_SYMLINK_NOFOLLOW));
  // Whatever it lies on is what was asked for.
  device_ = info.st_dev;
  return add_entry(dir_fd, name, stored, 0);
}

Status Packer::add_alone(int dir_fd, const std::string& name, const std::string& stored) {
  alone_ = true;
  Status added = add(dir_fd, name, stored);
  alone_ = false;
  return added;
}

Status Packer::add_entry(int dir_fd, const std::string& name, const std::string& stored, int depth) {
  const Result<struct stat> info = sys::stat_at(dir_fd, name.c_str(), AT_SYMLINK_NOFOLLOW);
  // Removed since the directory was read.
  if (!info && info.error().sys_errno() == ENOENT && depth > 0) return {};
  if (!info) return Error(info.error());
  if (S_ISSOCK(info->st_mode)) return {};  // an archive has no such thing
  if (S_ISLNK(info->st_mode) && depth == 0 && options_.through_link)
    return Error(ErrorCode::invalid_argument, fmt::format("{} changes while it is read", name));
  if (options_.layer && is_whiteout(*info)) return writer_.add(whiteout_entry(whiteout_path(stored)));
  Entry entry = entry_of(*info, stored);
  if (options_.owner) {
    entry.uid = options_.owner(entry.uid);
    entry.gid = options_.owner(entry.gid);
  }
  if (entry.type == Type::directory) return add_directory(dir_fd, name, std::move(entry), depth);
  if (info->st_nlink > 1) {
    const auto [known, fresh] = links_.try_emplace({info->st_dev, info->st_ino}, stored);
    if (!fresh) {
      entry.type = Type::hard_link;
      entry.link = known->second;
      return writer_.add(entry);
    }
  }
  if (entry.type == Type::file) return add_file(dir_fd, name, std::move(entry));
  if (entry.type == Type::symlink) entry.link = COVE_TRY(sys::read_link_at(dir_fd, name.c_str()));
  return writer_.add(entry);
}

Status Packer::read_attributes(int fd, Entry& entry) const {
  if (!options_.attributes) return {};
  const Result<std::vector<std::string>> names = sys::list_attributes(fd);
  if (!names) return {};  // changed while it was read, or a file system that can't say
  for (const std::string& name : *names) {
    if (!is_kept(name, options_.layer)) continue;
    auto value = COVE_TRY(sys::get_attribute(fd, name, kLongestAttribute));
    if (value) entry.attributes.emplace_back(name, std::move(*value));
  }
  return {};
}

Status Packer::add_file(int dir_fd, const std::string& name, Entry entry) {
  Result<UniqueFd> file = sys::open_at(dir_fd, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (!file && file.error().sys_errno() == ENOENT) return {};
  if (!file) return std::move(file).error();
  const struct stat info = COVE_TRY(sys::stat_fd(file->get()));
  // Something else was put there since.
  if (!S_ISREG(info.st_mode))
    return Error(ErrorCode::invalid_argument, fmt::format("{} changes while it is read", name));
  entry.size = static_cast<uint64_t>(info.st_size);
  COVE_TRY(read_attributes(file->get(), entry));
  COVE_TRY(writer_.add(entry));
  std::array<char, size_t{64} << 10> buffer;
  while (writer_.content_left() > 0) {
    const auto part = static_cast<size_t>(std::min<uint64_t>(buffer.size(), writer_.content_left()));
    const size_t got = COVE_TRY(sys::read_some(file->get(), buffer.data(), part).context(name));
    if (got == 0) break;
    COVE_TRY(writer_.content({buffer.data(), got}));
  }
  return writer_.fill_content();
}

Result<bool> Packer::shows_content(int fd, dev_t device) const {
  if (device == device_) return true;
  const uint64_t type = COVE_TRY(sys::filesystem_type(fd));
  return options_.mounts == Mounts::overlays ? type == OVERLAYFS_SUPER_MAGIC : !is_kernels_own(type);
}

Status Packer::begin_directory(int fd, Entry& entry) {
  COVE_TRY(read_attributes(fd, entry));
  COVE_TRY(writer_.add(entry));
  if (!options_.layer || !is_opaque(fd)) return {};
  return writer_.add(whiteout_entry(fmt::format("{}{}", entry.path, kOpaqueName)));
}

Status Packer::add_directory(int dir_fd, const std::string& name, Entry entry, int depth) {
  if (depth > kMaxDepth) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("more than {} directories within each other", kMaxDepth));
  }
  Result<UniqueFd> directory = sys::open_at(dir_fd, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!directory && directory.error().sys_errno() == ENOENT && depth > 0) return {};
  if (!directory) return std::move(directory).error();
  const struct stat info = COVE_TRY(sys::stat_fd(directory->get()));
  const std::string prefix = entry.path + "/";
  entry.path = prefix;
  COVE_TRY(begin_directory(directory->get(), entry));
  if (alone_) return {};
  if (!COVE_TRY(shows_content(directory->get(), info.st_dev))) return {};
  const dev_t outer = std::exchange(device_, info.st_dev);
  std::vector<std::string> names = COVE_TRY(sys::list_directory(directory->get(), "."));
  // The same tree gives the same archive.
  std::sort(names.begin(), names.end());
  for (const std::string& child : names)
    COVE_TRY(add_entry(directory->get(), child, prefix + child, depth + 1).context(child));
  device_ = outer;
  return {};
}

}  // namespace cove::archive

#include "runtime/store.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/strings.h"
#include "kernel/procfs/procfs.h"
#include "kernel/userdb/userdb.h"
#include "sys/file.h"

namespace cove::runtime {
namespace {

constexpr mode_t kDirectoryMode = 0700;
constexpr mode_t kFileMode = 0600;
constexpr size_t kMaxConfigBytes = size_t{4} << 20;

Error no_such_container(std::string_view id) {
  return Error(ErrorCode::not_found, fmt::format("container {} does not exist", quote(id)), ENOENT);
}

// Whether the directory is still the one of its name: it may have been removed while its lock was waited for.
bool still_there(int fd, const std::string& path) {
  const Result<struct stat> held = sys::stat_fd(fd);
  const Result<struct stat> there = sys::stat_at(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW);
  return held && there && held->st_ino == there->st_ino && held->st_dev == there->st_dev;
}

}  // namespace

Status check_id(std::string_view id) {
  constexpr size_t kMaxLength = 1024;
  constexpr std::string_view kOthers = "_+-.";
  const auto allowed = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != std::string_view::npos;
  };
  if (!id.empty() && id.size() <= kMaxLength && id != "." && id != ".." &&
      std::all_of(id.begin(), id.end(), allowed)) {
    return {};
  }
  Error error(ErrorCode::invalid_argument, fmt::format("invalid container id {}", quote(id)));
  error.set_hint("an id has 1 to 1024 of the characters A-Z a-z 0-9 _ + - .");
  return error;
}

Result<ContainerDirectory> ContainerDirectory::create(const std::string& root, std::string_view id) {
  COVE_TRY(check_id(id));
  COVE_TRY(sys::make_directories(root, 0711));
  std::string path = fmt::format("{}/{}", root, id);
  const Status made = sys::make_directory_at(AT_FDCWD, path.c_str(), kDirectoryMode);
  if (!made && made.error().sys_errno() == EEXIST) {
    Error error(ErrorCode::stale_resource, fmt::format("container with id exists: {}", id), EEXIST);
    error.set_hint("delete it first, or choose another id");
    return error;
  }
  if (!made) return Error(made.error());
  UniqueFd fd = COVE_TRY(sys::open_path(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  COVE_TRY(sys::lock_exclusive(fd.get(), true));
  // Between the two calls a `delete --force` may have taken it for a leftover.
  if (!still_there(fd.get(), path)) return no_such_container(id);
  return ContainerDirectory(std::move(fd), std::move(path));
}

Result<ContainerDirectory> ContainerDirectory::open(const std::string& root, std::string_view id, bool lock) {
  COVE_TRY(check_id(id));
  std::string path = fmt::format("{}/{}", root, id);
  Result<UniqueFd> fd = sys::open_path(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!fd && (fd.error().sys_errno() == ENOENT || fd.error().sys_errno() == ENOTDIR))
    return no_such_container(id);
  if (!fd) return std::move(fd).error();
  if (lock) COVE_TRY(sys::lock_exclusive(fd->get(), true));
  if (lock && !still_there(fd->get(), path)) return no_such_container(id);
  return ContainerDirectory(std::move(*fd), std::move(path));
}

Status ContainerDirectory::write_record(const Record& record) const {
  return sys::replace_file_at(fd_.get(), kRecordFile, print_record(record), kFileMode).context(path_);
}

Result<std::optional<Record>> ContainerDirectory::read_record() const {
  Result<std::string> text = sys::read_file_at(fd_.get(), kRecordFile);
  if (!text && text.error().sys_errno() == ENOENT) return std::optional<Record>();
  if (!text) return std::move(text).error();
  return std::optional(COVE_TRY(parse_record(*text).context(fmt::format("{}/{}", path_, kRecordFile))));
}

Status ContainerDirectory::write_config(std::string_view text) const {
  return sys::replace_file_at(fd_.get(), kConfigFile, text, kFileMode).context(path_);
}

Result<spec::Spec> ContainerDirectory::read_config() const {
  const std::string text = COVE_TRY(sys::read_file_at(fd_.get(), kConfigFile, kMaxConfigBytes));
  return spec::parse_spec(text).context(fmt::format("{}/{}", path_, kConfigFile));
}

bool ContainerDirectory::waits_for_start() const {
  return sys::stat_at(fd_.get(), kStartSocket, AT_SYMLINK_NOFOLLOW).ok();
}

Status ContainerDirectory::unlock() const {
  return sys::unlock(fd_.get());
}

Status ContainerDirectory::lock_again() const {
  COVE_TRY(sys::lock_exclusive(fd_.get(), true));
  if (still_there(fd_.get(), path_)) return {};
  return no_such_container(path_);
}

Status ContainerDirectory::remove() const {
  const std::vector<std::string> names = COVE_TRY(sys::list_directory(fd_.get(), "."));
  // The record last: until all else is gone it says what is left.
  for (const std::string& name : names) {
    if (name != kRecordFile) COVE_TRY(sys::remove_tree_at(fd_.get(), name.c_str()));
  }
  Status removed = sys::remove_file_at(fd_.get(), kRecordFile);
  if (!removed && removed.error().sys_errno() != ENOENT) return removed;
  return sys::remove_directory_at(AT_FDCWD, path_.c_str());
}

Result<std::vector<std::string>> list_ids(const std::string& root) {
  Result<std::vector<std::string>> names = sys::list_directory(AT_FDCWD, root.c_str());
  if (!names && names.error().sys_errno() == ENOENT) return std::vector<std::string>();
  if (!names) return names;
  std::erase_if(*names, [](const std::string& name) { return !check_id(name).ok(); });
  std::sort(names->begin(), names->end());
  return names;
}

Result<spec::ContainerStatus> current_status(const ContainerDirectory& directory, const Record& record) {
  using spec::ContainerStatus;
  if (record.pid == 0) {
    // Whoever makes it holds the lock; without one, nobody is left who could finish it.
    const Status taken = sys::lock_exclusive(directory.fd(), false);
    return taken ? ContainerStatus::stopped : ContainerStatus::creating;
  }
  const Result<procfs::ProcessStat> stat = procfs::read_stat(record.pid);
  if (!stat || stat->dead() || stat->start_time != record.start_time) return ContainerStatus::stopped;
  if (directory.waits_for_start()) return ContainerStatus::created;
  const Result<cgroup::FreezerState> freezer = cgroup::freezer_state(record.cgroup);
  if (freezer && *freezer == cgroup::FreezerState::frozen) return ContainerStatus::paused;
  return ContainerStatus::running;
}

spec::State state_of(const Record& record, spec::ContainerStatus status) {
  spec::State state;
  state.oci_version = record.oci_version;
  state.id = record.id;
  state.pid = status == spec::ContainerStatus::stopped ? 0 : record.pid;
  state.status = status;
  state.bundle = record.bundle;
  state.rootfs = record.rootfs;
  state.created = record.created;
  state.annotations = record.annotations;
  return state;
}

Result<Container> open_container(const Settings& settings, std::string_view id, bool lock) {
  ContainerDirectory directory = COVE_TRY(ContainerDirectory::open(settings.root, id, lock));
  std::optional<Record> record = COVE_TRY(directory.read_record());
  if (!record) return no_such_container(id);
  const spec::ContainerStatus status = COVE_TRY(current_status(directory, *record));
  settings.trace("container {}: {}, process {}, record in {}", id, spec::status_name(status), record->pid,
                 directory.path());
  return Container{std::move(directory), *std::move(record), status};
}

}  // namespace cove::runtime

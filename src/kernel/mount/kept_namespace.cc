#include "kernel/mount/kept_namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>

#include "kernel/mount/tree.h"
#include "sys/file.h"
#include "sys/inode.h"
#include "sys/mount.h"
#include "sys/process.h"

namespace cove::mount {
namespace {

constexpr const char* kPlace = "kept";
constexpr const char* kFile = "kept/mnt";

Result<UniqueFd> open_kept(int directory) {
  UniqueFd file = COVE_TRY(sys::open_at(directory, kFile, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  if (COVE_TRY(sys::filesystem_type(file.get())) == NSFS_MAGIC) return file;
  return Error(ErrorCode::not_found, "no namespace is kept", ENOENT);
}

// A mount namespace's file can only be mounted where nothing propagates to (mount_namespaces(7)).
Status make_place(int directory) {
  Status made = sys::make_directory_at(directory, kPlace, 0700);
  if (!made && made.error().sys_errno() != EEXIST) return made;
  const struct stat outer = COVE_TRY(sys::stat_fd(directory));
  const struct stat place = COVE_TRY(sys::stat_at(directory, kPlace, AT_SYMLINK_NOFOLLOW));
  // Else it is one whose maker was killed before the rest.
  if (outer.st_dev == place.st_dev) {
    const std::pair<std::string, std::string> options[]{{"mode", "0700"}, {"size", "64k"}};
    const UniqueFd mount = COVE_TRY(make_filesystem("tmpfs", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV));
    COVE_TRY(sys::attach_mount_at(mount.get(), directory, kPlace));
  }
  return sys::set_mount_attributes_at(directory, kPlace, {.propagation = MS_UNBINDABLE}, false);
}

// In a child, in a copy of our mount namespace: everything but an empty root goes.
Status leave_everything() {
  COVE_TRY(sys::set_mount_attributes_at(AT_FDCWD, "/", {.propagation = MS_PRIVATE}, true));
  const std::pair<std::string, std::string> options[]{{"mode", "0755"}, {"size", "4k"}};
  const UniqueFd root =
      COVE_TRY(make_filesystem("tmpfs", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC));
  COVE_TRY(sys::attach_mount_at(root.get(), AT_FDCWD, "/"));
  COVE_TRY(sys::change_directory_fd(root.get()));
  COVE_TRY(sys::pivot_root_here());
  return sys::detach_mount(".");
}

[[noreturn]] void run_maker(sys::PipePair& ready) noexcept {
  constexpr int kPatienceMs = 10'000;
  static_cast<void>(sys::set_parent_death_signal(SIGKILL));
  ready.read_end.reset();
  if (!leave_everything()) sys::exit_now(1);
  static_cast<void>(sys::write_all(ready.write_end.get(), "x", "the parent"));
  // The parent has what it wants when nobody reads any more, and kills us.
  static_cast<void>(sys::wait_readable(ready.write_end.get(), kPatienceMs));
  sys::exit_now(0);
}

Status keep_when_ready(pid_t pid, int directory, const UniqueFd& ready) {
  char left = 0;
  if (COVE_TRY(sys::read_some(ready.get(), &left, 1)) != 1)
    return Error(ErrorCode::system, "the machine's mounts cannot be left");
  COVE_TRY(sys::open_at(directory, kFile, O_WRONLY | O_CREAT | O_NOFOLLOW, 0600));
  return keep_namespace(pid, "mnt", directory, kFile);
}

Status make_namespace(int directory) {
  sys::PipePair ready = COVE_TRY(sys::make_pipe());
  const sys::CloneResult maker = COVE_TRY(sys::clone_process({.flags = CLONE_NEWNS}));
  if (maker.pid == 0) run_maker(ready);
  ready.write_end.reset();  // its end is seen if the maker dies
  Status kept = keep_when_ready(maker.pid, directory, ready.read_end);
  static_cast<void>(sys::signal_pidfd(maker.pidfd.get(), SIGKILL));
  static_cast<void>(sys::wait_process(maker.pid));
  return kept;
}

}  // namespace

Status keep_namespace(pid_t pid, std::string_view kind, int directory, const char* path) {
  const std::string source = fmt::format("/proc/{}/ns/{}", pid, kind);
  const UniqueFd file = COVE_TRY(sys::open_tree(AT_FDCWD, source.c_str(), OPEN_TREE_CLONE));
  COVE_TRY(sys::attach_mount_at(file.get(), directory, path));
  // A tree with a mount namespace's file cannot be attached in a later one (ELOOP): so no recursive bind of
  // /run or / takes it along.
  return sys::set_mount_attributes(file.get(), {.propagation = MS_UNBINDABLE}, false);
}

Result<UniqueFd> open_kept_namespace(const std::string& directory) {
  COVE_TRY(sys::make_directories(directory, 0755));
  const UniqueFd fd = COVE_TRY(sys::open_path(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  if (Result<UniqueFd> kept = open_kept(fd.get())) return kept;
  COVE_TRY(sys::lock_exclusive(fd.get(), true));
  if (Result<UniqueFd> kept = open_kept(fd.get())) return kept;
  COVE_TRY(make_place(fd.get()));
  COVE_TRY(make_namespace(fd.get()));
  return open_kept(fd.get());
}

Status discard_kept_namespace(const std::string& directory) {
  const Result<UniqueFd> fd = sys::open_path(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!fd) return {};
  COVE_TRY(sys::lock_exclusive(fd->get(), true));
  const Status detached = sys::detach_mount((directory + "/" + kPlace).c_str());
  if (!detached && detached.error().sys_errno() != EINVAL && detached.error().sys_errno() != ENOENT)
    return detached.error();
  return sys::remove_tree_at(AT_FDCWD, directory.c_str());
}

}  // namespace cove::mount

// The child's steps that carry out the list of mounts below the new root.
#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>

#include "kernel/mount/copy.h"
#include "kernel/mount/tree.h"
#include "launch/init.h"
#include "launch/overlay.h"
#include "sys/file.h"
#include "sys/mount.h"
#include "sys/process.h"

namespace cove::launch {
namespace {

// One pass over the list. Neighbouring entries mostly share their parent directory, so the last one is kept
// open.
class MountRun {
 public:
  explicit MountRun(InitContext& context) : context_(context), masker_(context.root.get()) {}

  Status run(const MountPlan& mount, UniqueFd& source, UniqueFd& upper);

 private:
  Status bind(const MountPlan& mount, UniqueFd& source);
  Status filesystem(const MountPlan& mount);
  void add_mode(const MountPlan& mount, std::vector<std::pair<std::string, std::string>>& options);
  Status overlay(const MountPlan& mount, UniqueFd& source, UniqueFd& upper);
  Status directory(const MountPlan& mount);
  Status symlink(const MountPlan& mount);
  Status file(const MountPlan& mount, std::string_view content);
  Status cover(const MountPlan& mount, std::string_view content);
  Status copy(const MountPlan& mount, const UniqueFd& source);
  Status device(const MountPlan& mount, UniqueFd& source);
  Status attach(int mount_fd, const MountPlan& mount, mount::Target missing);
  Status refuse_symlink(const MountPlan& mount);
  static Status change(int mount_fd, const MountPlan& mount);
  Result<int> parent_of(const MountPlan& mount, std::string& name);

  [[nodiscard]] int root() const noexcept { return context_.root.get(); }

  InitContext& context_;
  mount::Masker masker_;
  std::string parent_path_;
  UniqueFd parent_;
};

Result<int> MountRun::parent_of(const MountPlan& mount, std::string& name) {
  std::string path = parent_directory(mount.target);
  name = base_name(mount.target);
  if (!parent_.valid() || path != parent_path_) {
    parent_ = COVE_TRY(mount::open_target(root(), path, mount::Target::directory));
    parent_path_ = std::move(path);
  }
  return parent_.get();
}

Status MountRun::attach(int mount_fd, const MountPlan& mount, mount::Target missing) {
  if (mount.no_symlink) COVE_TRY(refuse_symlink(mount));
  const UniqueFd on = COVE_TRY(mount::open_target(root(), mount.target, missing));
  if (mount.copy_up) {
    COVE_TRY(mount::copy_directory(on.get(), mount_fd).context("copy up"));
    // Not before: a volume may be read-only to the container that it begins with.
    COVE_TRY(sys::set_mount_attributes(mount_fd, {.set = mount.attributes & MOUNT_ATTR_RDONLY}, false));
  }
  // What is mounted may change what the kept path means.
  parent_.reset();
  COVE_TRY(sys::attach_mount(mount_fd, on.get()));
  return change(mount_fd, mount);
}

// procfs and sysfs under another name than their own would let an image redirect what is masked by name
// (CVE-2019-19921).
Status MountRun::refuse_symlink(const MountPlan& mount) {
  const mount::Parent parent = COVE_TRY(mount::open_parent(root(), mount.target));
  const Result<struct stat> info =
      sys::stat_at(parent.directory.get(), parent.name.c_str(), AT_SYMLINK_NOFOLLOW);
  if (!info && info.error().sys_errno() == ENOENT) return {};  // it will be made
  if (!info) return Error(info.error());
  if (S_ISDIR(info->st_mode)) return {};
  return Error(ErrorCode::invalid_argument,
               fmt::format("{} must be mounted on ordinary directory: this is none", mount.type));
}

Status MountRun::change(int mount_fd, const MountPlan& mount) {
  for (const AttributeChange& change : mount.changes) {
    COVE_TRY(sys::set_mount_attributes(
        mount_fd, {.set = change.set, .clear = change.clear, .propagation = change.propagation},
        change.recursive));
  }
  return {};
}

Status MountRun::bind(const MountPlan& mount, UniqueFd& source) {
  if (!source.valid()) return {};  // optional and missing
  const struct stat info = COVE_TRY(sys::stat_fd(source.get()));
  COVE_TRY(sys::set_mount_attributes(
      source.get(),
      {.set = mount.copy_up ? mount.attributes & ~uint64_t{MOUNT_ATTR_RDONLY} : mount.attributes,
       .propagation = mount.propagation != 0 ? mount.propagation : uint64_t{MS_PRIVATE}},
      mount.recursive));
  Status attached =
      attach(source.get(), mount, S_ISDIR(info.st_mode) ? mount::Target::directory : mount::Target::file);
  // A target that is missing, where we may not make one: in somebody else's directory of a user namespace.
  const int why = attached ? 0 : attached.error().sys_errno();
  if (mount.optional && (why == EACCES || why == EPERM || why == EROFS)) return {};
  return attached;
}

// A container's tmpfs without a mode of its own has that of the directory it covers, as runc's.
void MountRun::add_mode(const MountPlan& mount, std::vector<std::pair<std::string, std::string>>& options) {
  const bool given =
      std::any_of(options.begin(), options.end(), [](const auto& option) { return option.first == "mode"; });
  if (mount.type != "tmpfs" || given || !context_.plan.container.enabled) return;
  const UniqueFd covered(sys::try_open_in_root(root(), mount.target.c_str(), O_PATH | O_DIRECTORY));
  if (!covered.valid()) return;
  const Result<struct stat> info = sys::stat_fd(covered.get());
  if (info) options.emplace_back("mode", fmt::format("{:o}", info->st_mode & 07777));
}

Status MountRun::filesystem(const MountPlan& mount) {
  std::vector<std::pair<std::string, std::string>> options = mount.options;
  add_mode(mount, options);
  Result<UniqueFd> made = mount::make_filesystem(mount.type.c_str(), options, mount.attributes, mount.source);
  if (!made) {
    Error& error = made.error();
    const bool revealing = mount.type == "proc" || mount.type == "sysfs";
    if (revealing && error.sys_errno() == EPERM) error.set_code(ErrorCode::proc_mount_denied);
    return std::move(made).error();
  }
  return attach(made->get(), mount, mount::Target::directory);
}

Status MountRun::overlay(const MountPlan& mount, UniqueFd& source, UniqueFd& upper) {
  if (!source.valid()) return {};
  const bool userxattr = context_.plan.ns(NamespaceKind::user).mode != NamespaceMode::host;
  const UniqueFd made = COVE_TRY(
      mount_overlay(context_, {source.get(), nullptr, mount.upper, upper.get(), userxattr, mount.target}));
  if (mount.attributes != 0)
    COVE_TRY(sys::set_mount_attributes(made.get(), {.set = mount.attributes}, false));
  return attach(made.get(), mount, mount::Target::directory);
}

Status MountRun::directory(const MountPlan& mount) {
  std::string name;
  const int parent = COVE_TRY(parent_of(mount, name));
  Status made = sys::make_directory_at(parent, name.c_str(), mount.mode);
  if (!made && made.error().sys_errno() == EEXIST && mount.optional) return {};
  return made;
}

Status MountRun::symlink(const MountPlan& mount) {
  std::string name;
  const int parent = COVE_TRY(parent_of(mount, name));
  Status made = sys::make_symlink_at(mount.source.c_str(), parent, name.c_str());
  const bool may_exist = mount.optional || mount.keep_existing;
  if (!made && made.error().sys_errno() == EEXIST && may_exist) return {};
  return made;
}

Status MountRun::file(const MountPlan& mount, std::string_view content) {
  std::string name;
  const int parent = COVE_TRY(parent_of(mount, name));
  if (mount.keep_existing && sys::stat_at(parent, name.c_str(), AT_SYMLINK_NOFOLLOW)) return {};
  // Not written through: the image's file may be a symbolic link.
  Status removed = sys::remove_file_at(parent, name.c_str());
  if (!removed && removed.error().sys_errno() == EACCES && mount.optional) return cover(mount, content);
  if (!removed && removed.error().sys_errno() != ENOENT) return removed;
  const UniqueFd fd =
      COVE_TRY(sys::open_at(parent, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mount.mode));
  return sys::write_all(fd.get(), content, "its content");
}

// In somebody else's directory of a user namespace: a file of ours goes over it, if it is there.
Status MountRun::cover(const MountPlan& mount, std::string_view content) {
  constexpr const char* kName = "cover";
  const int staging = context_.staging.get();
  if (staging < 0) return {};
  {
    const UniqueFd fd =
        COVE_TRY(sys::open_at(staging, kName, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mount.mode));
    COVE_TRY(sys::write_all(fd.get(), content, "its content"));
  }
  const UniqueFd tree = COVE_TRY(sys::open_tree(staging, kName, OPEN_TREE_CLONE));
  Status attached = attach(tree.get(), mount, mount::Target::file);
  COVE_TRY(sys::remove_file_at(staging, kName));
  const int why = attached ? 0 : attached.error().sys_errno();
  return why == EACCES || why == EPERM || why == EROFS ? Status() : attached;
}

Status MountRun::copy(const MountPlan& mount, const UniqueFd& source) {
  if (!source.valid()) return {};  // optional and missing
  constexpr size_t kLargest = size_t{16} << 20;
  return file(mount, COVE_TRY(sys::read_all(source.get(), mount.source, kLargest)));
}

mode_t node_type(char type) noexcept {
  switch (type) {
    case 'b':
      return S_IFBLK;
    case 'p':
      return S_IFIFO;
    default:
      return S_IFCHR;
  }
}

// What is there under the name already, if it is just what was to be made.
bool is_the_device(int parent_fd, const std::string& name, const DeviceNode& node) {
  const Result<struct stat> info = sys::stat_at(parent_fd, name.c_str(), AT_SYMLINK_NOFOLLOW);
  if (!info || (info->st_mode & S_IFMT) != node_type(node.type)) return false;
  return node.type == 'p' || info->st_rdev == makedev(node.major, node.minor);
}

Status MountRun::device(const MountPlan& mount, UniqueFd& source) {
  if (!mount.source.empty() || mount.outside) return bind(mount, source);
  const DeviceNode& node = mount.device;
  std::string name;
  const int parent = COVE_TRY(parent_of(mount, name));
  Status made =
      sys::make_device_at(parent, name.c_str(), node_type(node.type), node.mode, node.major, node.minor);
  if (!made && made.error().sys_errno() == EEXIST && mount.keep_existing && is_the_device(parent, name, node))
    return {};
  if (!made) return made;
  if (node.uid == 0 && node.gid == 0) return {};
  return sys::change_owner_at(parent, name.c_str(), node.uid, node.gid, AT_SYMLINK_NOFOLLOW);
}

Status MountRun::run(const MountPlan& mount, UniqueFd& source, UniqueFd& upper) {
  switch (mount.kind) {
    case MountKind::bind:
      return bind(mount, source);
    case MountKind::filesystem:
      return filesystem(mount);
    case MountKind::overlay:
      return overlay(mount, source, upper);
    case MountKind::directory:
      return directory(mount);
    case MountKind::symlink:
      return symlink(mount);
    case MountKind::file:
      return file(mount, mount.content);
    case MountKind::copy:
      return copy(mount, source);
    case MountKind::device:
      return device(mount, source);
    case MountKind::mask: {
      COVE_TRY(masker_.mask(mount.target));
      return {};
    }
    case MountKind::seal: {
      const UniqueFd target = COVE_TRY(mount::open_target(root(), mount.target, mount::Target::must_exist));
      return sys::set_mount_attributes(target.get(), {.set = MOUNT_ATTR_RDONLY}, false);
    }
    case MountKind::change: {
      const UniqueFd target = COVE_TRY(mount::open_target(root(), mount.target, mount::Target::must_exist));
      return change(target.get(), mount);
    }
    case MountKind::read_only: {
      COVE_TRY(mount::make_read_only(root(), mount.target));
      return {};
    }
  }
  return Error(ErrorCode::internal, "unknown kind of mount");
}

}  // namespace

Status mount_filesystems(InitContext& context) {
  const std::vector<MountPlan>& mounts = context.plan.mounts;
  if (context.plan.root.kind == RootKind::none) return {};
  MountRun run(context);
  for (size_t i = 0; i < mounts.size(); ++i) {
    UniqueFd& source = context.mount_sources[i];
    UniqueFd& upper = context.mount_uppers[i];
    COVE_TRY(run.run(mounts[i], source, upper).context(mounts[i].target));
    // A detached mount that was not attached dies with its descriptor.
    source.reset();
    upper.reset();
  }
  return {};
}

}  // namespace cove::launch

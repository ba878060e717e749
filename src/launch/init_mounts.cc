// The child's steps that carry out the list of mounts below the new root.
#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>

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
  Status overlay(const MountPlan& mount, UniqueFd& source, UniqueFd& upper);
  Status directory(const MountPlan& mount);
  Status symlink(const MountPlan& mount);
  Status file(const MountPlan& mount, std::string_view content);
  Status copy(const MountPlan& mount, const UniqueFd& source);
  Status device(const MountPlan& mount, UniqueFd& source);
  Status attach(int mount_fd, const std::string& target, mount::Target missing);
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

Status MountRun::attach(int mount_fd, const std::string& target, mount::Target missing) {
  const UniqueFd on = COVE_TRY(mount::open_target(root(), target, missing));
  // What is mounted may change what the kept path means.
  parent_.reset();
  return sys::attach_mount(mount_fd, on.get());
}

Status MountRun::bind(const MountPlan& mount, UniqueFd& source) {
  if (!source.valid()) return {};  // optional and missing
  const struct stat info = COVE_TRY(sys::stat_fd(source.get()));
  COVE_TRY(sys::set_mount_attributes(
      source.get(),
      {.set = mount.attributes,
       .propagation = mount.propagation != 0 ? mount.propagation : uint64_t{MS_PRIVATE}},
      mount.recursive));
  return attach(source.get(), mount.target,
                S_ISDIR(info.st_mode) ? mount::Target::directory : mount::Target::file);
}

Status MountRun::filesystem(const MountPlan& mount) {
  Result<UniqueFd> made = mount::make_filesystem(mount.type.c_str(), mount.options, mount.attributes);
  if (!made) {
    Error& error = made.error();
    const bool revealing = mount.type == "proc" || mount.type == "sysfs";
    if (revealing && error.sys_errno() == EPERM) error.set_code(ErrorCode::proc_mount_denied);
    return std::move(made).error();
  }
  return attach(made->get(), mount.target, mount::Target::directory);
}

Status MountRun::overlay(const MountPlan& mount, UniqueFd& source, UniqueFd& upper) {
  if (!source.valid()) return {};
  const bool userxattr = context_.plan.ns(NamespaceKind::user).mode != NamespaceMode::host;
  const UniqueFd made =
      COVE_TRY(mount_overlay(context_, {source.get(), mount.upper, upper.get(), userxattr, mount.target}));
  if (mount.attributes != 0)
    COVE_TRY(sys::set_mount_attributes(made.get(), {.set = mount.attributes}, false));
  return attach(made.get(), mount.target, mount::Target::directory);
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
  if (!made && made.error().sys_errno() == EEXIST && mount.optional) return {};
  return made;
}

Status MountRun::file(const MountPlan& mount, std::string_view content) {
  std::string name;
  const int parent = COVE_TRY(parent_of(mount, name));
  // Not written through: the image's file may be a symbolic link.
  Status removed = sys::remove_file_at(parent, name.c_str());
  if (!removed && removed.error().sys_errno() != ENOENT) return removed;
  const UniqueFd fd =
      COVE_TRY(sys::open_at(parent, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mount.mode));
  return sys::write_all(fd.get(), content, "its content");
}

Status MountRun::copy(const MountPlan& mount, const UniqueFd& source) {
  if (!source.valid()) return {};  // optional and missing
  constexpr size_t kLargest = size_t{16} << 20;
  return file(mount, COVE_TRY(sys::read_all(source.get(), mount.source, kLargest)));
}

Status MountRun::device(const MountPlan& mount, UniqueFd& source) {
  if (!mount.source.empty()) return bind(mount, source);
  const DeviceNode& node = mount.device;
  std::string name;
  const int parent = COVE_TRY(parent_of(mount, name));
  COVE_TRY(sys::make_device_at(parent, name.c_str(), node.type == 'b' ? S_IFBLK : S_IFCHR, node.mode,
                               node.major, node.minor));
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
    case MountKind::read_only: {
      COVE_TRY(mount::make_read_only(root(), mount.target));
      return {};
    }
  }
  return Error(ErrorCode::internal, "unknown kind of mount");
}

Status run_all(InitContext& context, const std::vector<MountPlan>& mounts, std::vector<UniqueFd>& sources,
               std::vector<UniqueFd>& uppers) {
  if (context.plan.root.kind == RootKind::none) return {};
  MountRun run(context);
  for (size_t i = 0; i < mounts.size(); ++i) {
    COVE_TRY(run.run(mounts[i], sources[i], uppers[i]).context(mounts[i].target));
    // A detached mount that was not attached dies with its descriptor.
    sources[i].reset();
    uppers[i].reset();
  }
  return {};
}

}  // namespace

Status mount_filesystems(InitContext& context) {
  return run_all(context, context.plan.mounts, context.mount_sources, context.mount_uppers);
}

Status mount_cgroups(InitContext& context) {
  // Nothing in this list comes from the host.
  std::vector<UniqueFd> none(context.plan.cgroup_mounts.size());
  std::vector<UniqueFd> no_uppers(context.plan.cgroup_mounts.size());
  return run_all(context, context.plan.cgroup_mounts, none, no_uppers);
}

}  // namespace cove::launch

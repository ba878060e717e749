// The child's steps that put the new root together and enter it.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>

#include "base/strings.h"
#include "kernel/mount/tree.h"
#include "kernel/procfs/mountinfo.h"
#include "launch/init.h"
#include "launch/overlay.h"
#include "sys/file.h"
#include "sys/mount.h"
#include "sys/process.h"

namespace cove::launch {
namespace {

// A mount stacked on the old root. Path lookups that start at "/" do not see it: they start below it, at the
// process's root. So nothing on the host needs to exist to mount on.
Status stack_on_root(int mount_fd) {
  return sys::attach_mount_at(mount_fd, AT_FDCWD, "/");
}

Status make_staging(InitContext& context) {
  std::vector<std::pair<std::string, std::string>> options{{"mode", "0755"}};
  if (context.plan.root.scratch_bytes != 0) {
    options.emplace_back("size", fmt::format("{}", context.plan.root.scratch_bytes));
  }
  const UniqueFd scratch =
      COVE_TRY(mount::make_filesystem("tmpfs", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)
                   .context("scratch layer"));
  COVE_TRY(stack_on_root(scratch.get()));
  context.staging = COVE_TRY(sys::open_at(scratch.get(), ".", O_RDONLY | O_DIRECTORY));
  return sys::make_directory_at(context.staging.get(), "root", 0755);
}

// pivot_root(2) takes no shared mount; as a slave it still sees what the host mounts below it later.
uint64_t propagation_until_pivot(const RootPlan& root) noexcept {
  const uint64_t wanted = root.propagation & ~uint64_t{MS_REC};
  return wanted == MS_SLAVE || wanted == MS_SHARED ? MS_SLAVE : MS_PRIVATE;
}

// A mount that covers "root" in the staging directory.
Status stage_root(InitContext& context, int mount_fd) {
  COVE_TRY(sys::attach_mount_at(mount_fd, context.staging.get(), "root"));
  context.root = COVE_TRY(sys::open_at(context.staging.get(), "root", O_PATH | O_DIRECTORY));
  return {};
}

// Where it was: hooks that run in our mount namespace know the root by the host's path, and what they mount
// there shall be inside.
Status mount_in_place(InitContext& context) {
  const uint64_t propagation = propagation_until_pivot(context.plan.root);
  COVE_TRY(sys::set_mount_attributes(context.root_source.get(), {.propagation = propagation}, true));
  COVE_TRY(sys::attach_mount(context.root_source.get(), context.root_place.get()));
  context.root_place.reset();
  context.root = std::move(context.root_source);
  return {};
}

// Mount points of the host's procfs and sysfs, in the order of the mounts.
Result<std::vector<std::string>> find_host_views() {
  constexpr size_t kLargest = size_t{16} << 20;
  const std::string text = COVE_TRY(sys::read_file("/proc/self/mountinfo", kLargest));
  std::vector<std::string> found;
  std::string_view rest = text;
  while (const auto line = next_line(rest)) {
    const Result<procfs::Mount> mount = procfs::parse_mount(*line);
    if (mount && (mount->fs_type == "proc" || mount->fs_type == "sysfs"))
      found.push_back(procfs::unescape(mount->mount_point));
  }
  return found;
}

}  // namespace

Status mount_root(InitContext& context) {
  const RootPlan& root = context.plan.root;
  if (root.kind == RootKind::none) return {};
  // From here on no mount or unmount of ours reaches the host. Slave, not private: what the host mounts later
  // can still appear in binds that ask for it.
  COVE_TRY(sys::set_mount_attributes_at(AT_FDCWD, "/", {.propagation = MS_SLAVE}, true));
  if (root.without_pivot) context.host_views = COVE_TRY(find_host_views());
  if (context.root_place.valid()) return mount_in_place(context);
  COVE_TRY(make_staging(context));
  UniqueFd mounted;
  switch (root.kind) {
    case RootKind::overlay:
      mounted = COVE_TRY(mount_overlay(context, {context.root_source.get(), &root.lowers, root.upper,
                                                 context.root_upper.get(), root.userxattr, "/"}));
      break;
    case RootKind::tmpfs: {
      // The scratch itself holds it, so one size bounds all writes. A bind of a directory of it becomes the
      // root.
      COVE_TRY(sys::make_directory_at(context.staging.get(), "view", 0755));
      mounted = COVE_TRY(sys::open_tree(context.staging.get(), "view", OPEN_TREE_CLONE));
      break;
    }
    default:
      mounted = std::move(context.root_source);
      COVE_TRY(
          sys::set_mount_attributes(mounted.get(), {.propagation = propagation_until_pivot(root)}, true));
      break;
  }
  return stage_root(context, mounted.get());
}

namespace {

// The kernel lets a user namespace mount a procfs or sysfs only if it can see one that nothing masks. The old
// root's would be such ones: without them the container's own, with what is masked in it, is what counts.
Status hide_host_views(const std::vector<std::string>& views) {
  for (auto path = views.rbegin(); path != views.rend(); ++path) {
    const Status detached = sys::detach_mount(path->c_str());
    if (detached) continue;
    // A user namespace may not take apart what it was given, but it may cover it.
    const UniqueFd cover = COVE_TRY(mount::make_filesystem("tmpfs", {}, MOUNT_ATTR_RDONLY));
    COVE_TRY(sys::attach_mount_at(cover.get(), AT_FDCWD, path->c_str()).context("cover the host's " + *path));
  }
  return {};
}

// The new root goes over the old one, which stays below it, out of reach: for a caller whose own root is a
// ramfs, where pivot_root(2) does not work.
Status move_root(InitContext& context) {
  COVE_TRY(hide_host_views(context.host_views));
  COVE_TRY(sys::change_directory_fd(context.root.get()));
  const UniqueFd moved =
      COVE_TRY(sys::open_tree(context.root.get(), "", OPEN_TREE_CLONE | AT_RECURSIVE | AT_EMPTY_PATH));
  COVE_TRY(sys::attach_mount_at(moved.get(), AT_FDCWD, "/"));
  COVE_TRY(sys::change_directory_fd(moved.get()));
  return sys::change_root_here();
}

Status swap_roots(InitContext& context) {
  COVE_TRY(sys::change_directory_fd(context.root.get()));
  COVE_TRY(sys::pivot_root_here());
  // Stacked on the new root are now the old one and, on that, the staging directory if there is one. "." as a
  // mount point means the topmost: so the first call detaches the staging, the second the old root with all
  // that is below it.
  if (context.staging.valid()) {
    context.staging.reset();
    COVE_TRY(sys::detach_mount("."));
  }
  return sys::detach_mount(".");
}

}  // namespace

Status pivot_root(InitContext& context) {
  const RootPlan& root = context.plan.root;
  if (root.kind == RootKind::none) return {};
  if (context.plan.container.enabled || !root.lowers.empty()) {
    // As runc, and Docker for an image, whose users count on it. Where it cannot be made, entering it says
    // why.
    static_cast<void>(
        mount::open_target(context.root.get(), context.plan.process.cwd, mount::Target::directory));
  }
  for (const std::string& path : root.read_only_last) {
    const UniqueFd target = COVE_TRY(mount::open_target(context.root.get(), path, mount::Target::must_exist));
    COVE_TRY(sys::set_mount_attributes(target.get(), {.set = MOUNT_ATTR_RDONLY}, false).context(path));
  }
  if (root.read_only) {
    COVE_TRY(sys::set_mount_attributes(context.root.get(), {.set = MOUNT_ATTR_RDONLY}, false)
                 .context("read-only root"));
  }
  COVE_TRY(root.without_pivot ? move_root(context) : swap_roots(context));
  COVE_TRY(sys::change_directory("/"));
  // Private and slave it is already; the mounts below it have been asked one by one.
  const uint64_t wanted = root.propagation & ~uint64_t{MS_REC};
  if (wanted != MS_SHARED && wanted != MS_UNBINDABLE) return {};
  return sys::set_mount_attributes_at(AT_FDCWD, "/", {.propagation = wanted}, false);
}

}  // namespace cove::launch

// The child's steps that put the new root together and enter it.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>

#include "kernel/mount/tree.h"
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

// A mount that covers "root" in the staging directory.
Status stage_root(InitContext& context, int mount_fd) {
  COVE_TRY(sys::attach_mount_at(mount_fd, context.staging.get(), "root"));
  context.root = COVE_TRY(sys::open_at(context.staging.get(), "root", O_PATH | O_DIRECTORY));
  return {};
}

}  // namespace

Status mount_root(InitContext& context) {
  const RootPlan& root = context.plan.root;
  if (root.kind == RootKind::none) return {};
  // From here on no mount or unmount of ours reaches the host. Slave, not private: what the host mounts later
  // can still appear in binds that ask for it.
  COVE_TRY(sys::set_mount_attributes_at(AT_FDCWD, "/", {.propagation = MS_SLAVE}, true));
  COVE_TRY(make_staging(context));
  UniqueFd mounted;
  switch (root.kind) {
    case RootKind::overlay:
      mounted = COVE_TRY(mount_overlay(
          context, {context.root_source.get(), root.upper, context.root_upper.get(), root.userxattr, "/"}));
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
      COVE_TRY(sys::set_mount_attributes(mounted.get(), {.propagation = MS_PRIVATE}, true));
      break;
  }
  return stage_root(context, mounted.get());
}

Status pivot_root(InitContext& context) {
  const RootPlan& root = context.plan.root;
  if (root.kind == RootKind::none) return {};
  if (root.read_only) {
    COVE_TRY(sys::set_mount_attributes(context.root.get(), {.set = MOUNT_ATTR_RDONLY}, false)
                 .context("read-only root"));
  }
  COVE_TRY(sys::change_directory_fd(context.root.get()));
  COVE_TRY(sys::pivot_root_here());
  // Stacked on the new root are now the old one and, on that, the staging directory. "." as a mount point
  // means the topmost: so the first call detaches the staging, the second the old root with all that is below
  // it.
  context.staging.reset();
  COVE_TRY(sys::detach_mount("."));
  COVE_TRY(sys::detach_mount("."));
  return sys::change_directory("/");
}

}  // namespace cove::launch

// The child's step that opens everything of the host that will be mounted: before any propagation is cut, so
// that rshared stays possible, and with the caller's own ids.
#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include "launch/init.h"
#include "sys/file.h"
#include "sys/mount.h"

namespace cove::launch {
namespace {

Result<UniqueFd> open_source(const MountPlan& mount) {
  Result<UniqueFd> source =
      sys::open_tree(AT_FDCWD, mount.source.c_str(), OPEN_TREE_CLONE | (mount.recursive ? AT_RECURSIVE : 0U));
  if (source) return source;
  Error& error = source.error();
  if (error.sys_errno() == ENOENT || error.sys_errno() == ENOTDIR) {
    if (mount.optional) return UniqueFd();
    error.set_code(ErrorCode::bind_source_missing);
  }
  if (error.sys_errno() == EINVAL && !mount.recursive) {
    error.set_hint(
        "below it are mounts that a user namespace may not take apart: use a recursive bind (rbind)");
  }
  return source;
}

// Now, and not when it is copied: "/" has a mount stacked on it then, into which a link with ".." would lead.
Result<UniqueFd> open_file(const MountPlan& mount) {
  Result<UniqueFd> file = sys::open_path(mount.source.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file && mount.optional) return UniqueFd();
  return file;
}

bool needs_source(const MountPlan& mount) {
  switch (mount.kind) {
    case MountKind::bind:
    case MountKind::overlay:
      return true;
    case MountKind::device:
      return !mount.source.empty();
    default:
      return false;
  }
}

Result<UniqueFd> open_upper(const std::string& upper) {
  if (upper.empty()) return UniqueFd();
  return sys::open_tree(AT_FDCWD, parent_directory(upper).c_str(), OPEN_TREE_CLONE | AT_RECURSIVE);
}

// Our own program on a read-only mount of its own, so that what runs inside can never write to it through
// /proc/1/exe (CVE-2019-5736). In the host's mount namespace it is there by name anyway, and a user namespace
// may not clone it: there it is only opened.
Result<UniqueFd> open_own_program(NamespaceMode mount_namespace) {
  if (mount_namespace == NamespaceMode::host) return sys::open_path("/proc/self/exe", O_PATH);
  // /proc/self/exe itself leads to the mount namespace of the exec, from which nothing can be cloned here: so
  // by name.
  const std::string path = COVE_TRY(sys::read_link_at(AT_FDCWD, "/proc/self/exe"));
  UniqueFd program =
      COVE_TRY(sys::open_tree(AT_FDCWD, path.c_str(), OPEN_TREE_CLONE).context("cove's own program"));
  const struct stat found = COVE_TRY(sys::stat_fd(program.get()));
  const struct stat running = COVE_TRY(sys::stat_at(AT_FDCWD, "/proc/self/exe"));
  if (found.st_dev != running.st_dev || found.st_ino != running.st_ino) {
    return Error(ErrorCode::system, path + " is no longer the program that runs: start cove again");
  }
  COVE_TRY(sys::set_mount_attributes(program.get(), {.set = MOUNT_ATTR_RDONLY}, false));
  return program;
}

bool hooks_see_root(const LaunchPlan& plan) {
  const bool hooks = !plan.container.hooks_after_mounts.empty() || !plan.process.hooks_before_pivot.empty();
  return hooks && plan.root.kind == RootKind::bind && plan.root.source != "/";
}

}  // namespace

Status open_mount_sources(InitContext& context) {
  const LaunchPlan& plan = context.plan;
  if (plan.process.init)
    context.init_executable = COVE_TRY(open_own_program(plan.ns(NamespaceKind::mount).mode));
  if (plan.root.kind == RootKind::none) return {};
  if (!plan.root.source.empty() && !context.root_source.valid()) {
    context.root_source =
        COVE_TRY(sys::open_tree(AT_FDCWD, plan.root.source.c_str(), OPEN_TREE_CLONE | AT_RECURSIVE));
  }
  if (hooks_see_root(plan))
    context.root_place = COVE_TRY(sys::open_path(plan.root.source.c_str(), O_PATH | O_DIRECTORY));
  context.root_upper = COVE_TRY(open_upper(plan.root.upper));
  for (size_t i = 0; i < plan.mounts.size(); ++i) {
    const MountPlan& mount = plan.mounts[i];
    if (mount.kind == MountKind::copy) context.mount_sources[i] = COVE_TRY(open_file(mount));
    if (!mount.idmapped && !mount.outside && needs_source(mount))
      context.mount_sources[i] = COVE_TRY(open_source(mount));
    context.mount_uppers[i] = COVE_TRY(open_upper(mount.upper));
  }
  return {};
}

}  // namespace cove::launch

#include "runtime/facts.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "kernel/caps/apply.h"
#include "kernel/lsm/lsm.h"
#include "launch/caller.h"
#include "runtime/compile.h"
#include "sys/file.h"
#include "sys/identity.h"
#include "sys/tty.h"

namespace cove::runtime {
namespace {

Status gather_caller(const spec::Spec& spec, Facts& facts) {
  facts.permitted = COVE_TRY(caps::permitted_capabilities());
  facts.privileged = sys::effective_uid() == 0 && facts.permitted.contains(CAP_SYS_ADMIN);
  facts.initial_userns = launch::in_initial_user_namespace();
  facts.caller.uid = sys::effective_uid();
  facts.caller.gid = sys::effective_gid();
  if (!facts.privileged && spec.linux_config.find_namespace("user") != nullptr)
    facts.caller = COVE_TRY(launch::read_caller());
  return {};
}

Status gather_root(const spec::Spec& spec, Facts& facts) {
  if (!spec.root) {
    return Error(ErrorCode::invalid_argument, "root: missing; config.json must name a root file system");
  }
  const std::string& path = spec.root->path;
  facts.rootfs = path.starts_with('/') ? path : fmt::format("{}/{}", facts.bundle, path);
  const Result<struct stat> info = sys::stat_at(AT_FDCWD, facts.rootfs.c_str());
  if (!info) {
    Error error = info.error();
    error.add_context("root.path").set_code(ErrorCode::rootfs_missing);
    return error;
  }
  if (S_ISDIR(info->st_mode)) return {};
  return Error(ErrorCode::rootfs_missing, fmt::format("root.path: {} is not a directory", facts.rootfs));
}

bool reachable_by_all(const std::string& path) {
  for (size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const bool last = end == std::string::npos;
    const Result<struct stat> info = sys::stat_at(AT_FDCWD, path.substr(0, end).c_str(), AT_SYMLINK_NOFOLLOW);
    if (!info) return true;  // whoever opens it tells what is wrong
    if (S_ISLNK(info->st_mode) || (!last && (info->st_mode & S_IXOTH) == 0)) return false;
    if (last) return true;
  }
}

void gather_sources(const spec::Spec& spec, Facts& facts) {
  const spec::Namespace* user = spec.linux_config.find_namespace("user");
  if (user == nullptr || !user->path.empty() || !facts.privileged || !facts.initial_userns) return;
  const auto look = [&](const std::string& path) {
    if (!reachable_by_all(path)) facts.closed_sources.insert(path);
  };
  look(facts.rootfs);
  for (const spec::Mount& mount : spec.mounts) {
    if (is_bind(mount)) look(in_bundle(facts.bundle, mount.source));
  }
}

// What runs when nothing else is said on the subject: the caller's terminal has a size, too.
void gather_terminal(const spec::Spec& spec, Facts& facts) {
  if (!spec.process->terminal || spec.process->console_size) return;
  const Result<struct winsize> size = sys::get_window_size(0);
  if (!size) return;
  facts.terminal_rows = size->ws_row;
  facts.terminal_columns = size->ws_col;
}

}  // namespace

Result<Facts> gather_facts(const spec::Spec& spec, const FactsRequest& request) {
  Facts facts;
  facts.id = request.options.id;
  facts.bundle = request.bundle;
  COVE_TRY(gather_caller(spec, facts));
  COVE_TRY(gather_root(spec, facts));
  facts.apparmor = !spec.process->apparmor_profile.empty() && lsm::enabled(lsm::Module::apparmor);
  const bool labelled = !spec.process->selinux_label.empty() || !spec.linux_config.mount_label.empty();
  facts.selinux = labelled && lsm::enabled(lsm::Module::selinux);
  facts.resources = to_cgroup(spec.linux_config.resources);
  facts.cgroup_place.id = facts.id;
  facts.cgroup_place.adopt = !request.scope_cgroup.empty();
  facts.cgroup_place.cgroups_path =
      facts.cgroup_place.adopt ? request.scope_cgroup : spec.linux_config.cgroups_path;
  facts.cgroups = COVE_TRY(cgroup::read_layout());
  facts.cgroup_facts =
      COVE_TRY(cgroup::gather_container_facts(facts.cgroups, facts.resources, facts.cgroup_place));
  gather_sources(spec, facts);
  gather_terminal(spec, facts);
  return facts;
}

}  // namespace cove::runtime

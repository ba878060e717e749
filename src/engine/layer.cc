#include "engine/layer.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include "engine/foreign_files.h"
#include "kernel/idmap/map_text.h"
#include "launch/keeper.h"
#include "sys/file.h"
#include "sys/identity.h"

namespace cove::engine {
namespace {

constexpr const char* kLayer = "layer";
constexpr std::string_view kWorkPrefix = ".cove-work-";

std::string layer_path(const Directory& directory) {
  return fmt::format("{}/{}", directory.path(), kLayer);
}

Status make_owned(const std::string& path, const launch::LaunchPlan& plan) {
  Status made = sys::make_directory_at(AT_FDCWD, path.c_str(), 0755);
  if (!made && made.error().sys_errno() == EEXIST) return {};
  if (!made) return Error(made.error());
  const idmap::IdMaps& maps = plan.idmap.maps;
  if (!plan.is_fresh(launch::NamespaceKind::user) || maps.uids.empty() || maps.gids.empty()) return {};
  const uid_t uid = maps.uids.front().outside;
  const gid_t gid = maps.gids.front().outside;
  const struct stat info = COVE_TRY(sys::stat_at(AT_FDCWD, path.c_str()));
  if (info.st_uid == uid && info.st_gid == gid) return {};
  return sys::change_owner_at(AT_FDCWD, path.c_str(), uid, gid, AT_SYMLINK_NOFOLLOW);
}

// In somebody else's /etc a container without root can make no file, not even to mount its host name on. In a
// directory of its own in the layer, through which the files of the other one are seen all the same, it can.
Status make_etc(const launch::LaunchPlan& plan) {
  if (sys::effective_uid() == 0 || !plan.is_fresh(launch::NamespaceKind::user)) return {};
  const Result<UniqueFd> root = sys::open_path(plan.root.source.c_str(), O_PATH | O_DIRECTORY);
  const auto missing = [&](const char* path) {
    const auto info = sys::stat_at(root->get(), path, AT_SYMLINK_NOFOLLOW);
    return !info && info.error().sys_errno() == ENOENT;
  };
  if (!root || !(missing("etc/hostname") || missing("etc/hosts") || missing("etc/resolv.conf"))) return {};
  const auto etc = sys::stat_at(root->get(), "etc", AT_SYMLINK_NOFOLLOW);
  if (!etc || !S_ISDIR(etc->st_mode)) return {};
  const idmap::IdMaps& maps = plan.idmap.maps;
  if (idmap::to_inside(maps.uids, etc->st_uid) && idmap::to_inside(maps.gids, etc->st_gid)) return {};
  return make_owned(plan.root.upper + "/etc", plan);
}

}  // namespace

Status use_layer(const Directory& directory, sandbox::Options& options) {
  if (options.rw || options.read_only || !options.upper.empty()) return {};
  const std::string layer = layer_path(directory);
  COVE_TRY(sys::make_directories(layer, 0711));
  if (options.rootfs.empty()) {
    options.layer = layer;
    return {};
  }
  options.upper = layer + "/root";
  return sys::make_directories(options.upper, 0755);
}

Status make_layer(const Directory& directory, const launch::LaunchPlan& plan) {
  const std::string layer = layer_path(directory);
  const auto inside = [&](const std::string& path) { return path.starts_with(layer + "/"); };
  if (inside(plan.root.source)) COVE_TRY(make_owned(plan.root.source, plan));
  if (inside(plan.root.upper)) {
    COVE_TRY(make_owned(plan.root.upper, plan));
    COVE_TRY(make_etc(plan));
  }
  for (const launch::MountPlan& mount : plan.mounts) {
    if (inside(mount.upper)) COVE_TRY(make_owned(mount.upper, plan));
  }
  return {};
}

std::vector<std::string> work_directories_of(const Directory& directory) {
  const std::string layer = layer_path(directory);
  std::vector<std::string> work;
  const Result<std::vector<std::string>> names = sys::list_directory(AT_FDCWD, layer.c_str());
  if (!names) return work;
  for (const std::string& name : *names) {
    if (name.starts_with(kWorkPrefix)) work.push_back(fmt::format("{}/{}", layer, name));
  }
  return work;
}

void clean_layer(const Directory& directory) noexcept {
  launch::remove_work_directories(work_directories_of(directory));
}

Status remove_layer(const Container& container) {
  return remove_foreign_tree(container.directory.fd(), kLayer);
}

}  // namespace cove::engine

// The list of mounts of config.json, and the paths that are hidden or made read-only.
#include <fmt/format.h>
#include <sys/mount.h>

#include "launch/cgroup_view.h"
#include "runtime/compile.h"
#include "runtime/mount_options.h"
#include "sys/mount.h"

namespace cove::runtime {
namespace {

using launch::MountKind;
using launch::MountPlan;
using launch::NamespaceKind;

// One entry of the list.
class MountCompiler {
 public:
  MountCompiler(const spec::Mount& mount, const spec::Spec& spec, const Facts& facts,
                launch::LaunchPlan& plan)
      : mount_(mount),
        options_(parse_mount_options(mount.options)),
        spec_(spec),
        facts_(facts),
        plan_(plan) {}

  Status compile();

 private:
  Status bind(MountPlan out);
  Status filesystem(MountPlan out);
  void cgroup();
  void add_changes(MountPlan& out) const;

  const spec::Mount& mount_;
  MountOptions options_;
  const spec::Spec& spec_;
  const Facts& facts_;
  launch::LaunchPlan& plan_;
};

Status MountCompiler::compile() {
  MountPlan out;
  out.target = mount_.destination.starts_with('/') ? mount_.destination : "/" + mount_.destination;
  if (options_.remount) {
    out.kind = MountKind::change;
    out.changes.push_back(options_.attributes);
    add_changes(out);
    plan_.mounts.push_back(std::move(out));
    return {};
  }
  if (options_.bind || mount_.type == "bind") return bind(std::move(out));
  if (mount_.type == "cgroup" || mount_.type == "cgroup2") {
    cgroup();
    return {};
  }
  return filesystem(std::move(out));
}

void MountCompiler::add_changes(MountPlan& out) const {
  if (options_.tree_attributes != launch::AttributeChange{}) out.changes.push_back(options_.tree_attributes);
  out.changes.insert(out.changes.end(), options_.propagation.begin(), options_.propagation.end());
}

Status MountCompiler::bind(MountPlan out) {
  out.kind = MountKind::bind;
  out.source = in_bundle(facts_.bundle, mount_.source);
  out.recursive = options_.recursive_bind;
  if (options_.attributes.set != 0 || options_.attributes.clear != 0)
    out.changes.push_back(options_.attributes);
  add_changes(out);
  // Their first word on the mount's place among the host's: the rest is done once it is attached.
  for (const launch::AttributeChange& change : options_.propagation) {
    if (change.propagation == MS_SLAVE || change.propagation == MS_SHARED)
      out.propagation = change.propagation;
  }
  const bool own_map = !mount_.uid_mappings.empty() || !mount_.gid_mappings.empty();
  if (!options_.idmap && !own_map) {
    out.outside = facts_.closed_sources.contains(out.source);
    plan_.mounts.push_back(std::move(out));
    return {};
  }
  out.idmapped = true;
  out.idmap_recursive = options_.idmap_recursive;
  if (own_map) {
    out.own_map = idmap::IdMaps{to_ranges(mount_.uid_mappings), to_ranges(mount_.gid_mappings)};
  } else if (plan_.ns(NamespaceKind::user).mode != launch::NamespaceMode::fresh) {
    Error error(ErrorCode::invalid_argument,
                "idmap: the container has no user namespace of its own to map by");
    error.set_hint("give the mount uidMappings and gidMappings");
    return error;
  }
  plan_.mounts.push_back(std::move(out));
  return {};
}

void MountCompiler::cgroup() {
  launch::CgroupView view;
  view.target = mount_.destination;
  view.attributes = options_.attributes.set;
  view.cgroup_namespace = plan_.ns(NamespaceKind::cgroup).mode != launch::NamespaceMode::host;
  for (MountPlan& mount : launch::cgroup_view(plan_.cgroup.directories, view))
    plan_.mounts.push_back(std::move(mount));
}

Status MountCompiler::filesystem(MountPlan out) {
  out.kind = MountKind::filesystem;
  out.type = mount_.type;
  out.source = mount_.source;
  out.options = std::move(options_.data);
  out.attributes = options_.attributes.set;
  out.copy_up = options_.copy_up;
  out.no_symlink = mount_.type == "proc" || mount_.type == "sysfs";
  if (out.type.empty()) {
    Error error(ErrorCode::invalid_argument, "type: missing");
    error.set_hint(R"(name a file system, as "tmpfs", or add the option "bind")");
    return error;
  }
  if (out.copy_up && out.type != "tmpfs") {
    return Error(ErrorCode::invalid_argument, "options: tmpcopyup is for a tmpfs only");
  }
  // What is copied must be written first.
  if (out.copy_up && (out.attributes & MOUNT_ATTR_RDONLY) != 0) {
    out.attributes &= ~uint64_t{MOUNT_ATTR_RDONLY};
    out.changes.push_back({.set = MOUNT_ATTR_RDONLY});
  }
  const std::string& label = spec_.linux_config.mount_label;
  const bool labelled = out.type != "proc" && out.type != "sysfs" && out.type != "mqueue";
  if (facts_.selinux && !label.empty() && labelled) out.options.emplace_back("context", label);
  add_changes(out);
  // What is mounted and made in it comes first: devices, the console, mount points.
  if (out.type == "tmpfs" && (out.attributes & MOUNT_ATTR_RDONLY) != 0) {
    out.attributes &= ~uint64_t{MOUNT_ATTR_RDONLY};
    plan_.root.read_only_last.push_back(out.target);
  }
  plan_.mounts.push_back(std::move(out));
  return {};
}

void compile_paths(const spec::LinuxConfig& config, launch::LaunchPlan& plan) {
  for (const std::string& path : config.readonly_paths) {
    MountPlan mount;
    mount.kind = MountKind::read_only;
    mount.target = path;
    plan.mounts.push_back(std::move(mount));
  }
  for (const std::string& path : config.masked_paths) {
    MountPlan mount;
    mount.kind = MountKind::mask;
    mount.target = path;
    plan.mounts.push_back(std::move(mount));
  }
}

}  // namespace

std::string in_bundle(const std::string& bundle, const std::string& path) {
  return path.starts_with('/') ? path : bundle + "/" + path;
}

Status compile_mounts(const spec::Spec& spec, const Facts& facts, launch::LaunchPlan& plan) {
  if (!plan.is_fresh(NamespaceKind::mount)) return {};
  for (size_t i = 0; i < spec.mounts.size(); ++i) {
    COVE_TRY(MountCompiler(spec.mounts[i], spec, facts, plan)
                 .compile()
                 .context(fmt::format("mounts[{}] ({})", i, spec.mounts[i].destination)));
  }
  COVE_TRY(compile_devices(spec, facts, plan));
  compile_paths(spec.linux_config, plan);
  return {};
}

}  // namespace cove::runtime

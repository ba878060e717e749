// What the user mounts, the paths that are hidden or read-only, and the sandbox's own cgroups at the end.
#include <fmt/format.h>
#include <sys/mount.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "launch/cgroup_view.h"
#include "sandbox/compile.h"
#include "sandbox/defaults.h"
#include "sys/mount.h"

namespace cove::sandbox {
namespace {

using launch::MountKind;
using launch::MountPlan;
using launch::NamespaceKind;

Error bad(const MountRequest& request, std::string_view text, std::string_view hint) {
  Error error(ErrorCode::invalid_argument, fmt::format("mount on {}: {}", request.target, text));
  error.set_hint(std::string(hint));
  return error;
}

uint64_t attributes_of(const MountRequest& request, bool inert) {
  uint64_t attributes = request.read_only ? MOUNT_ATTR_RDONLY : 0;
  if (request.nosuid.value_or(inert)) attributes |= MOUNT_ATTR_NOSUID;
  if (request.nodev.value_or(inert)) attributes |= MOUNT_ATTR_NODEV;
  if (request.noexec.value_or(inert)) attributes |= MOUNT_ATTR_NOEXEC;
  return attributes;
}

uint64_t propagation_of(MountRequest::Propagation propagation) {
  switch (propagation) {
    case MountRequest::Propagation::rslave:
    case MountRequest::Propagation::slave:
      return MS_SLAVE;
    case MountRequest::Propagation::rshared:
    case MountRequest::Propagation::shared:
      return MS_SHARED;
    default:
      return MS_PRIVATE;
  }
}

Result<MountPlan> compile_bind(const MountRequest& request, const HostFacts& facts,
                               const launch::LaunchPlan& plan) {
  const bool new_userns = plan.is_fresh(NamespaceKind::user);
  MountPlan mount;
  mount.kind = MountKind::bind;
  mount.source = request.source;
  mount.recursive = request.recursive;
  mount.optional = request.optional;
  mount.copy_up = request.copy_up;
  mount.attributes = attributes_of(request, false);
  mount.propagation = propagation_of(request.propagation);
  if (mount.propagation == MS_SHARED && new_userns) {
    return bad(request, "mounts made inside cannot reach the host from a user namespace",
               "use rslave, or --userns host as root");
  }
  if (request.idmap && !new_userns) {
    return bad(request, "idmap needs a user namespace to map into", "add --userns auto");
  }
  if (request.idmap && !(facts.privileged && facts.initial_userns)) {
    return bad(request, "only root can id-map a mount",
               "leave idmap out: without root your own files already belong to user 0 inside");
  }
  mount.idmapped =
      request.idmap || (request.shared_ids && new_userns && facts.privileged && facts.initial_userns);
  mount.idmap_recursive = mount.idmapped && mount.recursive;
  if (request.relabel && facts.selinux) {
    return bad(request, "relabelling for SELinux (z, Z) is not supported",
               "label the directory yourself: chcon -R -t container_file_t DIR");
  }
  return mount;
}

void add_tmpfs_options(const MountRequest& request, const Options& options, MountPlan& mount) {
  mount.options.emplace_back("mode", fmt::format("{:o}", request.mode.value_or(01777)));
  const uint64_t size = request.size_bytes != 0 ? request.size_bytes : options.tmpfs_bytes;
  if (size != 0) mount.options.emplace_back("size", fmt::format("{}", size));
}

std::string_view type_name(MountRequest::Type type) {
  switch (type) {
    case MountRequest::Type::tmpfs:
      return "tmpfs";
    case MountRequest::Type::proc:
      return "proc";
    case MountRequest::Type::sysfs:
      return "sysfs";
    case MountRequest::Type::devpts:
      return "devpts";
    case MountRequest::Type::mqueue:
      return "mqueue";
    default:
      return "cgroup2";
  }
}

Result<MountPlan> compile_request(const MountRequest& request, const Options& options, const HostFacts& facts,
                                  const launch::LaunchPlan& plan) {
  if (request.type == MountRequest::Type::bind) return compile_bind(request, facts, plan);
  MountPlan mount;
  if (request.type == MountRequest::Type::overlay) {
    mount.kind = MountKind::overlay;
    mount.source = request.source;
    mount.recursive = true;
    mount.upper = request.upper;
    mount.attributes = attributes_of(request, false);
    return mount;
  }
  if (request.type == MountRequest::Type::cgroup && facts.cgroups.kind != cgroup::Kind::v2) {
    return bad(request,
               fmt::format("this machine's cgroups are {}, not v2", cgroup::kind_name(facts.cgroups.kind)),
               "the sandbox's own hierarchies are below /sys/fs/cgroup already");
  }
  mount.kind = MountKind::filesystem;
  mount.type = type_name(request.type);
  mount.attributes = attributes_of(request, true);
  if (request.type == MountRequest::Type::tmpfs) add_tmpfs_options(request, options, mount);
  if (request.type == MountRequest::Type::devpts) mount.options.emplace_back("newinstance", "");
  return mount;
}

void add_device(const DeviceRequest& request, const DeviceFact& fact, const HostFacts& facts,
                launch::LaunchPlan& plan) {
  const bool nodes = facts.initial_userns && facts.privileged &&
                     plan.ns(NamespaceKind::user).mode == launch::NamespaceMode::host;
  MountPlan mount;
  mount.kind = MountKind::device;
  mount.target = request.target;
  if (!nodes) mount.source = request.source;
  mount.device = {fact.type, fact.major, fact.minor, fact.mode, fact.uid, fact.gid};
  plan.mounts.push_back(std::move(mount));
}

void add_path_rules(launch::LaunchPlan& plan) {
  const auto add = [&](MountKind kind, std::string_view path) {
    MountPlan mount;
    mount.kind = kind;
    mount.target = path;
    mount.optional = true;
    plan.mounts.push_back(std::move(mount));
  };
  for (const std::string_view path : kReadOnlyPaths) add(MountKind::read_only, path);
  for (const std::string_view path : kMaskedPaths) add(MountKind::mask, path);
}

// In a cgroup namespace of its own the sandbox sees its cgroups as the roots.
void add_cgroup_view(launch::LaunchPlan& plan) {
  if (!plan.is_fresh(NamespaceKind::cgroup)) return;
  constexpr uint64_t kAttributes =
      MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  for (MountPlan& mount :
       launch::cgroup_view(plan.cgroup.directories, {"/sys/fs/cgroup", kAttributes, true})) {
    plan.mounts.push_back(std::move(mount));
  }
}

// What lies below another target comes after it, in whatever order they were given; else as they were given.
std::vector<const MountRequest*> in_order(const std::vector<MountRequest>& requests) {
  const auto depth = [](const MountRequest* request) {
    return std::count(request->target.begin(), request->target.end(), '/');
  };
  std::vector<const MountRequest*> ordered;
  ordered.reserve(requests.size());
  for (const MountRequest& request : requests) ordered.push_back(&request);
  std::sort(ordered.begin(), ordered.end(), [&](const MountRequest* first, const MountRequest* second) {
    return std::pair(depth(first), first) < std::pair(depth(second), second);
  });
  return ordered;
}

}  // namespace

Status compile_mounts(const Options& options, const HostFacts& facts, launch::LaunchPlan& plan) {
  if (!plan.is_fresh(NamespaceKind::mount)) return {};
  const std::vector<const MountRequest*> requests = in_order(options.mounts);
  for (const MountRequest* request : requests) {
    MountPlan mount = COVE_TRY(compile_request(*request, options, facts, plan));
    mount.target = request->target;
    plan.mounts.push_back(std::move(mount));
  }
  for (size_t i = 0; i < options.devices.size(); ++i)
    add_device(options.devices[i], facts.devices[i], facts, plan);
  if (!options.privileged && !options.unmask_paths) add_path_rules(plan);
  add_cgroup_view(plan);
  return {};
}

}  // namespace cove::sandbox

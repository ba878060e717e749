// The root file system and what every sandbox has mounted in it.
#include <fmt/format.h>

#include <algorithm>

#include "kernel/idmap/map_text.h"
#include "launch/default_devices.h"
#include "sandbox/compile.h"
#include "sandbox/defaults.h"
#include "sys/mount.h"

namespace cove::sandbox {
namespace {

using launch::MountKind;
using launch::MountPlan;
using launch::NamespaceKind;
using launch::NamespaceMode;
using launch::RootKind;

constexpr uint32_t kTtyGroup = 5;  // in Debian, Fedora and the rest
constexpr uint64_t kInert = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

MountPlan make(MountKind kind, std::string_view target, std::string_view source = {}) {
  MountPlan mount;
  mount.kind = kind;
  mount.target = target;
  mount.source = source;
  return mount;
}

MountPlan filesystem(std::string_view type, std::string_view target, uint64_t attributes) {
  MountPlan mount = make(MountKind::filesystem, target);
  mount.type = type;
  mount.attributes = attributes;
  return mount;
}

MountPlan tmpfs(std::string_view target, std::string_view mode, uint64_t size_bytes, uint64_t attributes) {
  MountPlan mount = filesystem("tmpfs", target, attributes);
  mount.options.emplace_back("mode", mode);
  if (size_bytes != 0) mount.options.emplace_back("size", fmt::format("{}", size_bytes));
  return mount;
}

MountPlan host_bind(std::string_view path, uint64_t attributes) {
  MountPlan mount = make(MountKind::bind, path, path);
  mount.recursive = true;
  mount.attributes = attributes;
  return mount;
}

MountPlan text_file(std::string_view target, std::string content) {
  MountPlan mount = make(MountKind::file, target);
  mount.content = std::move(content);
  mount.mode = 0644;
  return mount;
}

MountPlan directory(std::string_view target, mode_t mode) {
  MountPlan mount = make(MountKind::directory, target);
  mount.mode = mode;
  mount.optional = true;
  return mount;
}

// "/usr/lib" -> "LAYER/view-usr-lib"
std::string layer_part(const std::string& layer, std::string_view path) {
  std::string name(path);
  std::replace(name.begin(), name.end(), '/', '-');
  return fmt::format("{}/view{}", layer, name);
}

class DefaultMounts {
 public:
  DefaultMounts(const Options& options, const HostFacts& facts, launch::LaunchPlan& plan)
      : options_(options), facts_(facts), plan_(plan) {}

  void add_system_view();
  void add_resolver();
  void add_standard();

 private:
  void add(MountPlan mount);
  void add_devices();
  void add_etc();
  // A new user namespace or somebody else's: not the caller's in any case.
  [[nodiscard]] bool other_userns() const { return !host(NamespaceKind::user); }
  [[nodiscard]] bool has_tty_group() const {
    if (plan_.is_fresh(NamespaceKind::user))
      return idmap::to_outside(plan_.idmap.maps.gids, kTtyGroup).has_value();
    return !other_userns() && facts_.tty_group_mapped;
  }
  [[nodiscard]] bool host(NamespaceKind kind) const { return plan_.ns(kind).mode == NamespaceMode::host; }

  const Options& options_;
  const HostFacts& facts_;
  launch::LaunchPlan& plan_;
};

// What the user mounts on the same place comes instead of ours.
void DefaultMounts::add(MountPlan mount) {
  const bool replaced =
      std::any_of(options_.mounts.begin(), options_.mounts.end(),
                  [&](const MountRequest& request) { return request.target == mount.target; });
  if (replaced) return;
  // What a layer that lasts has of it was changed inside, or made by an earlier start.
  const bool kept =
      mount.kind == MountKind::file || mount.kind == MountKind::copy || mount.kind == MountKind::symlink;
  if (!options_.layer.empty() && kept) mount.keep_existing = true;
  if (!options_.layer.empty() && mount.kind == MountKind::directory) mount.optional = true;
  plan_.mounts.push_back(std::move(mount));
}

void DefaultMounts::add_etc() {
  for (const std::string& file : facts_.etc_files) {
    MountPlan copy = make(MountKind::copy, file, file);
    copy.optional = true;
    copy.mode = 0644;
    add(std::move(copy));
  }
  for (const SystemPath& path : facts_.etc_directories) {
    if (!path.link_target.empty()) {
      add(make(MountKind::symlink, path.path, path.link_target));
      continue;
    }
    MountPlan bind = host_bind(path.path, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    bind.optional = true;
    add(std::move(bind));
  }
  std::string passwd =
      "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
      "bin:x:2:2:bin:/bin:/usr/sbin/nologin\nsys:x:3:3:sys:/dev:/usr/sbin/nologin\n"
      "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n";
  std::string group =
      "root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\ntty:x:5:\nusers:x:100:\nnogroup:x:65534:\n";
  if (options_.userns.kind == UsernsChoice::Kind::keep_id && facts_.caller.uid != 0 &&
      !facts_.caller.name.empty()) {
    passwd += fmt::format("{0}:x:{1}:{2}::/home/{0}:/bin/sh\n", facts_.caller.name, facts_.caller.uid,
                          facts_.caller.gid);
    group += fmt::format("{}:x:{}:\n", facts_.caller.name, facts_.caller.gid);
    add(directory("/home/" + facts_.caller.name, 0777));
  }
  add(text_file("/etc/passwd", std::move(passwd)));
  add(text_file("/etc/group", std::move(group)));
  add(text_file("/etc/hostname", plan_.hostname + "\n"));
  add(text_file("/etc/hosts", "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\t" +
                                  plan_.hostname + "\n"));
  add(make(MountKind::symlink, "/etc/mtab", "../proc/self/mounts"));
  if (!facts_.resolv_conf.empty()) {
    add(text_file("/etc/resolv.conf", facts_.resolv_conf));
  } else if (!plan_.is_fresh(NamespaceKind::network) || !plan_.networks.empty()) {
    MountPlan resolv = make(MountKind::copy, "/etc/resolv.conf", "/etc/resolv.conf");
    resolv.optional = true;
    resolv.mode = 0644;
    add(std::move(resolv));
  }
}

void DefaultMounts::add_resolver() {
  if (facts_.resolv_conf.empty()) return;
  MountPlan file = text_file("/etc/resolv.conf", facts_.resolv_conf);
  file.optional = true;
  add(std::move(file));
}

void DefaultMounts::add_system_view() {
  for (const SystemPath& path : facts_.system_directories) {
    if (!path.link_target.empty()) {
      add(make(MountKind::symlink, path.path, path.link_target));
      continue;
    }
    constexpr uint64_t kAttributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
    if (options_.read_only || path.mounts_below) {
      // An overlay shows one file system only, and a user namespace may not take mounts apart.
      add(host_bind(path.path, kAttributes | MOUNT_ATTR_RDONLY));
      continue;
    }
    MountPlan overlay = make(MountKind::overlay, path.path, path.path);
    if (!options_.layer.empty()) overlay.upper = layer_part(options_.layer, path.path);
    overlay.recursive = true;
    overlay.attributes = kAttributes;
    add(std::move(overlay));
  }
  add(directory("/etc", 0755));
  add_etc();
  add(directory("/root", 0700));
  add(directory("/home", 0755));
  add(directory("/var", 0755));
  add(directory("/var/tmp", 01777));
}

void DefaultMounts::add_devices() {
  const bool nodes = facts_.initial_userns && !other_userns() && facts_.privileged;
  for (const launch::DefaultDevice& device : launch::kDefaultDevices) {
    MountPlan mount = make(MountKind::device, device.path, nodes ? std::string_view{} : device.path);
    mount.device = {'c', device.major, device.minor, 0666, 0, 0};
    add(std::move(mount));
  }
  for (const launch::DefaultLink& link : launch::kDefaultLinks)
    add(make(MountKind::symlink, link.path, link.target));
}

void DefaultMounts::add_standard() {
  // In a user namespace, what belongs to a namespace of the host's cannot be mounted anew: the host's is
  // shown.
  if (other_userns() && host(NamespaceKind::pid)) {
    add(host_bind("/proc", kInert));
  } else {
    add(filesystem("proc", "/proc", kInert));
  }
  const bool all_devices = options_.privileged && !other_userns();
  if (all_devices) {
    add(host_bind("/dev", MOUNT_ATTR_NOSUID));
  } else {
    add(tmpfs("/dev", "755", uint64_t{64} << 10, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC));
    add_devices();
  }
  MountPlan pts = filesystem("devpts", "/dev/pts", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
  pts.options = {{"newinstance", ""}, {"ptmxmode", "0666"}, {"mode", "0620"}};
  if (has_tty_group()) {
    pts.options.emplace_back("gid", fmt::format("{}", kTtyGroup));
  }
  add(std::move(pts));
  if (host(NamespaceKind::ipc)) {
    add(host_bind("/dev/shm", kInert));
    MountPlan queues = host_bind("/dev/mqueue", kInert);
    queues.optional = true;
    add(std::move(queues));
  } else {
    add(tmpfs("/dev/shm", "1777", options_.shm_bytes, kInert));
    add(filesystem("mqueue", "/dev/mqueue", kInert));
  }
  const uint64_t read_only = options_.privileged ? 0 : MOUNT_ATTR_RDONLY;
  if (other_userns() && !plan_.is_fresh(NamespaceKind::network)) {
    add(host_bind("/sys", kInert | read_only));
  } else {
    add(filesystem("sysfs", "/sys", kInert | read_only));
  }
  // An image's own have what its programs look for, as the directories of their sockets; and what a container
  // writes there is still there when it starts again.
  if (!options_.lowers.empty() && !options_.read_only && options_.tmpfs_bytes == 0) return;
  const uint64_t size = options_.tmpfs_bytes != 0 ? options_.tmpfs_bytes : options_.storage_bytes.value_or(0);
  add(tmpfs("/run", "755", size, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV));
  add(tmpfs("/tmp", "1777", size, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV));
}

Error bad(std::string text) {
  return Error(ErrorCode::invalid_argument, std::move(text));
}

Status check_root_options(const Options& options) {
  if (options.rw && !options.upper.empty()) return bad("--rw and --upper: writes can go to one of them only");
  if (options.rw && options.read_only) return bad("--rw and --read-only exclude each other");
  if (options.rw && !options.lowers.empty()) return bad("--rw: an image is never written to");
  if (options.rootfs.empty() && options.rw)
    return bad("--rw needs --rootfs: the view of this machine is never written to");
  if (options.rootfs.empty() && !options.upper.empty()) {
    return bad("--upper needs --rootfs: writes to the view of this machine are thrown away");
  }
  return {};
}

Status bound_storage(const Options& options, launch::LaunchPlan& plan) {
  if (!options.storage_bytes) return {};
  if (plan.root.upper.empty() && !options.rw) {
    plan.root.scratch_bytes = *options.storage_bytes;
    return {};
  }
  if (!plan.root.upper.empty()) {
    plan.root.upper_quota_bytes = *options.storage_bytes;
    plan.root.upper_quota_required = !options.best_effort_limits;
    return {};
  }
  if (options.best_effort_limits) {
    plan.waived.emplace_back(
        "storage-size: writes go straight into --rootfs, which has no size limit of its own");
    return {};
  }
  Error error(ErrorCode::limit_unenforceable, "--storage-size cannot bound what --rw writes into --rootfs");
  error.set_hint(
      "leave out --rw for a throwaway layer, or use --upper; or waive it with --best-effort-limits");
  return error;
}

}  // namespace

Status compile_root(const Options& options, const HostFacts& facts, launch::LaunchPlan& plan) {
  if (!plan.is_fresh(NamespaceKind::mount)) return {};
  COVE_TRY(check_root_options(options));
  launch::RootPlan& root = plan.root;
  root.source = options.rootfs;
  root.lowers = options.lowers;
  root.read_only = options.read_only;
  root.userxattr = plan.ns(NamespaceKind::user).mode != NamespaceMode::host;
  root.upper = options.upper;
  DefaultMounts mounts(options, facts, plan);
  if (options.rootfs.empty()) {
    root.kind = options.layer.empty() ? RootKind::tmpfs : RootKind::overlay;
    if (!options.layer.empty()) {
      root.source = options.layer + "/empty";
      root.upper = options.layer + "/root";
    }
    mounts.add_system_view();
  } else {
    root.kind = options.rw ? RootKind::bind : RootKind::overlay;
    // The directory's files belong to this machine's ids; root can show them shifted into the sandbox's.
    // Only in the namespace that the file system was mounted in.
    root.idmapped = facts.privileged && facts.initial_userns && plan.is_fresh(NamespaceKind::user);
    root.claim_upper = root.idmapped && facts.upper && facts.upper->empty;
    // Only where it is thrown away at the end: the directory's files, and what is written to it, are the
    // user's.
    if (!options.rw && options.upper.empty() && !options.read_only) mounts.add_resolver();
  }
  COVE_TRY(bound_storage(options, plan));
  mounts.add_standard();
  return {};
}

}  // namespace cove::sandbox

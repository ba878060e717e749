#include <algorithm>
#include <utility>

#include "spec/runtime_spec.h"
#include "spec/words.h"

namespace cove::spec {
namespace {

Process example_process() {
  const std::vector<std::string> kept{"CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"};
  Process process;
  process.terminal = true;
  process.args = {"sh"};
  process.env = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"};
  process.cwd = "/";
  process.capabilities = Capabilities{
      .bounding = kept, .effective = kept, .inheritable = {}, .permitted = kept, .ambient = kept};
  process.rlimits = {{"RLIMIT_NOFILE", 1024, 1024}};
  process.no_new_privileges = true;
  return process;
}

std::vector<Mount> example_mounts() {
  return {
      {"/proc", "proc", "proc", {}},
      {"/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}},
      {"/dev/pts",
       "devpts",
       "devpts",
       {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}},
      {"/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}},
      {"/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}},
      {"/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"}},
      {"/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "relatime", "ro"}},
  };
}

// Without root, sysfs cannot be mounted in the host's network namespace, and only one group is mapped.
void make_rootless(Spec& spec, const ExampleOptions& options) {
  LinuxConfig& config = spec.linux_config;
  std::erase_if(config.namespaces, [](const Namespace& entry) { return entry.type == "network"; });
  config.namespaces.push_back({"user", {}});
  config.uid_mappings = {{0, options.host_uid, 1}};
  config.gid_mappings = {{0, options.host_gid, 1}};
  config.resources = {};
  for (Mount& mount : spec.mounts) {
    if (mount.destination == "/sys") {
      mount = {"/sys", "none", "/sys", {"rbind", "nosuid", "noexec", "nodev", "ro"}};
    }
    std::erase_if(mount.options, [](const std::string& option) { return option.starts_with("gid="); });
  }
}

}  // namespace

Spec example_spec(const ExampleOptions& options) {
  Spec spec;
  spec.oci_version = kVersionMax;
  spec.process = example_process();
  spec.root = Root{"rootfs", true};
  spec.hostname = "cove";
  spec.mounts = example_mounts();
  LinuxConfig& config = spec.linux_config;
  config.resources.devices = {{.allow = false, .access = "rwm"}};
  config.namespaces = {{"pid", {}}, {"network", {}}, {"ipc", {}}, {"uts", {}}, {"mount", {}}};
  if (options.cgroup_namespace) config.namespaces.push_back({"cgroup", {}});
  config.masked_paths = {"/proc/acpi",          "/proc/asound",     "/proc/kcore",       "/proc/keys",
                         "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
                         "/sys/firmware",       "/proc/scsi"};
  config.readonly_paths = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
  if (options.rootless) make_rootless(spec, options);
  return spec;
}

}  // namespace cove::spec

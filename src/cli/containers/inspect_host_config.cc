#include <fmt/format.h>

#include <algorithm>

#include "cli/containers/inspect_object.h"
#include "cli/containers/network_object.h"

namespace cove::cli {
namespace {

using format::Value;

Value rates(const std::vector<cgroup::DeviceRate>& list) {
  Value array = format::Array();
  for (const cgroup::DeviceRate& rate : list) {
    array.push(Value::record(
        {{"Path", fmt::format("/dev/block/{}:{}", rate.major, rate.minor)}, {"Rate", rate.per_second}}));
  }
  return array;
}

// Docker's -1 where there is no limit.
int64_t signed_limit(std::optional<uint64_t> limit) noexcept {
  if (!limit) return 0;
  return *limit == cgroup::kUnlimited ? -1 : static_cast<int64_t>(*limit);
}

void set_limits(Value& object, const cgroup::Limits& limits) {
  constexpr uint64_t kNanoCpus = 1'000'000'000;
  // In two steps: the quota may have 44 bits.
  const auto nano_cpus = [](const cgroup::CpuQuota& quota) {
    return quota.quota_us / quota.period_us * kNanoCpus +
           quota.quota_us % quota.period_us * kNanoCpus / quota.period_us;
  };
  object.set("CpuShares", limits.cpu_shares.value_or(0));
  object.set("Memory", signed_limit(limits.memory_bytes));
  object.set("NanoCpus", limits.cpu_quota ? nano_cpus(*limits.cpu_quota) : 0U);
  object.set("BlkioWeight", limits.blkio_weight.value_or(0));
  object.set("BlkioDeviceReadBps", rates(limits.read_bps));
  object.set("BlkioDeviceWriteBps", rates(limits.write_bps));
  object.set("BlkioDeviceReadIOps", rates(limits.read_iops));
  object.set("BlkioDeviceWriteIOps", rates(limits.write_iops));
  object.set("CpuPeriod", 0);
  object.set("CpuQuota", 0);
  object.set("CpusetCpus", limits.cpuset_cpus);
  object.set("CpusetMems", limits.cpuset_mems);
  object.set("MemoryReservation", signed_limit(limits.memory_reservation_bytes));
  // Without a word about swap there is none: as much in all as memory.
  object.set("MemorySwap",
             signed_limit(limits.memory_swap_bytes ? limits.memory_swap_bytes : limits.memory_bytes));
  object.set("PidsLimit", limits.pids_max && !limits.pids_max_is_default
                              ? Value(signed_limit(limits.pids_max))
                              : Value(nullptr));
}

std::string choice_text(const sandbox::NamespaceChoice& choice, const std::string& shared,
                        std::string_view fresh) {
  using Kind = sandbox::NamespaceChoice::Kind;
  if (!shared.empty()) return "container:" + shared;
  switch (choice.kind) {
    case Kind::host:
      return "host";
    case Kind::path:
      return "ns:" + choice.path;
    case Kind::pid:
      return fmt::format("pid:{}", choice.pid);
    case Kind::unset:
    case Kind::fresh:
      break;
  }
  return std::string(fresh);
}

std::string userns_text(const engine::Record& record) {
  using Kind = sandbox::UsernsChoice::Kind;
  const sandbox::UsernsChoice& choice = record.options.userns;
  if (!record.shared.userns.empty()) return "container:" + record.shared.userns;
  switch (choice.kind) {
    case Kind::automatic:
      return "auto";
    case Kind::keep_id:
      return "keep-id";
    case Kind::host:
      return "host";
    case Kind::map:
      return choice.map;
    case Kind::path:
      return "ns:" + choice.path;
    case Kind::pid:
      return fmt::format("pid:{}", choice.pid);
    case Kind::unset:
      break;
  }
  return "";
}

Value binds_of(const engine::Record& record) {
  Value binds = format::Array();
  for (const engine::VolumeUse& use : record.volumes)
    binds.push(fmt::format("{}:{}{}", use.name, use.target, use.read_only ? ":ro" : ""));
  for (const sandbox::MountRequest& mount : record.options.mounts) {
    if (mount.type == sandbox::MountRequest::Type::bind)
      binds.push(fmt::format("{}:{}{}", mount.source, mount.target, mount.read_only ? ":ro" : ""));
  }
  return std::move(binds).null_if_empty();
}

Value tmpfs_of(const sandbox::Options& options) {
  Value tmpfs = Value::map();
  for (const sandbox::MountRequest& mount : options.mounts) {
    if (mount.type != sandbox::MountRequest::Type::tmpfs) continue;
    tmpfs.set(mount.target, mount.size_bytes != 0 ? fmt::format("size={}", mount.size_bytes) : "");
  }
  return tmpfs;
}

Value devices_of(const sandbox::Options& options) {
  Value devices = format::Array();
  for (const sandbox::DeviceRequest& device : options.devices) {
    devices.push(Value::record({{"PathOnHost", device.source},
                                {"PathInContainer", device.target},
                                {"CgroupPermissions", device.access}}));
  }
  return devices;
}

Value ulimits_of(const sandbox::Options& options) {
  Value list = format::Array();
  for (const rlimit::Limit& limit : options.ulimits) {
    list.push(Value::record({{"Name", rlimit::resource_name(limit.resource)},
                             {"Hard", static_cast<int64_t>(limit.hard)},
                             {"Soft", static_cast<int64_t>(limit.soft)}}));
  }
  return list;
}

Value security_of(const sandbox::Options& options) {
  Value list = format::Array();
  if (options.no_new_privs) list.push("no-new-privileges");
  if (options.seccomp == sandbox::SeccompChoice::unconfined) list.push("seccomp=unconfined");
  if (options.seccomp == sandbox::SeccompChoice::file) list.push("seccomp=" + options.seccomp_file);
  if (!options.apparmor.empty()) list.push("apparmor=" + options.apparmor);
  if (options.unmask_paths) list.push("systempaths=unconfined");
  return list;
}

Value restart_of(const engine::RestartPolicy& policy) {
  engine::RestartPolicy kind = policy;
  kind.max_retries = 0;
  return Value::record({{"Name", engine::print_restart(kind)}, {"MaximumRetryCount", policy.max_retries}});
}

Value string_map(const fields::StringMap& map) {
  Value object = Value::map();
  for (const auto& [key, value] : map) object.set(key, value);
  return object;
}

Value no_list() {
  return Value(format::Array()).null_if_empty();
}

void set_names(Value& object, const engine::NameSettings& names) {
  object.set("Dns", Value::strings(names.servers));
  object.set("DnsOptions", Value::strings(names.options));
  object.set("DnsSearch", Value::strings(names.searches));
  object.set("ExtraHosts", Value::strings(names.hosts).null_if_empty());
}

// As dockerd names them since version 20.10, however they were written: "CAP_NET_ADMIN", "ALL".
Value capabilities(const std::vector<std::string>& names) {
  std::vector<std::string> whole;
  whole.reserve(names.size());
  for (std::string name : names) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    const bool bare = name != "ALL" && !name.starts_with("CAP_");
    whole.push_back(bare ? "CAP_" + name : std::move(name));
  }
  return Value::strings(whole).null_if_empty();
}

}  // namespace

Value host_config_object(const engine::Record& record) {
  const sandbox::Options& options = record.options;
  Value object = Value::record();
  object.set("Binds", binds_of(record));
  object.set("ContainerIDFile", "");
  object.set("LogConfig",
             Value::record({{"Type", record.logs.driver}, {"Config", string_map(record.logs.options)}}));
  object.set("NetworkMode", network_of(record));
  object.set("PortBindings", port_bindings(record.options.networks.ports));
  if (const std::string egress = network::print_egress(record.options.networks.egress); !egress.empty())
    object.set("Egress", egress);
  if (const std::string rate = network::print_net_rate(record.options.networks.rate); !rate.empty())
    object.set("NetRate", rate);
  object.set("RestartPolicy", restart_of(record.restart));
  object.set("AutoRemove", record.auto_remove);
  object.set("VolumeDriver", "");
  object.set("VolumesFrom", no_list());
  object.set("CapAdd", capabilities(options.cap_adds));
  object.set("CapDrop", capabilities(options.cap_drops));
  object.set("CgroupnsMode", choice_text(options.cgroupns, {}, "private"));
  set_names(object, record.names);
  object.set("GroupAdd", Value::strings(options.group_adds).null_if_empty());
  object.set("IpcMode", choice_text(options.ipc, record.shared.ipc, "private"));
  object.set("Links", no_list());
  object.set("OomScoreAdj", options.oom_score_adj.value_or(0));
  object.set("PidMode", choice_text(options.pid, record.shared.pid, ""));
  object.set("Privileged", options.privileged);
  object.set("PublishAllPorts", options.networks.publish_all);
  object.set("ReadonlyRootfs", options.read_only);
  object.set("SecurityOpt", security_of(options));
  object.set("StorageOpt", options.storage_bytes
                               ? Value::map({{"size", fmt::format("{}", *options.storage_bytes)}})
                               : Value::map().null_if_empty());
  object.set("Tmpfs", tmpfs_of(options));
  object.set("UTSMode", choice_text(options.uts, record.shared.uts, ""));
  object.set("UsernsMode", userns_text(record));
  object.set("ShmSize", options.shm_bytes);
  object.set("Sysctls", string_map(options.sysctls));
  object.set("Runtime", "cove");
  set_limits(object, options.limits);
  object.set("Devices", devices_of(options));
  object.set("DeviceCgroupRules", no_list());
  object.set("OomKillDisable", nullptr);
  object.set("Ulimits", ulimits_of(options));
  object.set("Init", options.init);
  return object;
}

}  // namespace cove::cli

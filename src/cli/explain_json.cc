#include <fmt/format.h>

#include <utility>

#include "base/json_writer.h"
#include "cli/explain.h"
#include "cli/plan_words.h"
#include "kernel/caps/capability.h"
#include "kernel/seccomp/names.h"

namespace cove::cli {
namespace {

using launch::LaunchPlan;
using launch::MountKind;
using launch::MountPlan;
using launch::NamespaceKind;
using launch::NamespaceMode;

std::string_view mode_name(NamespaceMode mode) noexcept {
  switch (mode) {
    case NamespaceMode::host:
      return "host";
    case NamespaceMode::fresh:
      return "private";
    case NamespaceMode::join:
      return "join";
  }
  return "unknown";
}

std::string_view writer_name(idmap::MapWriter writer) noexcept {
  switch (writer) {
    case idmap::MapWriter::none:
      return "none";
    case idmap::MapWriter::direct:
      return "direct";
    case idmap::MapWriter::helper:
      return "helper";
  }
  return "unknown";
}

std::string_view stdio_name(launch::StdioMode mode) noexcept {
  switch (mode) {
    case launch::StdioMode::inherit:
      return "inherit";
    case launch::StdioMode::pipes:
      return "pipes";
    case launch::StdioMode::tty:
      return "tty";
  }
  return "unknown";
}

template <typename Strings>
void write_strings(JsonWriter& json, std::string_view key, const Strings& strings) {
  json.key(key).begin_array();
  for (const auto& text : strings) json.value(std::string_view(text));
  json.end_array();
}

void write_optional(JsonWriter& json, std::string_view key, std::string_view text) {
  if (!text.empty()) json.member(key, text);
}

void write_namespaces(JsonWriter& json, const LaunchPlan& plan, const network::Request& networks) {
  json.key("namespaces").begin_object();
  for (size_t i = 0; i < launch::kNamespaceKinds; ++i) {
    const auto& ns = plan.namespaces[i];
    json.key(launch::namespace_name(static_cast<NamespaceKind>(i))).begin_object();
    json.member("mode", mode_name(ns.mode));
    write_optional(json, "path", ns.path);
    json.end_object();
  }
  json.end_object();
  json.member("hostname", plan.hostname).member("domainname", plan.domainname);
  json.member("loopback_up", plan.loopback_up);
  if (!plan.networks.empty()) write_strings(json, "networks", plan.networks);
  write_optional(json, "egress", network::print_egress(networks.egress));
  write_optional(json, "net_rate", network::print_net_rate(networks.rate));
  json.key("time_offsets").begin_object();
  json.member("monotonic_ns", plan.time_offsets.monotonic_ns);
  json.member("boottime_ns", plan.time_offsets.boottime_ns).end_object();
}

void write_ranges(JsonWriter& json, std::string_view key, const std::vector<idmap::IdRange>& ranges) {
  json.key(key).begin_array();
  for (const auto& range : ranges) {
    json.begin_object().member("inside", range.inside).member("outside", range.outside);
    json.member("count", range.count).end_object();
  }
  json.end_array();
}

void write_ids(JsonWriter& json, const idmap::IdMapPlan& plan) {
  json.key("id_maps").begin_object();
  json.member("writer", writer_name(plan.writer)).member("deny_setgroups", plan.deny_setgroups);
  write_ranges(json, "uids", plan.maps.uids);
  write_ranges(json, "gids", plan.maps.gids);
  json.end_object();
}

void write_root(JsonWriter& json, const launch::RootPlan& root) {
  json.key("root").begin_object();
  json.member("kind", root_kind_name(root.kind));
  write_optional(json, "source", root.source);
  write_optional(json, "upper", root.upper);
  json.member("read_only", root.read_only).member("id_mapped", root.idmapped);
  if (root.scratch_bytes != 0) json.member("scratch_bytes", root.scratch_bytes);
  if (root.upper_quota_bytes != 0) json.member("quota_bytes", root.upper_quota_bytes);
  json.end_object();
}

void write_mount(JsonWriter& json, const MountPlan& mount) {
  json.begin_object();
  json.member("kind", mount_kind_name(mount.kind)).member("target", mount.target);
  write_optional(json, "source", mount.source);
  write_optional(json, "type", mount.type);
  write_optional(json, "upper", mount.upper);
  if (!mount.options.empty()) {
    json.key("options").begin_array();
    for (const auto& [key, value] : mount.options)
      json.value(value.empty() ? key : fmt::format("{}={}", key, value));
    json.end_array();
  }
  if (mount.attributes != 0) write_strings(json, "attributes", attribute_names(mount.attributes));
  if (mount.kind == MountKind::bind) {
    json.member("recursive", mount.recursive).member("propagation", propagation_name(mount.propagation));
    json.member("id_mapped", mount.idmapped);
  }
  if (mount.kind == MountKind::directory || mount.kind == MountKind::file || mount.kind == MountKind::copy) {
    json.member("mode", fmt::format("{:04o}", mount.mode));
  }
  if (mount.kind == MountKind::file) json.member("content", mount.content);
  if (mount.kind == MountKind::device) {
    const std::string type(1, mount.device.type);
    json.member("device", fmt::format("{} {}:{}", type, mount.device.major, mount.device.minor));
  }
  json.member("optional", mount.optional);
  json.end_object();
}

void write_cgroup(JsonWriter& json, const cgroup::CgroupPlan& plan) {
  json.key("cgroup").begin_object();
  json.key("enable").begin_array();
  for (const auto& enable : plan.enable) {
    json.begin_object().member("path", enable.path).member("controllers", enable.value).end_object();
  }
  json.end_array();
  json.key("directories").begin_array();
  for (const auto& directory : plan.directories) {
    json.begin_object().member("version", directory.version).member("path", directory.path);
    write_strings(json, "controllers", directory.controllers);
    json.end_object();
  }
  json.end_array();
  json.key("writes").begin_array();
  for (const auto& write : plan.writes) {
    json.begin_object().member("path",
                               fmt::format("{}/{}", plan.directories[write.directory].path, write.file));
    json.member("value", write.value);
    write_optional(json, "option", write.option);
    json.end_object();
  }
  json.end_array();
  if (plan.bpf_devices) {
    json.key("devices").begin_object().member("default", plan.bpf_devices->default_allow ? "allow" : "deny");
    json.key("exceptions").begin_array();
    for (const auto& rule : plan.bpf_devices->exceptions) json.value(cgroup::print_device_rule(rule));
    json.end_array().end_object();
  }
  json.end_object();
}

void write_limit_value(JsonWriter& json, std::string_view key, uint64_t value) {
  json.key(key);
  if (value == rlimit::kUnlimited) {
    json.value("unlimited");
  } else {
    json.value(value);
  }
}

void write_seccomp(JsonWriter& json, size_t instructions, const seccomp::Summary* summary) {
  json.key("seccomp").begin_object().member("instructions", instructions);
  if (instructions != 0 && summary != nullptr) {
    json.member("default", seccomp::describe_verdict(summary->default_verdict));
    json.key("abis").begin_array();
    for (const auto& abi : summary->abis) {
      json.begin_object().member("name", seccomp::abi_name(abi.abi));
      json.member("allowed", abi.allowed).member("refused", abi.refused);
      write_strings(json, "by_argument", abi.by_argument);
      json.key("otherwise").begin_object();
      for (const auto& group : abi.otherwise) write_strings(json, group.verdict, group.names);
      json.end_object();
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
}

void write_lockdown(JsonWriter& json, const launch::LockdownPlan& lockdown, const seccomp::Summary* summary) {
  json.key("lockdown").begin_object();
  json.member("keep_all_capabilities", lockdown.keep_all_capabilities);
  json.key("capabilities").begin_array();
  for (unsigned number = 0; number < caps::kCapabilityCount; ++number) {
    if (lockdown.bounding.contains(number)) json.value(caps::capability_name(number));
  }
  json.end_array();
  json.member("no_new_privs", lockdown.no_new_privs);
  write_seccomp(json, lockdown.seccomp.size(), summary);
  json.member("apparmor_profile", lockdown.apparmor_profile);
  json.member("new_session_keyring", lockdown.new_session_keyring);
  json.key("landlock").begin_array();
  for (const auto& rule : lockdown.landlock) {
    json.begin_object().member("path", rule.path);
    json.member("write", rule.access == landlock::Access::read_write).end_object();
  }
  json.end_array();
  json.key("rlimits").begin_array();
  for (const auto& limit : lockdown.rlimits) {
    json.begin_object().member("name", rlimit::resource_name(limit.resource));
    write_limit_value(json, "soft", limit.soft);
    write_limit_value(json, "hard", limit.hard);
    json.end_object();
  }
  json.end_array();
  json.key("oom_score_adj");
  if (lockdown.oom_score_adj) {
    json.value(*lockdown.oom_score_adj);
  } else {
    json.null();
  }
  json.end_object();
}

void write_process(JsonWriter& json, const launch::ProcessPlan& process) {
  json.key("process").begin_object();
  write_strings(json, "argv", process.argv);
  write_strings(json, "env", process.env);
  json.member("cwd", process.cwd).member("user", user_name(process.user));
  write_strings(json, "group_adds", process.group_adds);
  json.member("init", process.init).member("stdio", stdio_name(process.stdio));
  json.member("null_stdin", process.null_stdin);
  json.end_object();
}

}  // namespace

std::string explain_json(const LaunchPlan& plan, const seccomp::Summary* seccomp,
                         const network::Request& networks) {
  JsonWriter json;
  json.begin_object();
  json.member("schema", kPlanSchema).member("id", plan.id);
  write_namespaces(json, plan, networks);
  write_ids(json, plan.idmap);
  write_root(json, plan.root);
  json.key("mounts").begin_array();
  for (const MountPlan& mount : plan.mounts) write_mount(json, mount);
  json.end_array();
  json.key("sysctls").begin_array();
  for (const auto& [key, value] : plan.sysctls) {
    json.begin_object().member("key", key).member("value", value).end_object();
  }
  json.end_array();
  write_cgroup(json, plan.cgroup);
  write_lockdown(json, plan.lockdown, seccomp);
  write_process(json, plan.process);
  write_strings(json, "waived", plan.waived);
  write_strings(json, "warnings", plan.warnings);
  json.end_object();
  return std::move(json).text() + "\n";
}

}  // namespace cove::cli

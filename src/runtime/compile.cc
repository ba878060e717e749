#include "runtime/compile.h"

#include <fmt/format.h>

#include "launch/protocol.h"
#include "runtime/notify.h"
#include "runtime/number_list.h"
#include "runtime/store.h"

namespace cove::runtime {
namespace {

constexpr unsigned long kLinux32 = 0x0008;  // PER_LINUX32

constexpr std::pair<std::string_view, int> kMemoryModes[] = {
    {"MPOL_DEFAULT", 0},
    {"MPOL_PREFERRED", 1},
    {"MPOL_BIND", 2},
    {"MPOL_INTERLEAVE", 3},
    {"MPOL_LOCAL", 4},
    {"MPOL_PREFERRED_MANY", 5},
    {"MPOL_WEIGHTED_INTERLEAVE", 6},
};
constexpr std::pair<std::string_view, int> kMemoryFlags[] = {
    {"MPOL_F_NUMA_BALANCING", 1 << 13}, {"MPOL_F_RELATIVE_NODES", 1 << 14}, {"MPOL_F_STATIC_NODES", 1 << 15}};

Result<int> look_up(std::span<const std::pair<std::string_view, int>> words, std::string_view word,
                    std::string_view place) {
  for (const auto& [name, value] : words) {
    if (name == word) return value;
  }
  return Error(ErrorCode::invalid_argument, fmt::format("{}: unknown value '{}'", place, word));
}

Status compile_memory_policy(const spec::LinuxConfig& config, launch::ProcessPlan& process) {
  if (!config.memory_policy) return {};
  const spec::MemoryPolicy& policy = *config.memory_policy;
  launch::MemoryPolicyPlan plan;
  plan.mode = COVE_TRY(look_up(kMemoryModes, policy.mode, "linux.memoryPolicy.mode"));
  for (const std::string& flag : policy.flags)
    plan.mode |= COVE_TRY(look_up(kMemoryFlags, flag, "linux.memoryPolicy.flags"));
  if (!policy.nodes.empty())
    plan.nodes = COVE_TRY(parse_number_list(policy.nodes).context("linux.memoryPolicy.nodes"));
  process.memory_policy = std::move(plan);
  return {};
}

// LISTEN_FDS of systemd's sd_listen_fds(3) and NOTIFY_SOCKET of sd_notify(3), handed on.
void hand_on(const Facts& facts, launch::ProcessPlan& process) {
  if (facts.listen_fds != 0) {
    process.env.push_back(fmt::format("LISTEN_FDS={}", facts.listen_fds));
    process.env.emplace_back("LISTEN_PID=1");
  }
  if (!facts.notify_directory.empty())
    process.env.push_back(fmt::format("NOTIFY_SOCKET={}/notify.sock", kNotifyTarget));
}

Status compile_first_process(const spec::Spec& spec, const Facts& facts, const CreateOptions& options,
                             launch::LaunchPlan& plan) {
  const bool host_userns = plan.ns(launch::NamespaceKind::user).mode == launch::NamespaceMode::host;
  const ProcessContext context{*spec.process,  spec.linux_config, facts.permitted,   host_userns,
                               facts.apparmor, facts.selinux,     keeps_groups(spec)};
  COVE_TRY(compile_process(context, plan));
  COVE_TRY(compile_lockdown(context, plan));
  launch::ProcessPlan& process = plan.process;
  process.preserved_fds = options.streams.preserve_fds + facts.listen_fds;
  if (facts.terminal_rows != 0) process.console_size = {facts.terminal_rows, facts.terminal_columns};
  if (spec.linux_config.personality)
    process.personality = spec.linux_config.personality->domain == "LINUX32" ? kLinux32 : 0;
  COVE_TRY(compile_memory_policy(spec.linux_config, process));
  hand_on(facts, process);
  plan.lockdown.new_session_keyring = !options.no_new_keyring;
  return {};
}

}  // namespace

std::vector<launch::Hook> to_hooks(const std::vector<spec::Hook>& hooks) {
  std::vector<launch::Hook> out;
  out.reserve(hooks.size());
  for (const spec::Hook& hook : hooks) {
    out.push_back({hook.path, hook.args, hook.env, std::nullopt});
    if (hook.timeout) out.back().timeout_ms = static_cast<uint64_t>(*hook.timeout) * 1000;
  }
  return out;
}

Status compile_hooks(const spec::Spec& spec, const Facts& facts, launch::LaunchPlan& plan) {
  std::vector<launch::Hook>& runtime_hooks = plan.container.hooks_after_mounts;
  runtime_hooks = to_hooks(spec.hooks.prestart);
  for (launch::Hook& hook : to_hooks(spec.hooks.create_runtime)) runtime_hooks.push_back(std::move(hook));
  plan.process.hooks_before_pivot = to_hooks(spec.hooks.create_container);
  plan.process.hooks_before_exec = to_hooks(spec.hooks.start_container);
  if (!launch::has_hooks(plan)) return {};
  Record record;
  record.id = facts.id;
  record.oci_version = spec.oci_version;
  record.bundle = facts.bundle;
  record.annotations = spec.annotations;
  plan.container.hook_state.text = spec::print_state(state_of(record, spec::ContainerStatus::creating), true);
  return {};
}

Result<launch::LaunchPlan> compile_plan(const spec::Spec& spec, const Facts& facts,
                                        const CreateOptions& options) {
  launch::LaunchPlan plan;
  plan.id = facts.id;
  plan.container.enabled = true;
  plan.container.start_socket = facts.start_socket;
  if (facts.privileged) plan.kept_namespace = launch::kKeptNamespace;
  COVE_TRY(compile_namespaces(spec, facts, plan));
  COVE_TRY(compile_cgroup(facts, plan));
  COVE_TRY(compile_root(spec, facts, options, plan));
  COVE_TRY(compile_mounts(spec, facts, plan));
  COVE_TRY(compile_first_process(spec, facts, options, plan));
  COVE_TRY(compile_hooks(spec, facts, plan));
  if (!facts.notify_directory.empty()) {
    launch::MountPlan notify;
    notify.kind = launch::MountKind::bind;
    notify.source = facts.notify_directory;
    notify.target = kNotifyTarget;
    plan.mounts.push_back(std::move(notify));
  }
  return plan;
}

}  // namespace cove::runtime

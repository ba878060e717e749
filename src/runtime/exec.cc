#include <fmt/format.h>

#include "base/strings.h"
#include "kernel/caps/apply.h"
#include "kernel/lsm/lsm.h"
#include "launch/joiner.h"
#include "runtime/compile.h"
#include "runtime/exec_input.h"
#include "runtime/launch_container.h"
#include "runtime/number_list.h"
#include "supervise/signals.h"
#include "supervise/supervise.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::runtime {
namespace {

constexpr size_t kMaxProcessBytes = size_t{4} << 20;

Error reject(std::string text, std::string hint = {}) {
  Error error(ErrorCode::invalid_argument, std::move(text));
  if (!hint.empty()) error.set_hint(std::move(hint));
  return error;
}

Status parse_user(std::string_view text, spec::User& user) {
  const Halves halves = split_once(text, ':');
  const auto uid = parse_number<uint32_t>(halves.first);
  const auto gid = halves.second ? parse_number<uint32_t>(*halves.second) : std::optional(user.gid);
  if (!uid || !gid) return reject(fmt::format("--user {}: not of the form UID[:GID]", quote(text)));
  user.uid = *uid;
  user.gid = *gid;
  return {};
}

// Of two of one name most programs see the first.
void set_variable(std::vector<std::string>& env, const std::string& variable) {
  const std::string_view name = split_once(variable, '=').first;
  std::erase_if(env, [&](const std::string& old) { return split_once(old, '=').first == name; });
  env.push_back(variable);
}

// The container's own process, with what the command line says otherwise.
Result<spec::Process> changed_process(const ExecOptions& options, const spec::Spec& spec) {
  spec::Process process = *spec.process;
  process.args = options.args;
  for (const std::string& variable : options.env) set_variable(process.env, variable);
  if (!options.cwd.empty()) process.cwd = options.cwd;
  if (!options.apparmor.empty()) process.apparmor_profile = options.apparmor;
  if (!options.process_label.empty()) process.selinux_label = options.process_label;
  if (!options.capabilities.empty()) {
    if (!process.capabilities) process.capabilities.emplace();
    for (auto* set : {&process.capabilities->bounding, &process.capabilities->effective,
                      &process.capabilities->permitted}) {
      set->insert(set->end(), options.capabilities.begin(), options.capabilities.end());
    }
  }
  process.terminal = options.tty.value_or(false);
  if (options.no_new_privs) process.no_new_privileges = true;
  if (!options.user.empty()) COVE_TRY(parse_user(options.user, process.user));
  auto& gids = process.user.additional_gids;
  gids.insert(gids.end(), options.additional_gids.begin(), options.additional_gids.end());
  return process;
}

Result<spec::Process> choose_process(const ExecOptions& options, const spec::Spec& spec, const Warn& warn) {
  spec::Process process;
  if (options.process_file.empty()) {
    process = COVE_TRY(changed_process(options, spec));
  } else {
    const std::string text = COVE_TRY(sys::read_file(options.process_file.c_str(), kMaxProcessBytes));
    process = COVE_TRY(spec::parse_process(text).context(options.process_file));
    if (options.tty) process.terminal = *options.tty;
  }
  const spec::Warnings warnings = COVE_TRY(spec::validate(process).context("process"));
  for (const std::string& warning : warnings) warn(warning);
  return process;
}

Status compile_affinity(const spec::Process& process, launch::ProcessPlan& plan) {
  if (!process.exec_cpu_affinity) return {};
  const spec::ExecCpuAffinity& affinity = *process.exec_cpu_affinity;
  if (!affinity.initial.empty())
    plan.first_affinity = COVE_TRY(parse_number_list(affinity.initial).context("execCPUAffinity.initial"));
  if (!affinity.final_list.empty())
    plan.cpu_affinity = COVE_TRY(parse_number_list(affinity.final_list).context("execCPUAffinity.final"));
  return {};
}

Status compile_cgroups(const ExecOptions& options, const Record& record, launch::LaunchPlan& plan) {
  if (record.cgroup.directories.empty()) return {};
  launch::ExistingCgroup existing{record.cgroup, {}};
  existing.options.init = record.pid;
  for (const std::string& text : options.cgroups)
    existing.options.sub_cgroups.push_back(COVE_TRY(cgroup::parse_sub_cgroup(text).context("--cgroup")));
  plan.existing_cgroup = std::move(existing);
  return {};
}

Result<launch::LaunchPlan> compile_exec(const ExecOptions& options, const Container& container,
                                        const ExecInput& input, const spec::Process& process) {
  const spec::Spec& spec = input.spec;
  launch::LaunchPlan plan;
  plan.id = container.record.id;
  plan.container.enabled = true;
  plan.join_target = {container.record.pid, container.record.start_time};
  COVE_TRY(launch::join_namespaces_of(container.record.pid, plan));
  COVE_TRY(compile_cgroups(options, container.record, plan));
  const caps::CapabilitySet permitted = COVE_TRY(caps::permitted_capabilities());
  const bool host_userns = plan.ns(launch::NamespaceKind::user).mode == launch::NamespaceMode::host;
  const bool apparmor = !process.apparmor_profile.empty() && lsm::enabled(lsm::Module::apparmor);
  const bool selinux = !process.selinux_label.empty() && lsm::enabled(lsm::Module::selinux);
  const ProcessContext context{
      process,  spec.linux_config, permitted,          host_userns,
      apparmor, selinux,           keeps_groups(spec), input.filter ? &*input.filter : nullptr};
  COVE_TRY(compile_process(context, plan));
  COVE_TRY(compile_lockdown(context, plan));
  COVE_TRY(compile_affinity(process, plan.process));
  plan.process.preserved_fds = options.streams.preserve_fds;
  return plan;
}

Status check_status(const Container& container, const ExecOptions& options) {
  switch (container.status) {
    case spec::ContainerStatus::stopped:
    case spec::ContainerStatus::creating:
      return reject("cannot exec in a stopped container");
    case spec::ContainerStatus::paused:
      if (options.ignore_paused) return {};
      return reject("cannot exec in a paused container", "resume it first, or use --ignore-paused");
    default:
      return {};
  }
}

Result<launch::Launched> launch_exec(const Settings& settings, const ExecOptions& options, bool foreground,
                                     const Warn& warn) {
  const Container container = COVE_TRY(open_container(settings, options.id, false));
  COVE_TRY(check_status(container, options));
  const ExecInput input = COVE_TRY(read_exec_input(container.directory));
  const spec::Spec& spec = input.spec;
  const spec::Process process = COVE_TRY(choose_process(options, spec, warn));
  COVE_TRY(check_streams(options.streams, process.terminal));
  launch::LaunchPlan plan = COVE_TRY(compile_exec(options, container, input, process));
  plan.fault = settings.fault;
  for (const std::string& warning : plan.warnings) warn(warning);
  if (foreground) {
    COVE_TRY(sys::set_child_subreaper());
    COVE_TRY(supervise::block_for_supervision());
  }
  if (settings.show_plan) settings.show_plan(plan);
  launch::LaunchCallbacks callbacks;
  callbacks.trace = settings.trace;
  callbacks.listener = [&](pid_t pid, int listener) {
    return send_listener(spec, container.record, pid, container.status, listener);
  };
  launch::Launched launched = COVE_TRY(launch::launch(plan, callbacks));
  COVE_TRY(send_console(options.streams, launched.console.get()));
  COVE_TRY(write_pid_file(options.streams, launched.pid));
  if (!input.filter) keep_exec_input(container.directory, spec, plan.lockdown);
  return launched;
}

}  // namespace

Result<int> exec(const Settings& settings, const ExecOptions& options, const Warn& warn) {
  const bool foreground = !options.streams.detach;
  launch::Launched launched = COVE_TRY(launch_exec(settings, options, foreground, warn));
  if (!foreground) return 0;
  if (!options.streams.console_socket.empty()) launched.console.reset();
  const int status = COVE_TRY(supervise::supervise_guest(launched, {})).exit_status;
  settings.trace("process {}: ended, exit status {}", launched.pid, status);
  return status;
}

Result<pid_t> exec_detached(const Settings& settings, const ExecOptions& options, const Warn& warn) {
  const launch::Launched launched = COVE_TRY(launch_exec(settings, options, false, warn));
  return launched.pid;
}

}  // namespace cove::runtime

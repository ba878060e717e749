// What a process may do: capabilities, filter, limits, labels.
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/strings.h"
#include "kernel/seccomp/compile.h"
#include "kernel/seccomp/interpreter.h"
#include "kernel/seccomp/profile_json.h"
#include "runtime/compile.h"

namespace cove::runtime {
namespace {

Result<caps::CapabilitySet> parse_set(const std::vector<std::string>& names, std::string_view set) {
  caps::CapabilitySet out;
  for (const std::string& name : names) {
    const auto number = caps::capability_number(name);
    if (!number) {
      return Error(ErrorCode::invalid_argument,
                   fmt::format("process.capabilities.{}: unknown capability {}", set, quote(name)));
    }
    out.add(*number);
  }
  return out;
}

Status compile_capabilities(const ProcessContext& context, launch::LaunchPlan& plan) {
  launch::LockdownPlan& lockdown = plan.lockdown;
  lockdown.exact = caps::ProcessCapabilities{};
  if (context.process.capabilities)
    lockdown.exact = COVE_TRY(parse_capabilities(*context.process.capabilities));
  caps::ProcessCapabilities& sets = *lockdown.exact;
  // The kernel keeps an ambient capability only where it is permitted and inheritable; runc's own example
  // asks for more, and has always got this.
  sets.ambient = sets.ambient & sets.permitted & sets.inheritable;
  lockdown.bounding = sets.bounding;
  if (!context.host_user_namespace) return {};
  // Nobody can hand on what he has not; as runc, that is a warning.
  const caps::CapabilitySet lacking =
      (sets.bounding | sets.effective | sets.permitted | sets.inheritable | sets.ambient) - context.permitted;
  if (lacking.empty()) return {};
  plan.warnings.push_back(fmt::format("process.capabilities: the runtime itself does not have {}",
                                      caps::print_capabilities(lacking)));
  for (caps::CapabilitySet* set :
       {&sets.bounding, &sets.effective, &sets.permitted, &sets.inheritable, &sets.ambient}) {
    *set = *set & context.permitted;
  }
  return {};
}

Status compile_rlimits(const spec::Process& process, launch::LockdownPlan& lockdown) {
  constexpr std::string_view kPrefix = "RLIMIT_";
  for (const spec::Rlimit& limit : process.rlimits) {
    std::string name = limit.type.starts_with(kPrefix) ? limit.type.substr(kPrefix.size()) : limit.type;
    for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    const auto resource = rlimit::resource_number(name);
    if (!resource) {
      return Error(ErrorCode::invalid_argument,
                   fmt::format("process.rlimits: unknown limit {}", quote(limit.type)));
    }
    lockdown.rlimits.push_back({*resource, limit.soft, limit.hard});
  }
  return {};
}

Error unusable_listener(std::string text, std::string hint) {
  Error error(ErrorCode::invalid_argument, std::move(text));
  error.set_hint(std::move(hint));
  return error;
}

// What runc refuses as well: its own start would wait for an agent that has not got the filter yet. So that a
// profile means the same everywhere.
Status check_notify_rules(const seccomp::Profile& profile) {
  if (profile.default_verdict.action == seccomp::Action::notify) {
    return unusable_listener("linux.seccomp.defaultAction: SCMP_ACT_NOTIFY cannot be the default action",
                             "name the system calls that the agent shall see in linux.seccomp.syscalls");
  }
  for (size_t i = 0; i < profile.syscalls.size(); ++i) {
    const seccomp::SyscallRule& rule = profile.syscalls[i];
    if (rule.verdict.action != seccomp::Action::notify) continue;
    if (std::find(rule.names.begin(), rule.names.end(), "write") == rule.names.end()) continue;
    return unusable_listener(
        fmt::format("linux.seccomp.syscalls[{}]: SCMP_ACT_NOTIFY cannot be used for the write syscall", i),
        "take `write` out of the rule's names");
  }
  return {};
}

// The filter's descriptor goes to the agent by a sendmsg(2) that runs under the filter.
Status check_handover(std::span<const sock_filter> filter) {
  constexpr std::string_view kHandover = "the filter's descriptor is handed to the agent by sendmsg";
  const uint32_t number = *seccomp::syscall_number(seccomp::Abi::x86_64, "sendmsg");
  if (seccomp::filter_notifies(filter, seccomp::Abi::x86_64, number)) {
    return unusable_listener(
        fmt::format("linux.seccomp.syscalls: sendmsg cannot wait for the agent, since {}", kHandover),
        "take `sendmsg` out of the rules with SCMP_ACT_NOTIFY");
  }
  if (seccomp::filter_allows(filter, seccomp::Abi::x86_64, number)) return {};
  return unusable_listener(fmt::format("linux.seccomp.syscalls: sendmsg is denied, and {}", kHandover),
                           "allow `sendmsg`, or use no SCMP_ACT_NOTIFY");
}

Status compile_filter(const ProcessContext& context, launch::LockdownPlan& lockdown) {
  if (context.filter != nullptr) {
    lockdown.seccomp = context.filter->instructions;
    lockdown.seccomp_flags = context.filter->flags;
    return {};
  }
  const std::optional<spec::Seccomp>& seccomp = context.config.seccomp;
  if (!seccomp) return {};
  const seccomp::Profile profile =
      COVE_TRY(seccomp::parse_profile(seccomp->profile).context("linux.seccomp"));
  seccomp::CompileContext compile_context;
  compile_context.capabilities = lockdown.bounding;
  seccomp::Program program = COVE_TRY(seccomp::compile(profile, compile_context).context("linux.seccomp"));
  lockdown.seccomp = std::move(program.instructions);
  lockdown.seccomp_flags = program.flags;
  lockdown.seccomp_listener = program.notifies;
  if (!lockdown.seccomp_listener) return {};
  if (seccomp->listener_path.empty()) {
    return unusable_listener("linux.seccomp.listenerPath: missing",
                             "SCMP_ACT_NOTIFY needs an agent: name the socket on which it listens");
  }
  COVE_TRY(check_notify_rules(profile));
  return check_handover(lockdown.seccomp);
}

void compile_labels(const ProcessContext& context, launch::LaunchPlan& plan) {
  const spec::Process& process = context.process;
  if (!process.apparmor_profile.empty()) {
    if (context.apparmor) {
      plan.lockdown.apparmor_profile = process.apparmor_profile;
    } else {
      plan.warnings.emplace_back("process.apparmorProfile: ignored, since AppArmor is not on here");
    }
  }
  if (process.selinux_label.empty()) return;
  if (context.selinux) {
    plan.lockdown.selinux_label = process.selinux_label;
  } else {
    plan.warnings.emplace_back("process.selinuxLabel: ignored, since SELinux is not on here");
  }
}

}  // namespace

Result<caps::ProcessCapabilities> parse_capabilities(const spec::Capabilities& capabilities) {
  caps::ProcessCapabilities sets;
  sets.bounding = COVE_TRY(parse_set(capabilities.bounding, "bounding"));
  sets.effective = COVE_TRY(parse_set(capabilities.effective, "effective"));
  sets.permitted = COVE_TRY(parse_set(capabilities.permitted, "permitted"));
  sets.inheritable = COVE_TRY(parse_set(capabilities.inheritable, "inheritable"));
  sets.ambient = COVE_TRY(parse_set(capabilities.ambient, "ambient"));
  return sets;
}

Status compile_lockdown(const ProcessContext& context, launch::LaunchPlan& plan) {
  launch::LockdownPlan& lockdown = plan.lockdown;
  lockdown.no_new_privs = context.process.no_new_privileges;
  COVE_TRY(compile_capabilities(context, plan));
  COVE_TRY(compile_rlimits(context.process, lockdown));
  COVE_TRY(compile_filter(context, lockdown));
  if (context.process.oom_score_adj)
    lockdown.oom_score_adj = static_cast<int>(*context.process.oom_score_adj);
  compile_labels(context, plan);
  return {};
}

}  // namespace cove::runtime

// Capabilities, the seccomp filter, and the other things that are given up before the exec.
#include <fmt/format.h>

#include "kernel/seccomp/builtin/default_filter.h"
#include "kernel/seccomp/compile.h"
#include "kernel/seccomp/default_profile.h"
#include "kernel/seccomp/profile_json.h"
#include "sandbox/compile.h"

namespace cove::sandbox {
namespace {

constexpr std::string_view kAll = "ALL";

bool is_all(std::string_view name) {
  return name.size() == kAll.size() && (name[0] | 0x20) == 'a' && (name[1] | 0x20) == 'l' &&
         (name[2] | 0x20) == 'l';
}

// Docker's rule: --cap-add ALL is everything but what is dropped, --cap-drop ALL is nothing but what is
// added.
Result<caps::CapabilitySet> choose_capabilities(const Options& options) {
  caps::CapabilitySet adds;
  caps::CapabilitySet drops;
  bool drop_all = false;
  for (const std::string& name : options.cap_adds)
    adds = adds | COVE_TRY(caps::parse_capability(name).context("--cap-add"));
  for (const std::string& name : options.cap_drops) {
    if (is_all(name)) {
      drop_all = true;
    } else {
      drops = drops | COVE_TRY(caps::parse_capability(name).context("--cap-drop"));
    }
  }
  if (drop_all) return adds - drops;
  return (caps::kDockerDefault - drops) | (adds - drops);
}

// On the host's user namespace nobody can hand on what he has not.
Status check_available(const Options& options, const HostFacts& facts, launch::LaunchPlan& plan) {
  if (plan.is_fresh(launch::NamespaceKind::user)) return {};
  caps::CapabilitySet& bounding = plan.lockdown.bounding;
  const caps::CapabilitySet lacking = bounding - facts.permitted;
  if (lacking.empty()) return {};
  for (const std::string& name : options.cap_adds) {
    if (is_all(name)) continue;
    const caps::CapabilitySet added = COVE_TRY(caps::parse_capability(name));
    if ((added & lacking).empty()) continue;
    Error error(ErrorCode::permission, fmt::format("--cap-add {}: cove itself does not have it", name));
    error.set_hint("start cove with that capability, or leave the option out");
    return error;
  }
  bounding = bounding & facts.permitted;
  if (options.privileged) {
    plan.warnings.push_back(fmt::format("cove itself does not have {}, so the sandbox has not either",
                                        caps::print_capabilities(lacking)));
  }
  return {};
}

Error unsupervised(std::string_view field) {
  Error error(ErrorCode::seccomp_unsupported,
              fmt::format("{}: SCMP_ACT_NOTIFY needs a supervisor, which a sandbox does not have", field));
  error.set_hint(
      "cove run hands no system call to another program; give the rule another action, for example "
      "SCMP_ACT_ERRNO");
  return error;
}

// Without a supervisor the kernel answers such a call with ENOSYS: not what the profile's author meant.
Status refuse_notify(const seccomp::Profile& profile) {
  if (profile.default_verdict.action == seccomp::Action::notify) return unsupervised("defaultAction");
  for (size_t i = 0; i < profile.syscalls.size(); ++i) {
    if (profile.syscalls[i].verdict.action != seccomp::Action::notify) continue;
    return unsupervised(fmt::format("syscalls[{}].action", i));
  }
  return {};
}

Status compile_seccomp(const Options& options, const HostFacts& facts, launch::LaunchPlan& plan) {
  if (options.seccomp == SeccompChoice::unconfined) return {};
  if (options.privileged && options.seccomp == SeccompChoice::standard) return {};
  launch::LockdownPlan& lockdown = plan.lockdown;
  seccomp::CompileContext context;
  context.capabilities = lockdown.bounding;
  if (options.seccomp == SeccompChoice::standard) {
    // The common cases were compiled with cove itself.
    if (const auto built = seccomp::default_filter(lockdown.bounding)) {
      lockdown.seccomp.assign(built->instructions.begin(), built->instructions.end());
      lockdown.seccomp_flags = built->flags;
      return {};
    }
    seccomp::Program program = COVE_TRY(seccomp::compile(seccomp::default_profile(), context));
    lockdown.seccomp = std::move(program.instructions);
    lockdown.seccomp_flags = program.flags;
    return {};
  }
  const seccomp::Profile profile =
      COVE_TRY(seccomp::parse_profile(facts.seccomp_profile).context(options.seccomp_file));
  COVE_TRY(refuse_notify(profile).context(options.seccomp_file));
  seccomp::Program program = COVE_TRY(seccomp::compile(profile, context).context(options.seccomp_file));
  lockdown.seccomp = std::move(program.instructions);
  lockdown.seccomp_flags = program.flags;
  return {};
}

Status compile_apparmor(const Options& options, const HostFacts& facts, launch::LaunchPlan& plan) {
  // Where AppArmor is off nothing is confined by it.
  if (options.apparmor.empty() || (!facts.apparmor && options.apparmor == kAppArmorUnconfined)) return {};
  if (!facts.apparmor) {
    Error error(ErrorCode::unsupported,
                fmt::format("--security-opt apparmor={}: AppArmor is not on here", options.apparmor));
    error.set_hint("leave it out, or boot a kernel that has AppArmor with apparmor in the lsm= list");
    return error;
  }
  // It is asked for in a procfs of our own, which a user namespace gives for a pid namespace of its own only.
  if (plan.is_fresh(launch::NamespaceKind::user) &&
      plan.ns(launch::NamespaceKind::pid).mode == launch::NamespaceMode::host) {
    Error error(
        ErrorCode::unsupported,
        fmt::format("--security-opt apparmor={} and --pid host exclude each other in a user namespace",
                    options.apparmor));
    error.set_hint("leave out one of them, or run cove as root with --userns host");
    return error;
  }
  plan.lockdown.apparmor_profile = options.apparmor;
  return {};
}

}  // namespace

Status compile_privileges(const Options& options, const HostFacts& facts, launch::LaunchPlan& plan) {
  launch::LockdownPlan& lockdown = plan.lockdown;
  lockdown.bounding =
      options.privileged ? caps::CapabilitySet::all() : COVE_TRY(choose_capabilities(options));
  if (options.privileged) {
    plan.warnings.emplace_back(
        "--privileged gives the command all capabilities and devices: it is no longer confined");
  }
  COVE_TRY(check_available(options, facts, plan));
  lockdown.no_new_privs = options.no_new_privs;
  COVE_TRY(compile_seccomp(options, facts, plan));
  COVE_TRY(compile_apparmor(options, facts, plan));
  // A new session keeps others from the caller's terminal, but not the kernel's administrator
  // (CVE-2017-5226).
  const bool administrator = plan.ns(launch::NamespaceKind::user).mode == launch::NamespaceMode::host &&
                             lockdown.bounding.contains(CAP_SYS_ADMIN);
  lockdown.guard_terminal = administrator && !options.tty;
  lockdown.landlock = options.landlock;
  lockdown.rlimits.insert(lockdown.rlimits.end(), options.ulimits.begin(), options.ulimits.end());
  lockdown.oom_score_adj = options.oom_score_adj;
  return {};
}

}  // namespace cove::sandbox

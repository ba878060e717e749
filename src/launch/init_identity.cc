// The child's steps that decide who the command is and what it may do.
#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>

#include "kernel/caps/apply.h"
#include "kernel/landlock/landlock.h"
#include "kernel/seccomp/terminal_guard.h"
#include "kernel/tty/pty.h"
#include "launch/init.h"
#include "sys/capability.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/seccomp.h"

namespace cove::launch {
namespace {

// The container's own file; one that is not there counts as empty.
Result<std::string> read_database(int root_fd, const char* path) {
  Result<std::string> text = sys::read_untrusted_file(root_fd, path);
  if (!text && (text.error().sys_errno() == ENOENT || text.error().sys_errno() == EACCES))
    return std::string();
  return text;
}

// A namespace that somebody else made, and that we are in or have joined, may forbid it for good
// (user_namespaces(7)).
bool setgroups_denied(const InitContext& context) {
  const LaunchPlan& plan = context.plan;
  return plan.is_fresh(NamespaceKind::user) ? plan.idmap.deny_setgroups : context.setgroups_denied;
}

}  // namespace

namespace {

// Of a user whose ids are given only the home is looked up, and that only if nobody has set it.
Status resolve_exact(InitContext& context, const ExactUser& exact, bool has_home) {
  if (!has_home) {
    const UniqueFd root = COVE_TRY(sys::open_path("/", O_PATH | O_DIRECTORY));
    const Result<std::string> passwd = read_database(root.get(), "/etc/passwd");
    const userdb::UserSpec spec{{}, exact.uid, {}, exact.gid};
    // A damaged file is no reason not to start: as if it were not there.
    Result<userdb::ResolvedUser> found = userdb::resolve(spec, {}, passwd ? passwd.value() : "", "");
    if (found) context.user = std::move(*found);
  }
  context.user.uid = exact.uid;
  context.user.gid = exact.gid;
  context.user.groups = exact.additional_gids;
  return {};
}

}  // namespace

Status resolve_user(InitContext& context) {
  const ProcessPlan& process = context.plan.process;
  context.env = process.env;
  const bool has_home = std::any_of(context.env.begin(), context.env.end(), [](const std::string& variable) {
    return variable.starts_with("HOME=");
  });
  if (process.exact_user) {
    COVE_TRY(resolve_exact(context, *process.exact_user, has_home));
  } else {
    const UniqueFd root = COVE_TRY(sys::open_path("/", O_PATH | O_DIRECTORY));
    const std::string passwd = COVE_TRY(read_database(root.get(), "/etc/passwd"));
    const std::string group = COVE_TRY(read_database(root.get(), "/etc/group"));
    context.user = COVE_TRY(userdb::resolve(process.user, process.group_adds, passwd, group));
  }
  if (process.set_home && !has_home) {
    context.env.push_back("HOME=" + (context.user.home.empty() ? "/" : context.user.home));
  }
  return {};
}

Status drop_bounding_set(InitContext& context) {
  const LockdownPlan& lockdown = context.plan.lockdown;
  if (lockdown.keep_all_capabilities) return {};
  return caps::apply_bounding(lockdown.exact ? lockdown.exact->bounding : lockdown.bounding);
}

Status guard_terminal(InitContext& context) {
  if (!context.plan.lockdown.guard_terminal) return {};
  return sys::load_seccomp_filter(seccomp::kTerminalGuard, 0);
}

Status set_identity(InitContext& context) {
  const userdb::ResolvedUser& user = context.user;
  if (context.terminal.valid()) COVE_TRY(tty::give_slave(0, user.uid));
  const auto explain = [&](Status status, const char* what, uint32_t id) -> Status {
    if (status || status.error().sys_errno() != EINVAL) return status;
    const auto& uids = context.plan.idmap.maps.uids;
    const bool one_id = uids.size() == 1 && uids.front().count == 1;
    status.error().set_code(one_id ? ErrorCode::subid_missing : ErrorCode::subid_too_small);
    return Status(std::move(status).error())
        .context(fmt::format("{} {} is not mapped into the user namespace", what, id));
  };
  // As runc: the user may not be let into the directory that he is to begin in. What is wrong is told once he
  // is himself.
  const ProcessPlan& process = context.plan.process;
  context.in_working_directory =
      context.plan.container.enabled && sys::change_directory(process.cwd.c_str()).ok();
  const auto is_own = [&](gid_t gid) { return gid == user.gid; };
  if (process.keep_groups) {
    // Those that we came with; in a user namespace there may be no number for them.
  } else if (!setgroups_denied(context)) {
    COVE_TRY(explain(sys::set_groups(user.groups), "a group beside", user.gid));
  } else if (!std::all_of(user.groups.begin(), user.groups.end(), is_own)) {
    return Error(ErrorCode::subid_missing,
                 "set supplementary groups: not possible with a mapping of one id only");
  }
  COVE_TRY(explain(sys::set_group_ids(user.gid), "group id", user.gid));
  // Else a change from user 0 to another takes them all, those too that are to be kept or needed for the
  // filter.
  if (user.uid != 0) COVE_TRY(sys::set_keep_capabilities(true));
  return explain(sys::set_user_ids(user.uid), "user id", user.uid);
}

Status enter_working_directory(InitContext& context) {
  const std::string& cwd = context.plan.process.cwd;
  Status entered = sys::change_directory(cwd.c_str());
  const bool is_in = context.in_working_directory && !entered && entered.error().sys_errno() == EACCES;
  if (!entered && !is_in) {
    if (entered.error().sys_errno() == ENOENT) {
      entered.error().set_hint("--workdir names a directory inside the sandbox; it is not created");
    }
    return entered;
  }
  // A descriptor of the host's in /proc/self/fd could have been named (CVE-2024-21626).
  const Result<std::string> where = sys::current_directory();
  if (!where) return Error(where.error());
  return {};
}

namespace {

// Another user than 0 has none unless they are given one by one, and nobody gets inheritable or ambient ones
// by default (CVE-2022-29162).
caps::ProcessCapabilities kept_capabilities(const InitContext& context) {
  const LockdownPlan& lockdown = context.plan.lockdown;
  if (lockdown.exact) return *lockdown.exact;
  const caps::CapabilitySet kept = context.user.uid == 0 ? lockdown.bounding : caps::CapabilitySet{};
  return {
      .bounding = lockdown.bounding, .effective = kept, .permitted = kept, .inheritable = {}, .ambient = {}};
}

}  // namespace

Status drop_capabilities(InitContext& context) {
  const LockdownPlan& lockdown = context.plan.lockdown;
  if (!lockdown.keep_all_capabilities) {
    caps::ProcessCapabilities kept = kept_capabilities(context);
    // Without no_new_privs a filter needs CAP_SYS_ADMIN (seccomp(2)), and it is loaded last of all. The exec
    // takes it away: what a program begins with comes from the ambient, inheritable and bounding sets
    // (capabilities(7)).
    if (!lockdown.no_new_privs && !lockdown.seccomp.empty()) {
      kept.effective.add(CAP_SYS_ADMIN);
      kept.permitted.add(CAP_SYS_ADMIN);
    }
    COVE_TRY(caps::apply_sets(kept.effective, kept.permitted, kept.inheritable));
    COVE_TRY(caps::apply_ambient(kept.ambient));
  }
  if (lockdown.no_new_privs) COVE_TRY(sys::set_no_new_privs());
  // Both are cleared by changes of ids and capabilities (prctl(2)).
  COVE_TRY(sys::set_dumpable(false));
  return sys::set_parent_death_signal(SIGKILL);
}

Status restrict_paths(InitContext& context) {
  const LockdownPlan& lockdown = context.plan.lockdown;
  if (lockdown.landlock.empty()) return {};
  return landlock::apply(lockdown.landlock);
}

Status load_seccomp(InitContext& context) {
  const LockdownPlan& lockdown = context.plan.lockdown;
  if (lockdown.seccomp.empty()) return {};
  if (!lockdown.seccomp_listener) return sys::load_seccomp_filter(lockdown.seccomp, lockdown.seccomp_flags);
  const UniqueFd listener =
      COVE_TRY(sys::load_seccomp_filter_with_listener(lockdown.seccomp, lockdown.seccomp_flags));
  const int fd = listener.get();
  return context.channel.send(Message::listener, {&fd, 1});
}

}  // namespace cove::launch

// What a process can be given, and what can be taken from it.
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>

#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "base/strings.h"
#include "kernel/landlock/landlock.h"
#include "kernel/probe/context.h"
#include "kernel/probe/parse.h"
#include "sys/file.h"
#include "sys/landlock.h"
#include "sys/net.h"
#include "sys/process.h"
#include "sys/program.h"
#include "sys/seccomp.h"

namespace cove::probe {
namespace {

struct NamespaceName {
  std::string_view name;
  uint64_t flag;
};
constexpr std::array kNamespaces{
    NamespaceName{"mount", CLONE_NEWNS},    NamespaceName{"PID", CLONE_NEWPID},
    NamespaceName{"UTS", CLONE_NEWUTS},     NamespaceName{"IPC", CLONE_NEWIPC},
    NamespaceName{"network", CLONE_NEWNET}, NamespaceName{"cgroup", CLONE_NEWCGROUP},
};

Status do_nothing() {
  return {};
}
Status use_namespaces() {
  COVE_TRY(sys::set_host_name("cove-doctor"));
  return sys::set_interface_up("lo");
}

Status shift_clock() {
  COVE_TRY(sys::unshare_namespaces(CLONE_NEWTIME));
  return sys::write_existing("/proc/self/timens_offsets", "monotonic 1 0");
}

Status use_pidfd() {
  const sys::CloneResult child = COVE_TRY(sys::clone_process({}));
  if (child.pid == 0) sys::exit_now(0);
  Status opened = [&]() -> Status {
    const UniqueFd pidfd = COVE_TRY(sys::open_pidfd(child.pid));
    return sys::signal_pidfd(pidfd.get(), 0);
  }();
  COVE_TRY(sys::wait_process(child.pid));
  return opened;
}

Status load_filter() {
  COVE_TRY(sys::set_no_new_privs());
  constexpr std::array kAllowAll{sock_filter{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
  return sys::load_seccomp_filter(kAllowAll, 0);
}

Status set_no_new_privs() {
  return sys::set_no_new_privs();
}
Status join_keyring() {
  return sys::join_new_session_keyring(nullptr);
}

}  // namespace

Outcome probe_namespaces(const Context& context) {
  uint64_t all = 0;
  for (const NamespaceName& one : kNamespaces) all |= one.flag;
  const TrialOutcome outcome = try_in_child(context.with_power(all), use_namespaces);
  if (outcome.status.ok())
    return works("mount, PID, UTS, IPC, network and cgroup namespaces, made at once and used");
  if (!try_in_child(context.with_power(0), do_nothing).status.ok()) return fails(Verdict::missing, outcome);
  std::string refused;
  for (const NamespaceName& one : kNamespaces) {
    if (try_in_child(context.with_power(one.flag), do_nothing).status.ok()) continue;
    refused += fmt::format("{}{}", refused.empty() ? "" : ", ", one.name);
  }
  if (refused.empty()) return fails(Verdict::limited, outcome);
  return {Verdict::missing, fmt::format("refused: {} ({})", refused, outcome.status.error().message()),
          "build the kernel with these namespaces; in a container, let its seccomp filter allow them"};
}

Outcome probe_time_namespaces(const Context& context) {
  const TrialOutcome outcome = try_in_child(context.with_power(0), shift_clock);
  if (outcome.status.ok()) return works("the monotonic clock could be shifted");
  return fails(Verdict::missing, outcome,
               "use Linux 5.6 or newer with CONFIG_TIME_NS, or leave out --time-offset");
}

Outcome probe_pidfd(const Context&) {
  const TrialOutcome outcome = try_in_child({}, use_pidfd);
  if (outcome.status.ok()) return works("clone3 with a pidfd, pidfd_open and pidfd_send_signal");
  Outcome finding = fails(Verdict::missing, outcome,
                          "use Linux 5.5 or newer; in a container, let its seccomp filter allow clone3");
  finding.verdict = Verdict::missing;  // not even the trial's own child could be made
  finding.detail = outcome.status.error().message();
  return finding;
}

Outcome probe_no_new_privs(const Context&) {
  if (sys::has_no_new_privs()) {
    return {Verdict::limited, "it is set already: set-uid programs, newuidmap among them, gain nothing",
            "start cove from a shell without it (setpriv --no-new-privs, or systemd's NoNewPrivileges=, sets "
            "it)"};
  }
  const TrialOutcome outcome = try_in_child({}, set_no_new_privs);
  return outcome.status.ok() ? works("can be set") : fails(Verdict::missing, outcome);
}

Outcome probe_seccomp(const Context&) {
  const TrialOutcome outcome = try_in_child({}, load_filter);
  if (!outcome.status.ok()) {
    return fails(Verdict::missing, outcome,
                 "use a kernel with CONFIG_SECCOMP_FILTER, or --security-opt seccomp=unconfined");
  }
  struct Action {
    std::string_view name;
    uint32_t value;
  };
  constexpr std::array kActions{Action{"errno", SECCOMP_RET_ERRNO},
                                Action{"kill-process", SECCOMP_RET_KILL_PROCESS},
                                Action{"kill-thread", SECCOMP_RET_KILL_THREAD},
                                Action{"log", SECCOMP_RET_LOG},
                                Action{"trap", SECCOMP_RET_TRAP},
                                Action{"trace", SECCOMP_RET_TRACE}};
  std::string available;
  std::string lacking;
  for (const Action& action : kActions) {
    std::string& list = sys::seccomp_action_available(action.value) ? available : lacking;
    list += fmt::format("{}{}", list.empty() ? "" : ", ", action.name);
  }
  if (lacking.empty()) return works("a filter could be loaded; actions: " + available);
  return {Verdict::limited,
          fmt::format("a filter could be loaded, but these actions are lacking: {}", lacking),
          "use profiles without these actions"};
}

Outcome probe_landlock(const Context&) {
  const int abi = sys::landlock_abi();
  if (abi == 0) {
    return {Verdict::missing, "this kernel has no Landlock, or it is not in the lsm= list",
            std::string(error_remedy(ErrorCode::landlock_unsupported))};
  }
  const std::string_view gap = landlock::protection_gap(abi);
  if (!gap.empty()) {
    return {Verdict::limited, fmt::format("ABI {}: {}", abi, gap), "use Linux 6.10 or newer for all of it"};
  }
  return works(fmt::format("ABI {}", abi));
}

Outcome probe_keys(const Context& context) {
  const TrialOutcome outcome = try_in_child({}, join_keyring);
  if (!outcome.status.ok()) {
    if (!outcome.started) return fails(Verdict::missing, outcome);
    if (outcome.status.error().code() == ErrorCode::keyring_quota) return fails(Verdict::missing, outcome);
    return {Verdict::limited, outcome.status.error().message(),
            "in a container, let its seccomp filter allow keyctl; without CONFIG_KEYS there is nothing to "
            "separate"};
  }
  const Result<std::string> text = sys::read_file("/proc/key-users");
  const auto quota = text.ok() ? parse_key_quota(text.value(), context.caller.uid) : std::nullopt;
  if (!quota) return works("a new session keyring could be made");
  const std::string used = fmt::format("{} of {} keys and {} of {} bytes are in use", quota->keys,
                                       quota->max_keys, quota->bytes, quota->max_bytes);
  if (!quota->nearly_used_up()) return works("a new session keyring could be made; " + used);
  return {Verdict::limited, "the quota of keys is nearly used up: " + used,
          fmt::format("as root: sysctl -w kernel.keys.maxkeys={} kernel.keys.maxbytes={}",
                      quota->max_keys * 10, quota->max_bytes * 10)};
}

}  // namespace cove::probe

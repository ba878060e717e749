#include <fmt/format.h>
#include <unistd.h>

#include "engine/events.h"
#include "engine/operations.h"
#include "kernel/systemd/manager.h"
#include "launch/joiner.h"
#include "launch/keeper.h"
#include "sandbox/plan_compiler.h"
#include "supervise/signals.h"
#include "supervise/supervise.h"
#include "sys/file.h"
#include "sys/identity.h"
#include "sys/process.h"
#include "sys/random.h"

namespace cove::engine {
namespace {

using launch::LaunchPlan;

// The container's own options, with what the command line says otherwise, and without all that its namespaces
// have already.
sandbox::Options options_for(const Record& record, const ExecOptions& request) {
  sandbox::Options options = record.options;
  options.command = request.command;
  options.env.insert(options.env.end(), request.env.begin(), request.env.end());
  if (request.user) {
    options.user = request.user;
    options.group_adds.clear();
  }
  if (request.workdir) options.workdir = request.workdir;
  options.tty = request.tty;
  options.interactive = request.interactive;
  if (request.privileged) options.privileged = true;
  if (request.privileged) options.cap_drops.clear();
  options.rootfs.clear();
  options.upper.clear();
  options.rw = options.read_only = options.init = false;
  options.storage_bytes.reset();
  options.mounts.clear();
  options.devices.clear();
  options.sysctls.clear();
  options.limits = {};
  options.hostname.reset();
  options.domainname.reset();
  options.monotonic_offset_ns.reset();
  options.boottime_offset_ns.reset();
  options.timeout_ms.reset();
  options.cpu_time_ms.reset();
  options.output_limit_bytes.reset();
  using sandbox::NetworkChoice;
  if (options.network == NetworkChoice::named || options.network == NetworkChoice::user_mode)
    options.network = NetworkChoice::none;
  options.networks = {};
  options.mountns.kind = sandbox::NamespaceChoice::Kind::host;
  options.best_effort_limits = true;
  if (options.userns.kind == sandbox::UsernsChoice::Kind::automatic) {
    // Its ids are chosen; here they only tell that it has a user namespace of its own.
    options.userns.kind = sandbox::UsernsChoice::Kind::map;
    options.userns.map = record.id_map;
  }
  return options;
}

Result<LaunchPlan> compile(const Container& container, const ExecOptions& request) {
  const sandbox::Options options = options_for(container.record, request);
  const sandbox::HostFacts facts = COVE_TRY(sandbox::gather_facts(options, short_id(container.record.id)));
  LaunchPlan plan = COVE_TRY(sandbox::compile_plan(options, facts));
  const State& state = container.state;
  plan.container.enabled = true;
  plan.idmap = {};
  plan.loopback_up = false;
  plan.hostname.clear();
  plan.domainname.clear();
  plan.mounts.clear();
  plan.cgroup = {};
  plan.waived.clear();
  plan.join_target = {state.pid, state.start_time};
  COVE_TRY(launch::join_namespaces_of(state.pid, plan));
  if (!state.cgroup.directories.empty()) {
    plan.existing_cgroup = launch::ExistingCgroup{state.cgroup, {}};
    plan.existing_cgroup->options.init = state.pid;
  }
  return plan;
}

// A cgroup below the container's for one exec, so that all that comes of it can be found and ended.
class OwnCgroup {
 public:
  static Result<OwnCgroup> create(const cgroup::Record& container) {
    OwnCgroup own;
    const std::string name = fmt::format("exec-{:016x}", COVE_TRY(sys::random_number()));
    for (const cgroup::Directory& directory : container.directories) {
      std::string path = fmt::format("{}/{}", directory.path, name);
      Status made = sys::make_directory_at(AT_FDCWD, path.c_str(), 0755);
      if (!made) {
        own.end();
        return std::move(made).error();
      }
      own.paths_.push_back(std::move(path));
    }
    own.name_ = name;
    return own;
  }

  void join(LaunchPlan& plan) const {
    if (plan.existing_cgroup) plan.existing_cgroup->options.sub_cgroups.push_back({{}, "/" + name_});
  }
  [[nodiscard]] Status kill() const { return cgroup::kill_processes(paths_); }
  void end() const {
    static_cast<void>(kill());
    static_cast<void>(cgroup::remove_directories(paths_));
  }
  [[nodiscard]] const std::vector<std::string>& paths() const noexcept { return paths_; }

 private:
  std::string name_;
  std::vector<std::string> paths_;
};

Error not_up(const Container& container, Condition condition) {
  Error error(ErrorCode::invalid_argument,
              fmt::format("container {} is {}", container.record.name, condition_name(condition)));
  error.set_hint(condition == Condition::paused ? "unpause it first: cove unpause " + container.record.name
                                                : "start it first: cove start " + container.record.name);
  return error;
}

// What ends with the exec: its processes are found by a cgroup of their own, and a keeper watches over the
// caller.
struct Bounds {
  std::optional<OwnCgroup> cgroup;
  launch::Keeper keeper;
};

Result<Bounds> make_bounds(const Container& container, const ExecOptions& request, LaunchPlan& plan) {
  Bounds bounds;
  if (!request.lease && !request.timeout_ms) return bounds;
  if (!request.lease && request.best_effort_timeout && !plan.existing_cgroup) return bounds;
  if (!plan.existing_cgroup) {
    Error error(ErrorCode::limit_unenforceable,
                "--lease and --timeout need a cgroup, which the container does not have");
    error.set_hint("run cove as root, or in a cgroup that is delegated to you");
    return error;
  }
  bounds.cgroup = COVE_TRY(OwnCgroup::create(container.state.cgroup));
  bounds.cgroup->join(plan);
  if (request.detach) return bounds;
  // Nobody else would keep the time if the caller is killed.
  Result<launch::Keeper> keeper = launch::Keeper::arm({bounds.cgroup->paths(), {}});
  if (!keeper) {
    bounds.cgroup->end();
    return std::move(keeper).error();
  }
  bounds.keeper = std::move(*keeper);
  return bounds;
}

// From a login session's cgroup, which is root's, no way leads into the container's that an ordinary user may
// go; from a scope of the user's own systemd one does. It moves us there, and the scope ends with us.
Status leave_session(const ExecOptions& request) {
  systemd::Manager manager = COVE_TRY(systemd::Manager::connect(
      {.user = true, .runtime_dir = request.runtime_dir, .session_address = request.session_bus}));
  const pid_t pid = ::getpid();
  return manager.start_scope({{"app.slice", fmt::format("cove-exec-{}.scope", pid)}, "cove exec", {pid}, {}});
}

Result<launch::Launched> launch_exec(const LaunchPlan& plan, const ExecOptions& request) {
  Result<launch::Launched> launched = launch::launch(plan);
  if (launched || launched.error().code() != ErrorCode::cgroup_not_delegated) return launched;
  if (sys::effective_uid() == 0 || !leave_session(request)) return launched;
  return launch::launch(plan);
}

Result<int> supervise_exec(launch::Launched& launched, const ExecOptions& request, Bounds& bounds) {
  supervise::GuestOptions options;
  options.interactive = request.interactive;
  options.timeout_ms = request.timeout_ms;
  if (bounds.cgroup) options.kill_all = [&] { return bounds.cgroup->kill(); };
  const supervise::Outcome outcome = COVE_TRY(supervise::supervise_guest(launched, options));
  return outcome.reason == supervise::Reason::timeout ? kExitTimeout : outcome.exit_status;
}

}  // namespace

Result<int> exec(const Roots& roots, std::string_view reference, const ExecOptions& request,
                 const Warn& warn) {
  const Container container = COVE_TRY(open_container(roots, reference, false));
  const Condition condition = condition_of(container);
  if (condition != Condition::running) return not_up(container, condition);
  LaunchPlan plan = COVE_TRY(compile(container, request));
  for (const std::string& warning : plan.warnings) warn(warning);
  if (!request.detach) {
    COVE_TRY(sys::set_child_subreaper());
    COVE_TRY(supervise::block_for_supervision());
  }
  Bounds bounds = COVE_TRY(make_bounds(container, request, plan));
  Result<launch::Launched> launched = launch_exec(plan, request);
  Result<int> status = 0;
  if (!launched) {
    status = std::move(launched).error();
  } else if (!request.detach) {
    status = supervise_exec(*launched, request, bounds);
  }
  if (bounds.cgroup && !request.detach) bounds.cgroup->end();
  bounds.keeper.dismiss();
  return status;
}

}  // namespace cove::engine

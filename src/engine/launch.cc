#include "engine/launch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>

#include <cstdlib>

#include "engine/etc_files.h"
#include "engine/events.h"
#include "engine/layer.h"
#include "engine/life.h"
#include "engine/networks.h"
#include "engine/volume.h"
#include "kernel/idmap/lease.h"
#include "kernel/idmap/map_text.h"
#include "kernel/procfs/procfs.h"
#include "launch/fault.h"
#include "sandbox/facts.h"
#include "sandbox/plan_compiler.h"
#include "supervise/outcome.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::engine {
namespace {

// --- what the plan is compiled from ---

Status use_volumes(const Roots& roots, const Record& record, sandbox::Options& options) {
  for (const VolumeUse& use : record.volumes) {
    Volume wanted;
    wanted.name = use.name;
    wanted.anonymous = use.anonymous;
    const Volume volume = COVE_TRY(ensure_volume(roots, wanted));
    sandbox::MountRequest mount;
    mount.source = volume.mount_point;
    mount.target = use.target;
    mount.read_only = use.read_only;
    mount.recursive = false;
    mount.shared_ids = true;
    mount.copy_up = !use.no_copy && COVE_TRY(volume_is_empty(volume));
    options.mounts.push_back(std::move(mount));
  }
  return {};
}

Result<pid_t> process_of(const Roots& roots, const std::string& id, std::string_view option) {
  const Container other = COVE_TRY(open_container(roots, id, false).context(option));
  if (process_lives(other.state)) return other.state.pid;
  Error error(ErrorCode::not_found,
              fmt::format("{}: container {} is not running", option, other.record.name));
  error.set_hint(fmt::format("start it first: cove start {}", other.record.name));
  return error;
}

Status share(const Roots& roots, const std::string& id, std::string_view option,
             sandbox::NamespaceChoice& choice) {
  if (id.empty()) return {};
  choice.kind = sandbox::NamespaceChoice::Kind::pid;
  choice.pid = COVE_TRY(process_of(roots, id, option));
  return {};
}

Status share_namespaces(const Roots& roots, const SharedNamespaces& shared, sandbox::Options& options) {
  COVE_TRY(share(roots, shared.pid, "--pid", options.pid));
  COVE_TRY(share(roots, shared.ipc, "--ipc", options.ipc));
  COVE_TRY(share(roots, shared.uts, "--uts", options.uts));
  if (!shared.network.empty()) {
    options.network = sandbox::NetworkChoice::pid;
    options.network_pid = COVE_TRY(process_of(roots, shared.network, "--network"));
  }
  if (!shared.userns.empty()) {
    options.userns.kind = sandbox::UsernsChoice::Kind::pid;
    options.userns.pid = COVE_TRY(process_of(roots, shared.userns, "--userns"));
  }
  return {};
}

bool own_host_name(const sandbox::Options& options) {
  using Kind = sandbox::NamespaceChoice::Kind;
  return options.uts.kind == Kind::unset || options.uts.kind == Kind::fresh;
}

Result<sandbox::Options> options_of(const Roots& roots, const Container& container) {
  const Record& record = container.record;
  sandbox::Options options = record.options;
  COVE_TRY(share_namespaces(roots, record.shared, options));
  if (!options.hostname && own_host_name(options)) options.hostname = short_id(record.id);
  if (!record.id_map.empty()) {
    options.userns.kind = sandbox::UsernsChoice::Kind::map;
    options.userns.map = record.id_map;
  }
  COVE_TRY(use_layer(container.directory, options));
  COVE_TRY(use_volumes(roots, record, options));
  COVE_TRY(use_etc_files(roots, container, options));
  return options;
}

// --- the launch, with its record ---

launch::FaultPlan injected_fault() {
#ifdef COVE_FAULT_INJECTION
  // NOLINTNEXTLINE(concurrency-mt-unsafe): a launch has one thread
  if (const char* value = ::getenv("COVE_FAULT"); value != nullptr) return launch::parse_fault(value);
#endif
  return {};
}

class Launcher {
 public:
  Launcher(const Roots& roots, Container& container, const Warn& warn)
      : roots_(roots), container_(container), warn_(warn) {}

  Result<LaunchResult> launch();
  void note_failure(const Error& error);

 private:
  Status note_intent();
  Status note_process(pid_t pid);
  Status note_running(const launch::Launched& launched);
  Status write() { return container_.directory.write_state(container_.state); }

  const Roots& roots_;
  Container& container_;
  const Warn& warn_;
  ContainerPlan plan_;
};

// Before anything is made: whoever finds it can clean up.
Status Launcher::note_intent() {
  State& state = container_.state;
  if (state.phase != Phase::restarting) state.restart_count = 0;
  state.phase = Phase::starting;
  state.boot_id = COVE_TRY(boot_id());
  state.pid = 0;
  state.start_time = 0;
  state.error.clear();
  state.oom_killed = false;
  state.stop_requested = false;
  state.stopped_for_boot = false;
  state.cgroup = cgroup::record_of(plan_.plan.cgroup);
  state.own_pid_namespace = plan_.plan.is_fresh(launch::NamespaceKind::pid);
  state.health = {};
  if (!container_.record.health.command.empty()) state.health.status = "starting";
  return write();
}

Status Launcher::note_process(pid_t pid) {
  container_.state.pid = pid;
  container_.state.start_time = COVE_TRY(procfs::read_stat(pid)).start_time;
  return write();
}

Status Launcher::note_running(const launch::Launched& launched) {
  State& state = container_.state;
  state.phase = Phase::running;
  state.started_ns = sys::real_time_nanoseconds();
  state.exit_code.reset();
  state.finished_ns = 0;
  if (!launched.cgroup.directories().empty()) state.cgroup = launched.cgroup.record();
  return write();
}

Result<LaunchResult> Launcher::launch() {
  // A network that is not there, say, is told before anything is made.
  COVE_TRY(network::check_request(network_roots(roots_), container_.record.options.networks));
  plan_ = COVE_TRY(plan_container(roots_, container_));
  plan_.plan.fault = injected_fault();
  for (const std::string& warning : plan_.plan.warnings) warn_(warning);
  COVE_TRY(note_intent());
  launch::LaunchCallbacks callbacks;
  callbacks.cloned = [&](pid_t pid) { return note_process(pid); };
  callbacks.attach_networks = [&](pid_t pid, int netns_fd) {
    return attach_container(roots_, container_, pid, netns_fd, warn_);
  };
  callbacks.detach_networks = [&] { static_cast<void>(detach_container(roots_, container_.record)); };
  LaunchResult result;
  result.launched = COVE_TRY(launch::launch(plan_.plan, callbacks));
  Status running = note_running(result.launched);
  if (!running) {
    // It runs already: if that can't be put on record, it must go.
    static_cast<void>(sys::signal_pidfd(result.launched.pidfd.get(), SIGKILL));
    static_cast<void>(sys::wait_process(result.launched.pid));
    static_cast<void>(launch::finish(result.launched));
    return std::move(running).error();
  }
  if (plan_.facts.lease) result.lease = std::move(plan_.facts.lease->lock);
  return result;
}

void Launcher::note_failure(const Error& error) {
  State& state = container_.state;
  state.phase = state.started_ns == 0 ? Phase::created : Phase::exited;
  state.pid = 0;
  state.start_time = 0;
  state.monitor = 0;
  state.monitor_start_time = 0;
  state.cgroup = {};
  state.error = error.message();
  state.exit_code = supervise::setup_failure(error).exit_status;
  state.health = {};
  clean_layer(container_.directory);
  static_cast<void>(sys::remove_tree_at(AT_FDCWD, container_.directory.run_path().c_str()));
  static_cast<void>(write());
}

}  // namespace

Result<ContainerPlan> plan_container(const Roots& roots, Container& container) {
  const sandbox::Options options = COVE_TRY(options_of(roots, container));
  ContainerPlan result;
  result.facts = COVE_TRY(sandbox::gather_facts(options, short_id(container.record.id)));
  result.plan = COVE_TRY(sandbox::compile_plan(options, result.facts));
  result.plan.container.enabled = true;
  COVE_TRY(make_layer(container.directory, result.plan));
  if (result.facts.lease && container.record.id_map.empty()) {
    // The files that it writes belong to these ids: the next start must have the same, and nobody else may.
    const auto& uids = result.plan.idmap.maps.uids;
    COVE_TRY(idmap::keep_range(idmap::kKeptRanges, uids.front().outside, container.directory.path())
                 .context("keep the container's ids"));
    container.record.id_map = idmap::print_ranges(uids);
    COVE_TRY(container.directory.write_record(container.record));
  }
  return result;
}

Result<LaunchResult> launch_container(const Roots& roots, Container& container, const Warn& warn) {
  Launcher launcher(roots, container, warn);
  Result<LaunchResult> launched = launcher.launch();
  if (!launched) {
    launcher.note_failure(launched.error());
    if (container.record.auto_remove) static_cast<void>(remove_container(roots, container, true));
    return launched;
  }
  container_event(roots, container.record, "start");
  return launched;
}

}  // namespace cove::engine

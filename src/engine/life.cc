#include "engine/life.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <functional>

#include "engine/events.h"
#include "engine/layer.h"
#include "engine/networks.h"
#include "engine/volume.h"
#include "kernel/cgroup/cgroup.h"
#include "kernel/idmap/lease.h"
#include "kernel/idmap/map_text.h"
#include "kernel/procfs/process.h"
#include "sys/boot.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/wait_status.h"

namespace cove::engine {
namespace {

constexpr std::array<std::pair<Condition, std::string_view>, 7> kConditions{
    {{Condition::created, "created"},
     {Condition::running, "running"},
     {Condition::paused, "paused"},
     {Condition::restarting, "restarting"},
     {Condition::exited, "exited"},
     {Condition::removing, "removing"},
     {Condition::dead, "dead"}}};

bool lives(pid_t pid, uint64_t start_time) {
  if (pid <= 0) return false;
  const Result<procfs::ProcessStat> stat = procfs::read_stat(pid);
  return stat && !stat->dead() && stat->start_time == start_time;
}

bool this_boot(const State& state) {
  // It stays what it is for as long as we live.
  static const Result<std::string> kNow = boot_id();
  return kNow && *kNow == state.boot_id;
}

// Process 1, where no cgroup finds it; waits for its end.
void kill_first(const State& state) {
  const auto process = procfs::open_process(state.pid, state.start_time);
  if (!process || process->stat.dead()) return;
  static_cast<void>(sys::signal_pidfd(process->pidfd.get(), SIGKILL));
  constexpr int kPatienceMs = 10'000;
  static_cast<void>(sys::wait_readable(process->pidfd.get(), kPatienceMs));
}

bool was_out_of_memory(const cgroup::Record& record) {
  if (record.directories.empty()) return false;
  const Result<cgroup::Cgroup> opened = cgroup::open_cgroup_of(record);
  return opened && opened->usage().oom_kills.value_or(0) > 0;
}

// What the launch made. Mostly process 1 has taken all others with it, and the directories are empty.
Status release_resources(const Roots& roots, const Container& container) {
  const State& state = container.state;
  if (state.pid != 0 && this_boot(state)) kill_first(state);
  if (this_boot(state) && !cgroup::remove(state.cgroup, 0)) {
    COVE_TRY(cgroup::kill_all(state.cgroup));
    COVE_TRY(cgroup::remove(state.cgroup));
  }
  clean_layer(container.directory);
  return detach_container(roots, container.record);
}

// A launcher that was killed before the command ran.
void note_broken_start(State& state) {
  state.phase = state.started_ns == 0 ? Phase::created : Phase::exited;
  state.exit_code = kUnknownExit;
  state.error = "whoever started it was killed before it ran";
}

void note_end(State& state, const EndSeen& seen) {
  const bool starting = state.phase == Phase::starting;
  state.phase = Phase::exited;
  state.pid = 0;
  state.start_time = 0;
  state.finished_ns = sys::real_time_nanoseconds();
  state.cgroup = {};
  if (starting) return note_broken_start(state);
  if (seen.wait_status) {
    state.exit_code = sys::exit_status_of(*seen.wait_status);
    return;
  }
  state.exit_code = kUnknownExit;
  state.error = "nobody saw the process end: its exit status is not known";
}

// In a pid namespace of its own no process outlives the first, so one that lives in its cgroup will do.
Condition condition_of_running(const State& state) {
  if (!this_boot(state)) return Condition::exited;
  const std::optional<cgroup::Activity> activity = cgroup::read_activity(state.cgroup);
  const bool busy = activity && activity->populated && state.own_pid_namespace;
  if (!busy && !lives(state.pid, state.start_time)) return Condition::exited;
  if (activity) return activity->frozen ? Condition::paused : Condition::running;
  const Result<cgroup::FreezerState> freezer = cgroup::freezer_state(state.cgroup);
  return freezer && *freezer == cgroup::FreezerState::frozen ? Condition::paused : Condition::running;
}

// Those that --userns auto has chosen, whose files are gone.
void release_ids(const Container& container) noexcept {
  const auto ranges = idmap::parse_ranges(container.record.id_map);
  if (ranges && !ranges->empty())
    idmap::release_range(idmap::kKeptRanges, ranges->front().outside, container.directory.path());
}

}  // namespace

std::string_view condition_name(Condition condition) noexcept {
  for (const auto& [value, name] : kConditions) {
    if (value == condition) return name;
  }
  return "unknown";
}

Result<std::string> boot_id() {
  return sys::boot_id();
}

bool process_lives(const State& state) {
  return this_boot(state) && lives(state.pid, state.start_time);
}

bool monitor_lives(const State& state) {
  return this_boot(state) && lives(state.monitor, state.monitor_start_time);
}

static Condition condition_of(const State& state, const std::function<bool()>& is_locked) {
  switch (state.phase) {
    case Phase::created:
      return Condition::created;
    case Phase::removing:
      return Condition::removing;
    case Phase::exited:
      return Condition::exited;
    case Phase::restarting:
      return monitor_lives(state) ? Condition::restarting : Condition::exited;
    case Phase::starting:
      // Whoever starts it holds the lock; without one nobody is left who could finish it.
      return is_locked() ? Condition::created : Condition::exited;
    case Phase::running:
      return condition_of_running(state);
  }
  return Condition::dead;
}

Condition condition_of(const Container& container) {
  return condition_of(container.state, [&] { return container.directory.busy(); });
}

Condition condition_of(const Roots& roots, const Record& record, const State& state) {
  return condition_of(state, [&] {
    const Result<Directory> directory = Directory::open(roots, record.id, false);
    return directory && directory->busy();
  });
}

bool wants_restart(const Record& record, const State& state) noexcept {
  if (state.stop_requested) return false;
  switch (record.restart.kind) {
    case RestartPolicy::Kind::no:
      return false;
    case RestartPolicy::Kind::on_failure:
      return state.exit_code.value_or(1) != 0 &&
             (record.restart.max_retries == 0 || state.restart_count < record.restart.max_retries);
    case RestartPolicy::Kind::always:
    case RestartPolicy::Kind::unless_stopped:
      return true;
  }
  return false;
}

Result<AfterEnd> end_container(const Roots& roots, Container& container, const EndSeen& seen) {
  State& state = container.state;
  state.oom_killed = this_boot(state) && was_out_of_memory(state.cgroup);
  const bool ran = state.phase == Phase::running;
  COVE_TRY(release_resources(roots, container));
  note_end(state, seen);
  const bool restart = ran && seen.policy && wants_restart(container.record, state);
  if (restart) {
    state.phase = Phase::restarting;
    ++state.restart_count;
  } else {
    state.monitor = 0;
    state.monitor_start_time = 0;
    // Nobody listens there any more; those who are connected stay so.
    static_cast<void>(sys::remove_tree_at(AT_FDCWD, container.directory.run_path().c_str()));
  }
  COVE_TRY(container.directory.write_state(state));
  if (state.oom_killed) container_event(roots, container.record, "oom");
  if (ran) {
    container_event(roots, container.record, "die",
                    {{"exitCode", fmt::format("{}", state.exit_code.value_or(kUnknownExit))}});
  }
  if (restart) return AfterEnd::restart;
  if (!container.record.auto_remove) return AfterEnd::nothing;
  COVE_TRY(remove_container(roots, container, true));
  return AfterEnd::removed;
}

namespace {

Error removed_meanwhile(const Record& record) {
  Error error(ErrorCode::not_found, fmt::format("no such container: {}", record.name));
  error.set_hint("its removal had been broken off, and is done now");
  return error;
}

}  // namespace

Status reconcile(const Roots& roots, Container& container) {
  State& state = container.state;
  if (state.phase == Phase::removing) {
    COVE_TRY(remove_container(roots, container, state.removing_volumes));
    return removed_meanwhile(container.record);
  }
  if (state.phase == Phase::restarting && !monitor_lives(state)) {
    // Its monitor was killed between two tries, or told to end: the next boot is for the policy again.
    state.phase = Phase::exited;
    state.stopped_for_boot = true;
    state.monitor = 0;
    state.monitor_start_time = 0;
    static_cast<void>(sys::remove_tree_at(AT_FDCWD, container.directory.run_path().c_str()));
    return container.directory.write_state(state);
  }
  // Whoever starts it has the lock, and so is gone when we have it.
  const bool starting = state.phase == Phase::starting;
  const bool running = state.phase == Phase::running && (process_lives(state) || monitor_lives(state));
  if (running || (!starting && state.phase != Phase::running)) return {};
  // Whoever would start it again is gone.
  const AfterEnd after = COVE_TRY(end_container(roots, container, {std::nullopt, false}));
  if (after == AfterEnd::removed) return removed_meanwhile(container.record);
  return {};
}

Result<bool> await_record(const Roots& roots, const State& before, const std::string& id, int patience_ms) {
  constexpr int kStepMs = 20;
  const Result<UniqueFd> monitor = sys::open_pidfd(before.monitor);
  for (int waited = 0;; waited += kStepMs) {
    Container container = COVE_TRY(open_container(roots, id, true));
    COVE_TRY(reconcile(roots, container));
    const State& now = container.state;
    const bool same =
        now.phase == Phase::running && now.pid == before.pid && now.start_time == before.start_time;
    if (!same) return true;
    if (waited >= patience_ms) return false;
    COVE_TRY(container.directory.unlock());
    if (monitor) static_cast<void>(sys::wait_readable(monitor->get(), kStepMs));
  }
}

Status remove_container(const Roots& roots, Container& container, bool volumes) {
  State& state = container.state;
  state.phase = Phase::removing;
  state.removing_volumes = volumes;
  // On a full disk too there must be a way to make room.
  static_cast<void>(container.directory.write_state(state));
  COVE_TRY(release_resources(roots, container));
  COVE_TRY(remove_layer(container));
  const Record record = container.record;
  for (const VolumeUse& use : record.volumes) {
    // Another container may use it too: then it stays.
    if (volumes && use.anonymous) static_cast<void>(remove_volume(roots, use.name, false));
  }
  COVE_TRY(container.directory.remove());
  release_ids(container);
  release_name(roots, record.name, record.id);
  container_event(roots, record, "destroy");
  return {};
}

}  // namespace cove::engine

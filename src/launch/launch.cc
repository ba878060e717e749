#include "launch/launch.h"

#include <fmt/format.h>
#include <signal.h>

#include "launch/init.h"
#include "launch/parent.h"
#include "launch/step.h"
#include "sys/process.h"

namespace cove::launch {
namespace {

using ParentStep = Step<ParentContext>;

constexpr std::array kParentSteps{
    ParentStep{Phase::start, "check caller", check_caller},
    ParentStep{Phase::start, "open channel", open_channel},
    ParentStep{Phase::start, "open start gate", open_start_gate, remove_start_gate},
    ParentStep{Phase::start, "arm keeper", arm_keeper, dismiss_keeper},
    ParentStep{Phase::start, "make work directories", make_work_directories, drop_work_directories},
    ParentStep{Phase::start, "mount layers", mount_layers},
    ParentStep{Phase::start, "create cgroups", create_cgroups, remove_cgroups},
    ParentStep{Phase::start, "open kept namespace", open_kept_namespace},
    ParentStep{Phase::start, "raise oom score", raise_oom_score, restore_oom_score},
    ParentStep{Phase::namespaces, "clone child", clone_child, kill_child},
    ParentStep{Phase::namespaces, "map ids", map_ids},
    ParentStep{Phase::namespaces, "move network devices", move_network_devices, return_network_devices},
    ParentStep{Phase::namespaces, "attach networks", attach_networks, detach_networks},
    ParentStep{Phase::namespaces, "open from outside", open_outside},
    ParentStep{Phase::namespaces, "release child", release_child},
    ParentStep{Phase::rootfs, "run runtime hooks", run_runtime_hooks},
    ParentStep{Phase::handover, "await exec", await_exec},
};
static_assert(phases_ordered(kParentSteps));
static_assert(names_unique(kParentSteps));

Status inject_fault([[maybe_unused]] const ParentContext& context, [[maybe_unused]] std::string_view step) {
#ifdef COVE_FAULT_INJECTION
  const FaultPlan& fault = context.plan.fault;
  if (fault.step == step) {
    if (fault.kill) sys::kill_self(SIGKILL);
    return Error(ErrorCode::internal, "injected fault");
  }
#endif
  return {};
}

Status run_step(ParentContext& context, const ParentStep& step) {
  COVE_TRY(inject_fault(context, step.name).context(step.name));
  Status status = step.run(context);
  // The child's failures name the child's step.
  return context.child_failed ? std::move(status) : std::move(status).context(step.name);
}

void collect_timings(ParentContext& context) {
  for (size_t i = 0; i < init_step_count(); ++i) {
    context.launched.timings.push_back({init_step_name(i), true, context.progress->step_ns[i]});
  }
}

void trace_step(const ParentContext& context, std::string_view who, std::string_view step,
                uint64_t nanoseconds, bool done = true) {
  context.callbacks.trace("launch: {}: {}: {:.1f} µs{}", who, step, static_cast<double>(nanoseconds) / 1000.0,
                          done ? "" : ", and not done");
}

// As far as it came. It has no say of its own in the log: that is not its to write to.
void trace_child(const ParentContext& context) {
  if (!context.callbacks.trace.on() || context.launched.pidfd.get() < 0) return;
  const Progress& progress = *context.progress;
  const size_t reached = progress.step.load();
  const bool waits = waits_for_start(context.plan);
  for (size_t i = 0; i < init_step_count() && i <= reached; ++i) {
    if (i == reached && waits && init_step_name(i) == "await start") return;
    trace_step(context, "child", init_step_name(i), progress.step_ns[i], i < reached);
  }
}

}  // namespace

std::vector<std::string_view> parent_step_names() {
  std::vector<std::string_view> names;
  names.reserve(kParentSteps.size());
  for (const ParentStep& step : kParentSteps) names.push_back(step.name);
  return names;
}

std::string_view failed_step(const Error& error) {
  const std::string message = error.message();
  for (const auto& names : {parent_step_names(), init_step_names()}) {
    for (const std::string_view name : names) {
      if (message.starts_with(name) && message.substr(name.size(), 2) == ": ") return name;
    }
  }
  return {};
}

std::string print_timing(const StepTiming& timing) {
  return fmt::format("{:6}  {:28}{:>9.1f} µs", timing.in_child ? "child" : "parent", timing.step,
                     static_cast<double>(timing.nanoseconds) / 1000.0);
}

Result<Launched> launch(const LaunchPlan& plan, const LaunchCallbacks& callbacks) {
  ParentContext context(plan, callbacks);
  uint64_t began = sys::monotonic_nanoseconds();
  for (size_t i = 0; i < kParentSteps.size(); ++i) {
    Status status = run_step(context, kParentSteps[i]);
    const uint64_t now = sys::monotonic_nanoseconds();
    context.launched.timings.push_back({kParentSteps[i].name, false, now - began});
    trace_step(context, "parent", kParentSteps[i].name, now - began, status.ok());
    began = now;
    if (status) continue;
    trace_child(context);
    // The failed step may have done a part: its own undo runs as well.
    for (size_t done = i + 1; done-- > 0;) {
      if (kParentSteps[done].undo != nullptr) kParentSteps[done].undo(context);
    }
    return std::move(status).error();
  }
  collect_timings(context);
  trace_child(context);
  context.launched.setup_user_us = context.progress->setup_user_us;
  context.launched.setup_system_us = context.progress->setup_system_us;
  // A v2 cgroup is entered by the clone, v1 ones in "join cgroups".
  const bool from_the_clone = context.cgroup->v2_fd() >= 0;
  context.launched.counted_setup_us = context.progress->setup_user_us + context.progress->setup_system_us -
                                      (from_the_clone ? 0 : context.progress->joined_us);
  context.launched.cgroup = std::move(*context.cgroup);
  context.launched.keeper = std::move(context.keeper);
  if (!plan.networks.empty()) context.launched.detach_networks = callbacks.detach_networks;
  context.launched.work_directories = std::move(context.work_directories);
  return std::move(context.launched);
}

Status finish(Launched& launched) {
  // Mostly process 1 has taken all others with it, and the directories are empty.
  Status killed;
  Status removed = cgroup::remove_directories(launched.cgroup.directories(), 0);
  if (!removed) {
    killed = launched.cgroup.kill_all();
    removed = launched.cgroup.remove();
  }
  if (launched.detach_networks) launched.detach_networks();
  launched.work_locks.clear();
  remove_work_directories(launched.work_directories);
  launched.keeper.dismiss();
  COVE_TRY(std::move(killed));
  return removed;
}

}  // namespace cove::launch

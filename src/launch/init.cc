#include "launch/init.h"

#include <signal.h>

#include "launch/step.h"
#include "sys/process.h"

namespace cove::launch {
namespace {

using InitStep = Step<InitContext>;

constexpr std::array kInitSteps{
    InitStep{Phase::start, "start child", start_child},
    InitStep{Phase::start, "await id maps", await_id_maps},
    // With the maps in force: before, what belongs to the container's root is closed even to the host's.
    InitStep{Phase::start, "open mount sources", open_mount_sources},
    // With the caller's own ids: v1 compares them with those of the process that is moved.
    InitStep{Phase::namespaces, "join cgroups", join_cgroups},
    InitStep{Phase::namespaces, "enter time namespace", enter_time_namespace},
    InitStep{Phase::namespaces, "become namespace root", become_namespace_root},
    InitStep{Phase::namespaces, "set host names", set_host_names},
    InitStep{Phase::namespaces, "bring up loopback", bring_up_loopback},
    InitStep{Phase::namespaces, "set sysctls", set_sysctls},
    // Nothing is known by the host's paths from here on.
    InitStep{Phase::rootfs, "leave mounts behind", copy_kept_namespace},
    InitStep{Phase::rootfs, "mount root", mount_root},
    InitStep{Phase::rootfs, "mount filesystems", mount_filesystems},
    InitStep{Phase::rootfs, "run hooks", await_hooks},
    InitStep{Phase::rootfs, "open terminal", open_terminal},
    InitStep{Phase::rootfs, "pivot root", pivot_root},
    InitStep{Phase::identity, "connect standard streams", connect_stdio},
    InitStep{Phase::identity, "new session keyring", new_keyring},
    InitStep{Phase::identity, "resolve user", resolve_user},
    InitStep{Phase::identity, "set labels", set_labels},
    InitStep{Phase::identity, "drop bounding set", drop_bounding_set},
    InitStep{Phase::identity, "guard terminal", guard_terminal},
    InitStep{Phase::identity, "set scheduling", set_scheduling},
    // As late as the right to raise them allows: they hold for us too.
    InitStep{Phase::identity, "set resource limits", set_resource_limits},
    InitStep{Phase::identity, "set user and groups", set_identity},
    InitStep{Phase::identity, "enter working directory", enter_working_directory},
    InitStep{Phase::lockdown, "drop capabilities", drop_capabilities},
    InitStep{Phase::lockdown, "restrict paths", restrict_paths},
    InitStep{Phase::lockdown, "find program", find_program},
    // A container that was created is ready here, and waits.
    InitStep{Phase::handover, "await start", await_start},
    InitStep{Phase::handover, "prepare exec", prepare_exec},
    // As late as can be: after it we call nothing but execve(2), and sendmsg(2) for a listener or a failure.
    InitStep{Phase::handover, "load seccomp filter", load_seccomp},
    // The image's own programs: the filter is for them too, and for how they are started.
    InitStep{Phase::handover, "run start hooks", run_start_hooks},
    InitStep{Phase::handover, "exec payload", exec_payload},
};
static_assert(phases_ordered(kInitSteps));
static_assert(names_unique(kInitSteps));
static_assert(kInitSteps.size() <= kMaxSteps);

constexpr int kExitSetupFailed = 125;

Status inject_fault([[maybe_unused]] const InitContext& context, [[maybe_unused]] std::string_view step) {
#ifdef COVE_FAULT_INJECTION
  const FaultPlan& fault = context.plan.fault;
  if (fault.step == step) {
    if (fault.kill) {
      sys::kill_self(SIGKILL);
      // Process 1 of a pid namespace does not get signals from inside; what it cannot execute still ends it.
      __builtin_trap();
    }
    return Error(ErrorCode::internal, "injected fault");
  }
#endif
  return {};
}

Status run_step(InitContext& context, size_t index) {
  const InitStep& step = kInitSteps[index];
  context.progress.step.store(static_cast<uint32_t>(index), std::memory_order_relaxed);
  COVE_TRY(inject_fault(context, step.name));
  return step.run(context);
}

}  // namespace

std::string_view init_step_name(size_t index) noexcept {
  return index < kInitSteps.size() ? kInitSteps[index].name : "an unknown step";
}

size_t init_step_count() noexcept {
  return kInitSteps.size();
}

std::vector<std::string_view> init_step_names() {
  std::vector<std::string_view> names;
  names.reserve(kInitSteps.size());
  for (const InitStep& step : kInitSteps) names.push_back(step.name);
  return names;
}

Error child_error(const Failure& failure) {
  Error error(failure.code, failure.message, failure.sys_errno);
  error.set_hint(failure.hint);
  // Its message says already what it did.
  if (failure.step != kJoinerStep) error.add_context(init_step_name(failure.step));
  return error;
}

void run_init(InitContext& context) noexcept {
  uint64_t began = sys::monotonic_nanoseconds();
  for (size_t index = 0; index < kInitSteps.size(); ++index) {
    const Status status = run_step(context, index);
    const uint64_t now = sys::monotonic_nanoseconds();
    context.progress.step_ns[index] = now - began;
    began = now;
    if (status) continue;
    const Error& error = status.error();
    context.channel.send_failure(
        {static_cast<uint16_t>(index), error.code(), error.sys_errno(), error.message(), error.hint()});
    break;
  }
  sys::exit_now(kExitSetupFailed);
}

}  // namespace cove::launch

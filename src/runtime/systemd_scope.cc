#include "runtime/systemd_scope.h"

#include <fmt/format.h>
#include <signal.h>

#include <utility>

#include "kernel/systemd/properties.h"
#include "launch/caller.h"
#include "runtime/compile.h"
#include "sys/file.h"
#include "sys/identity.h"
#include "sys/process.h"

namespace cove::runtime {
namespace {

constexpr std::string_view kPrefix = "cove";

systemd::Instance instance_of(const Settings& settings, bool user) {
  return {.user = user, .runtime_dir = settings.runtime_dir, .session_address = settings.session_bus};
}

Result<bool> on_v2() {
  const cgroup::Layout layout = COVE_TRY(cgroup::read_layout());
  return layout.kind == cgroup::Kind::v2;
}

// Ends with us at the latest. `pipe` is never written to.
[[noreturn]] void keep_place(sys::PipePair& pipe) {
  static_cast<void>(sys::set_parent_death_signal(SIGKILL));
  pipe.write_end.reset();
  constexpr int kWhileMs = 60'000;
  while (!sys::wait_readable(pipe.read_end.get(), kWhileMs)) continue;
  sys::exit_now(0);
}

}  // namespace

Result<std::vector<dbus::Value>> scope_properties(const spec::Spec& spec, const cgroup::Resources& resources,
                                                  bool v2) {
  std::vector<dbus::Value> properties = systemd::resource_properties(resources, v2);
  if (!v2) {
    const std::string drivers = COVE_TRY(sys::read_file("/proc/devices"));
    for (dbus::Value& value : COVE_TRY(systemd::device_properties(resources, drivers)))
      properties.push_back(std::move(value));
  }
  for (const auto& [key, value] : spec.annotations) {
    if (key.starts_with(systemd::kAnnotationPrefix))
      properties.push_back(COVE_TRY(systemd::annotation_property(key, value)));
  }
  return properties;
}

Result<SystemdScope> SystemdScope::plan(const Settings& settings, const spec::Spec& spec,
                                        std::string_view id) {
  const bool user = sys::effective_uid() != 0 || !launch::in_initial_user_namespace();
  systemd::UnitName name =
      COVE_TRY(systemd::parse_unit_name(spec.linux_config.cgroups_path, id, kPrefix, user)
                   .context("linux.cgroupsPath"));
  SystemdScope scope(COVE_TRY(systemd::Manager::connect(instance_of(settings, user))), std::move(name), user);
  // Once it is on record it counts as ours, and may be stopped.
  const Result<std::string> taken = scope.manager_.control_group(scope.unit());
  if (!taken && taken.error().code() != ErrorCode::not_found) return taken.error();
  if (!taken || taken->empty()) return scope;
  Error error(ErrorCode::stale_resource,
              fmt::format("linux.cgroupsPath: systemd has a unit {} already", scope.unit()));
  error.set_hint("another container has it: choose another cgroupsPath");
  return error;
}

Result<std::string> SystemdScope::start(const spec::Spec& spec, std::string_view id) {
  systemd::ScopeRequest request{name_, fmt::format("cove container {}", id), {}, {}};
  const bool v2 = COVE_TRY(on_v2());
  request.properties = COVE_TRY(scope_properties(spec, to_cgroup(spec.linux_config.resources), v2));
  sys::PipePair pipe = COVE_TRY(sys::make_pipe());
  placeholder_ = COVE_TRY(sys::fork_process());
  if (placeholder_ == 0) keep_place(pipe);
  gate_ = std::move(pipe.write_end);
  request.pids.push_back(placeholder_);
  COVE_TRY(manager_.start_scope(request));
  started_ = true;
  return manager_.control_group(name_.unit);
}

void SystemdScope::end_placeholder() noexcept {
  if (placeholder_ == 0) return;
  gate_.reset();
  const Result<UniqueFd> process = sys::open_pidfd(placeholder_);
  if (process) static_cast<void>(sys::signal_pidfd(process->get(), SIGKILL));
  static_cast<void>(sys::wait_process(placeholder_));
  placeholder_ = 0;
}

void SystemdScope::abandon() noexcept {
  end_placeholder();
  if (started_) static_cast<void>(manager_.stop(name_.unit));
  started_ = false;
}

Status stop_unit(const Settings& settings, const Record& record) {
  if (record.systemd_unit.empty()) return {};
  systemd::Manager manager = COVE_TRY(systemd::Manager::connect(instance_of(settings, record.systemd_user)));
  return manager.stop(record.systemd_unit);
}

Status update_unit(const Settings& settings, const Record& record, const cgroup::Resources& resources) {
  if (record.systemd_unit.empty()) return {};
  systemd::Manager manager = COVE_TRY(systemd::Manager::connect(instance_of(settings, record.systemd_user)));
  const bool v2 = COVE_TRY(on_v2());
  return manager.set_properties(record.systemd_unit, systemd::resource_properties(resources, v2));
}

}  // namespace cove::runtime

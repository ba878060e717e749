// The container's cgroup by way of systemd (--systemd-cgroup): a scope of its own, which systemd makes around
// a process. Called by the process that the user started.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/cgroup/layout.h"
#include "kernel/cgroup/resources.h"
#include "kernel/systemd/manager.h"
#include "runtime/options.h"
#include "runtime/record.h"
#include "spec/runtime_spec.h"

namespace cove::runtime {

// The properties of the scope: limits, on v1 device rules, and the annotations "org.systemd.property.NAME".
// Pure but for /proc/devices.
Result<std::vector<dbus::Value>> scope_properties(const spec::Spec& spec, const cgroup::Resources& resources,
                                                  bool v2);

// A scope on its way: until the container's own process is in it, a placeholder keeps it.
class SystemdScope {
 public:
  // Reaches systemd, and makes sure that nobody has the unit; nothing is made. Errors: unsupported (there is
  // no systemd), stale_resource, invalid_argument.
  static Result<SystemdScope> plan(const Settings& settings, const spec::Spec& spec, std::string_view id);

  [[nodiscard]] const std::string& unit() const noexcept { return name_.unit; }
  [[nodiscard]] bool user_instance() const noexcept { return user_; }

  // Starts it; gives its cgroup as linux.cgroupsPath would have it. The unit must be on record before.
  Result<std::string> start(const spec::Spec& spec, std::string_view id);
  // The container's process is in it.
  void end_placeholder() noexcept;
  // Undoes start().
  void abandon() noexcept;

 private:
  SystemdScope(systemd::Manager manager, systemd::UnitName name, bool user)
      : manager_(std::move(manager)), name_(std::move(name)), user_(user) {}

  systemd::Manager manager_;
  systemd::UnitName name_;
  bool user_;
  bool started_ = false;
  pid_t placeholder_ = 0;
  UniqueFd gate_;  // the placeholder ends when it closes
};

// The two do nothing for a container that has no unit.
Status stop_unit(const Settings& settings, const Record& record);
// Tells systemd of new limits, so that it does not write the old ones again.
Status update_unit(const Settings& settings, const Record& record, const cgroup::Resources& resources);

}  // namespace cove::runtime

// Container cgroups by way of systemd: transient scopes, over D-Bus. A scope needs a process from the
// beginning, and lives as long as one is in it. Called by the runtime process. Source:
// org.freedesktop.systemd1(5).
#pragma once

#include <sys/types.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/dbus/connection.h"
#include "kernel/dbus/value.h"
#include "kernel/systemd/names.h"

namespace cove::systemd {

inline constexpr unsigned kDefaultTimeoutMs = 30'000;

// Which systemd.
struct Instance {
  bool user = false;            // the user's instance instead of process 1
  std::string runtime_dir;      // user: $XDG_RUNTIME_DIR, may be empty
  std::string session_address;  // user: $DBUS_SESSION_BUS_ADDRESS, may be empty
};

struct ScopeRequest {
  UnitName name;
  std::string description;  // for people, as "libcontainer container ID"
  std::vector<pid_t> pids;  // at least one; as seen from our PID namespace
  // Besides what every container has (accounting, Delegate, no default dependencies): resource_properties(),
  // device_properties(), annotation_property().
  std::vector<dbus::Value> properties;
};

class Manager {
 public:
  // Root: systemd's own socket, which needs no message bus, else the system bus. The user's instance:
  // likewise, $XDG_RUNTIME_DIR/systemd/private, then the session's bus, then $XDG_RUNTIME_DIR/bus.
  // `timeout_ms` holds for each of the operations. Error unsupported: no systemd is to be found, with a hint.
  static Result<Manager> connect(const Instance& instance, unsigned timeout_ms = kDefaultTimeoutMs);
  // To one socket; `bus`: a message bus.
  static Result<Manager> connect_to(const dbus::SocketName& socket, bool bus,
                                    unsigned timeout_ms = kDefaultTimeoutMs);

  // StartTransientUnit, and waits until the scope is there. A failed unit of the name that was left behind is
  // reset, and the start tried once more. Errors carry systemd's words: stale_resource (the unit exists),
  // permission, system.
  Status start_scope(const ScopeRequest& request);
  // StopUnit, which kills what is left inside, waits, and ResetFailedUnit. A unit that is gone counts as
  // stopped.
  Status stop(const std::string& unit);
  // SetUnitProperties, until the unit ends.
  Status set_properties(const std::string& unit, std::span<const dbus::Value> properties);
  // The scope's cgroup, as "/system.slice/x.scope": below the hierarchy's root as systemd sees it.
  Result<std::string> control_group(const std::string& unit);

 private:
  Manager(dbus::Connection connection, bool bus, unsigned timeout_ms) noexcept
      : connection_(std::move(connection)), bus_(bus), timeout_ms_(timeout_ms) {}
  Result<dbus::Reply> call(const char* method, std::vector<dbus::Value> arguments);
  Status subscribe();
  Status wait_for_job(const dbus::Reply& reply, const std::string& unit);
  void reset_failed(const std::string& unit);
  [[nodiscard]] uint64_t deadline() const noexcept;

  dbus::Connection connection_;
  bool bus_;
  unsigned timeout_ms_;
  bool subscribed_ = false;
};

}  // namespace cove::systemd

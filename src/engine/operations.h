// What is done with containers, a file each. Called by the process that the user started. `reference` is a
// name, an id or the beginning of one. Each opens the container anew and holds its lock while it changes
// something.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"
#include "engine/launch.h"
#include "engine/life.h"
#include "engine/record.h"
#include "engine/roots.h"
#include "engine/store.h"

namespace cove::engine {

// --- create.cc ---
// Puts the record down: id, time and, if it has none, a name are filled in. Nothing runs. On failure nothing
// is left. Gives the record as it was written.
Result<Record> create(const Roots& roots, Record record);

// --- start.cc ---
// Whether somebody must stay beside the container.
[[nodiscard]] bool needs_monitor(const Record& record) noexcept;
struct StartOptions {
  int attach_socket =
      -1;  // the monitor's end of a client that is attached from the beginning; stays open here
};
// One that runs already is no error.
Status start(const Roots& roots, std::string_view reference, const StartOptions& options, const Warn& warn);

// --- stop.cc ---
struct StopOptions {
  int signal = 0;                         // 0: the record's, else SIGTERM
  std::optional<uint32_t> grace_seconds;  // unset: the record's, else 10. Then SIGKILL
};
// One that does not run is no error. Returns when its end is on record.
Status stop(const Roots& roots, std::string_view reference, const StopOptions& options);

// What became of one container when the machine went up or down.
struct BootStep {
  std::string name;
  std::string error;  // empty: it was started, or stopped
};
// Before a shutdown: those named, or all, are stopped at once if they run, each within its own time.
// start_after_boot() takes them for running.
Result<std::vector<BootStep>> stop_for_shutdown(const Roots& roots,
                                                const std::vector<std::string>& references);
// ErrorCode::invalid_argument: it does not run.
Status kill(const Roots& roots, std::string_view reference, int signal);

// --- remove.cc ---
struct RemoveOptions {
  bool force = false;    // kill it first; one that is not there is no error
  bool volumes = false;  // with its anonymous volumes
};
Status remove(const Roots& roots, std::string_view reference, const RemoveOptions& options);
Status rename(const Roots& roots, std::string_view reference, const std::string& name);

// --- freeze.cc ---
Status pause(const Roots& roots, std::string_view reference);
Status unpause(const Roots& roots, std::string_view reference);

// --- wait.cc ---
// Blocks until it has ended for good; gives its exit status. One that has never run: 0, as Docker.
Result<int> wait(const Roots& roots, std::string_view reference);

// --- exec.cc ---
struct ExecOptions {
  std::vector<std::string> command;
  std::vector<std::string> env;
  std::optional<std::string> user;
  std::optional<std::string> workdir;
  bool tty = false;
  bool interactive = false;
  bool privileged = false;
  bool detach = false;
  bool lease = false;                  // all of its processes end when the caller does
  std::optional<uint64_t> timeout_ms;  // then all of its processes are killed: exit status 124
  // Where the container has no cgroup the time limit ends the command alone, not what it has started.
  bool best_effort_timeout = false;
  // Where the caller's own systemd is found: XDG_RUNTIME_DIR and DBUS_SESSION_BUS_ADDRESS; may be empty.
  std::string runtime_dir;
  std::string session_bus;
  std::string detach_keys;
};
inline constexpr int kExitTimeout = 124;  // as timeout(1)
// Gives the exit status of the command (128 + a signal's number), or 0 if it is left to itself.
Result<int> exec(const Roots& roots, std::string_view reference, const ExecOptions& request,
                 const Warn& warn);

// --- health.cc ---
// Runs the check once, puts its outcome on record, and gives it. ErrorCode::invalid_argument: it has none, or
// does not run. The event is written where the status changes.
Result<HealthResult> check_health(const Roots& roots, std::string_view reference);
// What an outcome does to the health of a container that was started at `started_ns`. Pure.
void note_health(const HealthCheck& check, int64_t started_ns, const HealthResult& result, Health& health);

// --- update.cc ---
struct Update {
  cgroup::Limits limits;  // what is not set stays as it is
  std::optional<RestartPolicy> restart;
};
// The kernel's limits of one that runs, and the record. Gives notes about what could not be done at once.
Result<std::vector<std::string>> update(const Roots& roots, std::string_view reference,
                                        const Update& changes);

// --- boot.cc ---
// Starts what its restart policy wants to run after a reboot. One that runs already is left alone.
Result<std::vector<BootStep>> start_after_boot(const Roots& roots, const Warn& warn);

// --- attach.cc ---
// A connection to the monitor's attach socket. ErrorCode::unsupported: the container has no monitor.
Result<UniqueFd> connect_attach(const Container& container);

}  // namespace cove::engine

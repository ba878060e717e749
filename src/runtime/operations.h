// The operations of the runtime, a file each. Called by the process that the user started; each opens the
// container anew and holds its lock while it changes something. Warnings go to `warn`.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/options.h"
#include "runtime/store.h"
#include "spec/resources.h"
#include "spec/state.h"

namespace cove::runtime {

using Warn = std::function<void(std::string_view)>;

// --- create.cc ---
Status create(const Settings& settings, const CreateOptions& options, const Warn& warn);
// --- start.cc ---
// `notify_socket`: NOTIFY_SOCKET of the caller; then it waits until the container is ready. May be empty.
Status start(const Settings& settings, std::string_view id, const std::string& notify_socket,
             const Warn& warn);
// --- run.cc ---
// Create and start in one; without StreamOptions::detach it waits, and deletes the container afterwards.
// Gives the exit status of the process (128 + a signal's number), or 0.
Result<int> run(const Settings& settings, const CreateOptions& options, const Warn& warn);
// --- exec.cc ---
Result<int> exec(const Settings& settings, const ExecOptions& options, const Warn& warn);
// Does not wait, whatever StreamOptions::detach says: gives the process, a child of the caller.
Result<pid_t> exec_detached(const Settings& settings, const ExecOptions& options, const Warn& warn);

// --- state.cc ---
Result<spec::State> state(const Settings& settings, std::string_view id);
// Those that can be read; the others are told to `warn`.
Result<std::vector<spec::State>> list(const Settings& settings, const Warn& warn);
// The processes in the container, as the runtime's pid namespace has them.
Result<std::vector<pid_t>> processes(const Settings& settings, std::string_view id);

// --- kill.cc ---
// `all`: every process in the container, not only the first.
Status kill(const Settings& settings, std::string_view id, int signal, bool all);

// --- delete.cc ---
// ErrorCode::invalid_argument: it runs, and `force` was not given. With `force` one that is not there is no
// error.
Status remove(const Settings& settings, std::string_view id, bool force, const Warn& warn);
// Ends what is left of a stopped container, then removes its cgroup, its record and its directory.
Status destroy(const Settings& settings, const Container& container, const Warn& warn);

// --- freeze.cc ---
Status pause(const Settings& settings, std::string_view id);
Status resume(const Settings& settings, std::string_view id);

// --- update.cc ---
// What is set in `resources` is changed, and kept in the container's config.json; all else stays as it is.
Status update(const Settings& settings, std::string_view id, const spec::Resources& resources,
              const Warn& warn);

// --- events.cc ---
// The lines of JSON that runc prints. `emit` gets each without its '\n'.
using Emit = std::function<Status(std::string_view line)>;
Status print_stats(const Settings& settings, std::string_view id, const Emit& emit);
// Statistics each `interval` and every shortage of memory, until the container has stopped.
Status watch_events(const Settings& settings, std::string_view id, std::chrono::milliseconds interval,
                    const Emit& emit);

}  // namespace cove::runtime

// What create, run and restore share: from a bundle to a launched container with its record. Internal to
// runtime/.
#pragma once

#include <optional>

#include "launch/launch.h"
#include "runtime/notify.h"
#include "runtime/operations.h"

namespace cove::runtime {

struct LaunchedContainer {
  ContainerDirectory directory;  // locked
  Record record;
  spec::Spec spec;
  launch::Launched launched;
  NotifyRelay notify;
};

// `wait`: the container stops short of its exec until start(). On failure nothing is left.
Result<LaunchedContainer> launch_container(const Settings& settings, const CreateOptions& options, bool wait,
                                           const Warn& warn);

// What remains of `run` and `restore` with a container that runs: poststart hooks, and unless `streams` say
// detach, waiting for its end and deleting it unless `keep`. Before the launch must have come
// prepare_to_attend(). Gives the exit status, or 0.
Status prepare_to_attend(const StreamOptions& streams);
Result<int> attend(const Settings& settings, LaunchedContainer container, const StreamOptions& streams,
                   bool keep, const Warn& warn);

// Hands the descriptor of a filter's supervisor to the agent that the configuration names.
Status send_listener(const spec::Spec& spec, const Record& record, pid_t pid, spec::ContainerStatus status,
                     int listener);

// Runs poststart or poststop hooks: a failure is a warning, as the specification has it.
void run_late_hooks(const Settings& settings, std::string_view kind, const std::vector<spec::Hook>& hooks,
                    const spec::State& state, const Warn& warn);

// Sends a terminal's master to the console socket, if there is one.
Status send_console(const StreamOptions& streams, int master);
// Writes the number into the file, if there is one.
Status write_pid_file(const StreamOptions& streams, pid_t pid);
// Streams that contradict each other: a terminal that nobody would hold, a socket without a terminal.
Status check_streams(const StreamOptions& streams, bool terminal);

}  // namespace cove::runtime

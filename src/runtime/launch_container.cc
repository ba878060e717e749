#include "runtime/launch_container.h"

#include <signal.h>

#include "kernel/procfs/procfs.h"
#include "launch/hooks.h"
#include "runtime/compile.h"
#include "runtime/preparation.h"
#include "sys/process.h"

namespace cove::runtime {
namespace {

// Carries a bundle through to a launched container; whatever it has made is undone if it does not get there.
class Maker {
 public:
  Maker(const Settings& settings, const CreateOptions& options, bool wait, const Warn& warn)
      : options_(options), wait_(wait), warn_(warn), settings_(settings), made_(settings, options, warn) {}

  Result<LaunchedContainer> make();

 private:
  Result<launch::Launched> launch(Bundle bundle, const ContainerDirectory& directory);
  Status created(const ContainerDirectory& directory, const launch::Launched& launched);

  const CreateOptions& options_;
  bool wait_;
  const Warn& warn_;
  const Settings& settings_;
  Preparation made_;
  NotifyRelay notify_;
};

Status Maker::created(const ContainerDirectory& directory, const launch::Launched& launched) {
  Record& record = made_.record;
  record.pid = launched.pid;
  record.start_time = COVE_TRY(procfs::read_stat(launched.pid)).start_time;
  record.cgroup = launched.cgroup.directories().empty() ? record.cgroup : launched.cgroup.record();
  COVE_TRY(directory.write_record(record));
  settings_.trace("container {}: {}, process {}", record.id, wait_ ? "created" : "running", record.pid);
  COVE_TRY(send_console(options_.streams, launched.console.get()));
  return write_pid_file(options_.streams, launched.pid);
}

Result<launch::Launched> Maker::launch(Bundle bundle, const ContainerDirectory& directory) {
  COVE_TRY(made_.prepare(std::move(bundle), directory, wait_));
  COVE_TRY(made_.create_rdt_class());
  if (settings_.show_plan) settings_.show_plan(made_.plan);
  launch::LaunchCallbacks callbacks;
  callbacks.trace = settings_.trace;
  callbacks.cloned = [&](pid_t pid) { return made_.join_rdt_class(pid); };
  callbacks.created = [&](const launch::Launched& launched) { return created(directory, launched); };
  callbacks.listener = [&](pid_t pid, int listener) {
    return send_listener(made_.bundle.spec, made_.record, pid, spec::ContainerStatus::creating, listener);
  };
  if (!wait_) notify_ = COVE_TRY(NotifyRelay::open(directory, options_.notify_socket));
  launch::Launched launched = COVE_TRY(launch::launch(made_.plan, callbacks));
  made_.end_placeholder();
  if (wait_) return launched;
  // It runs already: if it can't be put on record, it must go.
  Status recorded = created(directory, launched);
  if (!recorded) {
    static_cast<void>(sys::signal_pidfd(launched.pidfd.get(), SIGKILL));
    static_cast<void>(sys::wait_process(launched.pid));
    return std::move(recorded).error();
  }
  return launched;
}

Result<LaunchedContainer> Maker::make() {
  COVE_TRY(check_id(options_.id));
  Bundle bundle = COVE_TRY(read_bundle(options_.bundle, warn_));
  settings_.trace("container {}: bundle {}, ociVersion {}", options_.id, bundle.path,
                  bundle.spec.oci_version);
  COVE_TRY(check_streams(options_.streams, bundle.spec.process->terminal));
  ContainerDirectory directory = COVE_TRY(ContainerDirectory::create(settings_.root, options_.id));
  settings_.trace("container {}: creating, record in {}", options_.id, directory.path());
  Result<launch::Launched> launched = launch(std::move(bundle), directory);
  if (!launched) {
    settings_.trace("container {}: undone, since: {}", options_.id, launched.error().message());
    made_.undo(directory);
    return std::move(launched).error();
  }
  return LaunchedContainer{std::move(directory), std::move(made_.record), std::move(made_.bundle.spec),
                           std::move(*launched), std::move(notify_)};
}

}  // namespace

Result<LaunchedContainer> launch_container(const Settings& settings, const CreateOptions& options, bool wait,
                                           const Warn& warn) {
  return Maker(settings, options, wait, warn).make();
}

void run_late_hooks(const Settings& settings, std::string_view kind, const std::vector<spec::Hook>& hooks,
                    const spec::State& state, const Warn& warn) {
  const std::string text = hooks.empty() ? std::string() : spec::print_state(state, true);
  for (const launch::Hook& hook : to_hooks(hooks)) {
    // The others run all the same.
    const Status status = launch::run_hooks(kind, {&hook, 1}, text, settings.trace);
    if (!status) warn(status.error().message());
  }
}

}  // namespace cove::runtime

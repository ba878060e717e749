// After a reboot: what ran, or would run always, is started again.
#include "engine/operations.h"

namespace cove::engine {
namespace {

bool wants_start(const Record& record, const State& state, bool was_up) {
  const bool stopped = state.stop_requested && !state.stopped_for_boot;
  switch (record.restart.kind) {
    case RestartPolicy::Kind::no:
      return false;
    case RestartPolicy::Kind::on_failure:
      // It did not end by itself: the machine did.
      return was_up && !stopped;
    case RestartPolicy::Kind::always:
      return was_up || state.started_ns != 0;
    case RestartPolicy::Kind::unless_stopped:
      return (was_up || state.started_ns != 0) && !stopped;
  }
  return false;
}

// Whether it is to be started, once its state is true.
Result<bool> prepare(const Roots& roots, const std::string& id) {
  Container container = COVE_TRY(open_container(roots, id, true));
  const Phase phase = container.state.phase;
  const bool was_up = phase == Phase::running || phase == Phase::starting || phase == Phase::restarting ||
                      container.state.stopped_for_boot;
  const bool wanted = wants_start(container.record, container.state, was_up);
  COVE_TRY(reconcile(roots, container));
  const Condition condition = condition_of(container);
  return wanted && !is_up(condition) && condition != Condition::restarting;
}

}  // namespace

Result<std::vector<BootStep>> start_after_boot(const Roots& roots, const Warn& warn) {
  std::vector<BootStep> started;
  std::vector<Container> all = COVE_TRY(load_all(roots));
  // The oldest first: others may share its namespaces.
  for (auto container = all.rbegin(); container != all.rend(); ++container) {
    const std::string& id = container->record.id;
    const Result<bool> wanted = prepare(roots, id);
    if (wanted && !*wanted) continue;
    if (!wanted && wanted.error().code() == ErrorCode::not_found) continue;
    const Status outcome = wanted ? start(roots, id, {}, warn) : Status(Error(wanted.error()));
    started.push_back({container->record.name, outcome ? std::string() : outcome.error().message()});
  }
  return started;
}

}  // namespace cove::engine

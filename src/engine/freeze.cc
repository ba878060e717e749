#include <fmt/format.h>

#include "engine/events.h"
#include "engine/operations.h"

namespace cove::engine {
namespace {

Error wrong_condition(const Container& container, std::string_view wanted) {
  return Error(ErrorCode::invalid_argument, fmt::format("container {} is {}, not {}", container.record.name,
                                                        condition_name(condition_of(container)), wanted));
}

Result<Container> open_up(const Roots& roots, std::string_view reference, Condition wanted) {
  Container container = COVE_TRY(open_container(roots, reference, true));
  COVE_TRY(reconcile(roots, container));
  if (condition_of(container) != wanted) return wrong_condition(container, condition_name(wanted));
  return container;
}

}  // namespace

Status pause(const Roots& roots, std::string_view reference) {
  const Container container = COVE_TRY(open_up(roots, reference, Condition::running));
  COVE_TRY(cgroup::freeze(container.state.cgroup).context(container.record.name));
  container_event(roots, container.record, "pause");
  return {};
}

Status unpause(const Roots& roots, std::string_view reference) {
  const Container container = COVE_TRY(open_up(roots, reference, Condition::paused));
  COVE_TRY(cgroup::thaw(container.state.cgroup).context(container.record.name));
  container_event(roots, container.record, "unpause");
  return {};
}

}  // namespace cove::engine

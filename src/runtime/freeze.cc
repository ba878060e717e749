#include <fmt/format.h>

#include "runtime/operations.h"

namespace cove::runtime {
namespace {

using spec::ContainerStatus;

Error wrong_status(std::string_view what, ContainerStatus status) {
  return Error(ErrorCode::invalid_argument,
               fmt::format("cannot {} a container that is {}", what, spec::status_name(status)));
}

}  // namespace

Status pause(const Settings& settings, std::string_view id) {
  const Container container = COVE_TRY(open_container(settings, id, true));
  const ContainerStatus status = container.status;
  if (status != ContainerStatus::running && status != ContainerStatus::created)
    return wrong_status("pause", status);
  settings.trace("container {}: freeze [{}]", id, fmt::join(container.record.cgroup.paths(), " "));
  return cgroup::freeze(container.record.cgroup);
}

Status resume(const Settings& settings, std::string_view id) {
  const Container container = COVE_TRY(open_container(settings, id, true));
  // One that waits to be started can be paused too; "created" is still what it is then.
  const Result<cgroup::FreezerState> freezer = cgroup::freezer_state(container.record.cgroup);
  const bool frozen = freezer && *freezer != cgroup::FreezerState::thawed;
  if (container.status != ContainerStatus::paused && !frozen) return wrong_status("resume", container.status);
  settings.trace("container {}: thaw [{}]", id, fmt::join(container.record.cgroup.paths(), " "));
  return cgroup::thaw(container.record.cgroup);
}

}  // namespace cove::runtime

#include <fmt/format.h>
#include <signal.h>

#include "engine/events.h"
#include "engine/networks.h"
#include "engine/operations.h"

namespace cove::engine {

Status remove(const Roots& roots, std::string_view reference, const RemoveOptions& options) {
  Result<Container> container = open_container(roots, reference, true);
  if (!container && options.force && container.error().code() == ErrorCode::not_found) return {};
  if (!container) return Error(container.error());
  COVE_TRY(reconcile(roots, *container));
  const Condition condition = condition_of(*container);
  const bool active = is_up(condition) || condition == Condition::restarting;
  if (active && !options.force) {
    Error error(ErrorCode::invalid_argument,
                fmt::format("container {} is {}", container->record.name, condition_name(condition)));
    error.set_hint("stop it first, or use --force");
    return error;
  }
  if (active) {
    const std::string id = container->record.id;
    COVE_TRY(container->directory.unlock());
    Status killed = kill(roots, id, SIGKILL);
    // It may have ended by itself.
    if (!killed && killed.error().code() != ErrorCode::invalid_argument &&
        killed.error().code() != ErrorCode::not_found)
      return killed;
    container = open_container(roots, id, true);
    // --rm, or somebody else was quicker.
    if (!container && container.error().code() == ErrorCode::not_found) return {};
    if (!container) return Error(container.error());
  }
  return remove_container(roots, *container, options.volumes);
}

Status rename(const Roots& roots, std::string_view reference, const std::string& name) {
  Container container = COVE_TRY(open_container(roots, reference, true));
  Record& record = container.record;
  if (record.name == name) {
    return Error(ErrorCode::invalid_argument, fmt::format("container {} has that name already", name));
  }
  // Both names lead to it until the record is replaced.
  COVE_TRY(claim_name(roots, name, record.id));
  const std::string old = record.name;
  record.name = name;
  Status written = container.directory.write_record(record);
  release_name(roots, written ? old : name, record.id);
  if (!written) return written;
  static_cast<void>(network::rename_owner(network_roots(roots), short_id(record.id), record.name));
  container_event(roots, record, "rename", {{"oldName", old}});
  return {};
}

}  // namespace cove::engine

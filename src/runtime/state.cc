#include <fmt/format.h>

#include "base/strings.h"
#include "kernel/userdb/userdb.h"
#include "runtime/operations.h"
#include "sys/file.h"

namespace cove::runtime {
namespace {

std::string owner_name(uint32_t uid) {
  const Result<std::string> passwd = sys::read_file("/etc/passwd");
  const std::string_view name = passwd ? userdb::find_name(*passwd, uid) : std::string_view{};
  return name.empty() ? fmt::format("#{}", uid) : std::string(name);
}

Result<spec::State> full_state(const Settings& settings, std::string_view id) {
  const Container container = COVE_TRY(open_container(settings, id, false));
  spec::State state = state_of(container.record, container.status);
  state.owner = owner_name(container.record.owner);
  return state;
}

}  // namespace

Result<spec::State> state(const Settings& settings, std::string_view id) {
  return full_state(settings, id);
}

Result<std::vector<spec::State>> list(const Settings& settings, const Warn& warn) {
  std::vector<spec::State> states;
  const std::vector<std::string> ids = COVE_TRY(list_ids(settings.root));
  for (const std::string& id : ids) {
    Result<spec::State> found = full_state(settings, id);
    if (found) {
      states.push_back(std::move(*found));
    } else if (found.error().code() != ErrorCode::not_found) {
      // One that was removed in between is none.
      warn(fmt::format("{}: {}", id, found.error().message()));
    }
  }
  return states;
}

Result<std::vector<pid_t>> processes(const Settings& settings, std::string_view id) {
  const Container container = COVE_TRY(open_container(settings, id, false));
  if (container.status == spec::ContainerStatus::stopped) return std::vector<pid_t>();
  if (!container.record.cgroup.directories.empty()) return cgroup::list_processes(container.record.cgroup);
  Error error(ErrorCode::unsupported, "the container has no cgroup that tells its processes");
  error.set_hint("create it as root, or in a delegated cgroup");
  return error;
}

}  // namespace cove::runtime

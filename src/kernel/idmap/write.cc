#include "kernel/idmap/write.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "kernel/idmap/helper.h"
#include "kernel/idmap/map_text.h"
#include "sys/file.h"
#include "sys/program.h"

namespace cove::idmap {
namespace {

constexpr size_t kMaxHelperOutput = 2048;
constexpr int kHelperTimeoutMs = 30'000;  // it may ask a directory service

Status write_proc_file(pid_t pid, std::string_view name, std::string_view content, std::string_view shown) {
  const std::string path = fmt::format("/proc/{}/{}", pid, name);
  const Status status = sys::write_existing(path.c_str(), content);
  if (status.ok()) return {};
  return Error::from_errno(fmt::format("write {} to {}", shown, path), status.error().sys_errno());
}

Status write_deny(pid_t pid) {
  return write_proc_file(pid, "setgroups", "deny", "deny");
}

Status write_map(pid_t pid, std::string_view name, const std::vector<IdRange>& ranges) {
  Status status = write_proc_file(pid, name, kernel_text(ranges), print_ranges(ranges));
  if (!status.ok() && status.error().sys_errno() == EPERM && name == "uid_map" && to_inside(ranges, 0)) {
    status.error().set_hint(
        "to map uid 0 a process needs CAP_SETFCAP (Linux 5.12), which containers drop: keep it there, or "
        "run cove as another user");
  }
  return status;
}

Result<sys::SpawnedProgram> start_helper(const std::string& path, pid_t pid,
                                         const std::vector<IdRange>& ranges) {
  std::vector<std::string> arguments{std::to_string(pid)};
  for (const IdRange& range : ranges) {
    for (const uint32_t number : {range.inside, range.outside, range.count}) {
      arguments.push_back(std::to_string(number));
    }
  }
  return sys::spawn_program(path, arguments);
}

Status finish_helper(const std::string& path, const sys::SpawnedProgram& program) {
  const sys::ProgramOutcome outcome =
      COVE_TRY(sys::finish_program(program, kMaxHelperOutput, kHelperTimeoutMs).context(path));
  if (WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 0) return {};
  return explain_helper_failure(path, outcome.status, outcome.output, helper_obstacle(path));
}

Result<std::string> require_helper(std::string_view name) {
  std::string path = find_helper(name);
  if (path.empty()) {
    return Error(ErrorCode::newuidmap_missing,
                 fmt::format("mapping subordinate ids needs {}, which this system lacks", name));
  }
  return path;
}

}  // namespace

Error explain_helper_failure(std::string_view path, int status, std::string_view output,
                             std::string_view obstacle) {
  const std::string_view said = trim(output);
  std::string message = WIFSIGNALED(status)
                            ? fmt::format("{} was killed by signal {}", path, WTERMSIG(status))
                            : fmt::format("{} failed with status {}", path, WEXITSTATUS(status));
  if (!said.empty()) message += fmt::format(" and said {}", quote(said));
  if (!obstacle.empty()) {
    return Error(ErrorCode::newuidmap_missing, fmt::format("{}: {}", obstacle, message))
        .set_hint(
            "mend that (the programs come with the package `uidmap`), or use a mapping of your own id only");
  }
  // shadow: "newuidmap: uid range [0-1) -> [100000-100001) not allowed"
  if (said.find("not allowed") != std::string_view::npos)
    return Error(ErrorCode::subid_missing, std::move(message));
  return Error(ErrorCode::system, std::move(message));
}

Status write_direct(pid_t pid, const IdMapPlan& plan) {
  if (plan.deny_setgroups) COVE_TRY(write_deny(pid));
  COVE_TRY(write_map(pid, "uid_map", plan.maps.uids));
  return write_map(pid, "gid_map", plan.maps.gids);
}

Status write_with_helpers(pid_t pid, const IdMapPlan& plan) {
  const std::string uid_path = COVE_TRY(require_helper("newuidmap"));
  const std::string gid_path = COVE_TRY(require_helper("newgidmap"));
  if (plan.deny_setgroups) COVE_TRY(write_deny(pid));
  const sys::SpawnedProgram uid_program = COVE_TRY(start_helper(uid_path, pid, plan.maps.uids));
  Result<sys::SpawnedProgram> gid_program = start_helper(gid_path, pid, plan.maps.gids);
  // Both are waited for before either's error is returned: no zombie stays behind.
  Status uid_status = finish_helper(uid_path, uid_program);
  Status gid_status = gid_program.ok() ? finish_helper(gid_path, gid_program.value())
                                       : Status(std::move(gid_program).error());
  if (!uid_status) return uid_status;
  return gid_status;
}

Status write_maps(pid_t pid, const IdMapPlan& plan) {
  switch (plan.writer) {
    case MapWriter::none:
      return {};
    case MapWriter::direct:
      return write_direct(pid, plan);
    case MapWriter::helper:
      return write_with_helpers(pid, plan);
  }
  return Error(ErrorCode::internal, "unknown writer of id maps");
}

}  // namespace cove::idmap

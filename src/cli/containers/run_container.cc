#include "cli/containers/run_container.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <set>

#include "base/strings.h"
#include "cli/containers/attached.h"
#include "cli/containers/context.h"
#include "cli/numbers.h"
#include "engine/log_choice.h"
#include "engine/operations.h"
#include "engine/volume.h"
#include "supervise/outcome.h"
#include "sys/file.h"

namespace cove::cli {
namespace {

// What only a process that stays beside a sandbox can do.
Status check_request(const RunRequest& request) {
  const sandbox::Options& options = request.options;
  const auto refuse = [](std::string_view option) {
    return value_error(fmt::format("{} is an option of a sandbox, not of a container that is kept", option),
                       "leave it out, or leave out -d, --name and the options of containers");
  };
  if (options.report) return refuse("--report");
  if (options.timings) return refuse("--timings");
  if (options.timeout_ms) return refuse("--timeout");
  if (options.cpu_time_ms) return refuse("--cpu-time");
  if (options.output_limit_bytes) return refuse("--output-limit");
  if (request.no_healthcheck && !request.record.health.command.empty())
    return value_error("--no-healthcheck and --health-cmd exclude each other", "choose one");
  if (request.record.auto_remove && request.record.restart.kind != engine::RestartPolicy::Kind::no)
    return value_error("--rm and --restart exclude each other",
                       "a container that is removed cannot come back");
  return {};
}

// The file is made now, so that nobody else's is overwritten.
Result<UniqueFd> open_cidfile(const std::string& path) {
  if (path.empty()) return UniqueFd();
  Result<UniqueFd> file = sys::open_path(path.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0644);
  if (!file) {
    file.error().add_context("--cidfile");
    if (file.error().sys_errno() == EEXIST)
      file.error().set_hint("another container's id may be in it: remove the file, or choose another");
  }
  return file;
}

// --volumes-from. What is mounted on the same target by an option of its own stays.
Status add_foreign_volumes(const engine::Roots& roots, RunRequest& request) {
  std::set<std::string> taken;
  for (const auto& mount : request.options.mounts) taken.insert(mount.target);
  for (const auto& use : request.record.volumes) taken.insert(use.target);
  for (const VolumesFrom& from : request.volumes_from) {
    const engine::Container other =
        COVE_TRY(engine::open_container(roots, from.container, false).context("--volumes-from"));
    for (engine::VolumeUse use : other.record.volumes) {
      use.read_only = use.read_only || from.read_only;
      if (taken.insert(use.target).second) request.record.volumes.push_back(std::move(use));
    }
    for (sandbox::MountRequest mount : other.record.options.mounts) {
      mount.read_only = mount.read_only || from.read_only;
      const bool bind = mount.type == sandbox::MountRequest::Type::bind;
      if (bind && taken.insert(mount.target).second) request.options.mounts.push_back(std::move(mount));
    }
  }
  return {};
}

Status name_volumes(engine::Record& record) {
  for (engine::VolumeUse& use : record.volumes) {
    if (use.name.empty()) use.name = COVE_TRY(engine::new_volume_name());
  }
  return {};
}

Status resolve_shared(const engine::Roots& roots, std::string_view option, std::string& name) {
  if (name.empty()) return {};
  name = COVE_TRY(engine::open_container(roots, name, false).context(option)).record.id;
  return {};
}

// From names to ids, which last.
Status resolve_all(const engine::Roots& roots, const sandbox::Options& options,
                   engine::SharedNamespaces& shared) {
  COVE_TRY(resolve_shared(roots, "--pid", shared.pid));
  COVE_TRY(resolve_shared(roots, "--ipc", shared.ipc));
  COVE_TRY(resolve_shared(roots, "--uts", shared.uts));
  COVE_TRY(resolve_shared(roots, "--network", shared.network));
  COVE_TRY(resolve_shared(roots, "--userns", shared.userns));
  if (shared.uts.empty() || (!options.hostname && !options.domainname)) return {};
  return value_error("--hostname and --domainname need a UTS namespace of the container's own",
                     "leave out --uts");
}

Result<engine::Record> make_record(const engine::Roots& roots, RunRequest& request) {
  COVE_TRY(check_request(request));
  COVE_TRY(add_foreign_volumes(roots, request));
  COVE_TRY(name_volumes(request.record));
  COVE_TRY(engine::parse_log_choice(request.record.logs));
  COVE_TRY(resolve_all(roots, request.options, request.record.shared));
  const UniqueFd cidfile = COVE_TRY(open_cidfile(request.cidfile));
  engine::Record record = std::move(request.record);
  record.options = std::move(request.options);
  record.name = record.options.name.value_or("");
  record.options.name.reset();
  record.options.command.insert(record.options.command.begin(), record.entrypoint.begin(),
                                record.entrypoint.end());
  record.detached = request.detach;
  Result<engine::Record> made = engine::create(roots, std::move(record));
  if (!made && cidfile.valid()) static_cast<void>(sys::remove_file_at(AT_FDCWD, request.cidfile.c_str()));
  if (made && cidfile.valid()) COVE_TRY(sys::write_all(cidfile.get(), made->id, request.cidfile));
  return made;
}

Result<int> start_detached(const engine::Roots& roots, const engine::Record& record) {
  COVE_TRY(engine::start(roots, record.id, {}, warn));
  return print(record.id + "\n");
}

}  // namespace

int run_container(const Invocation& invocation, RunRequest& request) {
  const auto roots = roots_of(invocation);
  if (!roots) return fail(roots.error());
  const bool detach = request.detach;
  const bool sig_proxy = request.sig_proxy;
  if (only_for_volumes(request)) request.record.auto_remove = true;
  const auto record = make_record(*roots, request);
  if (!record) return fail(record.error());
  const Result<int> status =
      detach ? start_detached(*roots, *record) : start_attached(*roots, *record, {.sig_proxy = sig_proxy});
  if (status) return *status;
  // One that could not be started and was to be removed leaves nothing.
  if (record->auto_remove) static_cast<void>(engine::remove(*roots, record->id, {true, true}));
  static_cast<void>(fail(status.error()));
  return supervise::setup_failure(status.error()).exit_status;
}

int create_command(const Invocation& invocation) {
  RunRequest request{Caller(invocation.environment)};
  if (const auto status = take_run_request("create", invocation, request)) return *status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail(roots.error());
  const auto record = make_record(*roots, request);
  if (!record) return fail(record.error());
  return print(record->id + "\n");
}

}  // namespace cove::cli

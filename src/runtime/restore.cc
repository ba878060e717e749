#include "runtime/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>

#include "kernel/procfs/procfs.h"
#include "launch/hooks.h"
#include "runtime/criu_call.h"
#include "runtime/launch_container.h"
#include "runtime/preparation.h"
#include "runtime/restore_mounts.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::runtime {
namespace {

constexpr const char* kInventory = "inventory.img";  // every checkpoint has it

Status add_namespaces(const spec::Spec& spec, criu::Request& request) {
  for (const spec::Namespace& entry : spec.linux_config.namespaces) {
    // Those of a name of their own are inherited by descriptor.
    if (entry.path.empty() || !external_namespace(entry.type).empty()) continue;
    if (entry.type == "cgroup" || entry.type == "mount" || entry.type == "time") {
      Error error(
          ErrorCode::unsupported,
          fmt::format("linux.namespaces: criu cannot restore into a {} namespace of others", entry.type));
      error.set_hint("leave out its path");
      return error;
    }
    request.joined.push_back({std::string(namespace_file(entry.type)), entry.path});
  }
  return {};
}

// Takes a bundle and its images through to a container that runs.
class Restorer {
 public:
  Restorer(const Settings& settings, const RestoreOptions& options, const Warn& warn)
      : settings_(settings), options_(options), warn_(warn), made_(settings, options.container, warn) {}

  Result<LaunchedContainer> restore();

 private:
  Result<CriuPlaces> find_images() const;
  Status run(Bundle bundle, CriuPlaces places, const ContainerDirectory& directory);
  Result<CriuCall> plan_call(CriuPlaces places, const ContainerDirectory& directory);
  Status inherit(int images, criu::Request& request);
  Status become_ready(const std::string& root);
  Status notified(const criu::Response& told, std::span<UniqueFd> fds, const ContainerDirectory& directory);
  Status found(pid_t pid, const ContainerDirectory& directory);
  void undo(const ContainerDirectory& directory);

  const Settings& settings_;
  const RestoreOptions& options_;
  const Warn& warn_;
  Preparation made_;
  cgroup::Cgroup cgroup_;
  UniqueFd pidfd_;
  UniqueFd console_;
  std::vector<UniqueFd> namespaces_;
};

Result<CriuPlaces> Restorer::find_images() const {
  CriuPlaces places = COVE_TRY(open_places(options_.criu, false));
  if (sys::stat_at(places.images.get(), kInventory)) return places;
  Error error(ErrorCode::not_found,
              fmt::format("--image-path: {} holds no checkpoint: {} is missing", options_.criu.image_path,
                          kInventory),
              ENOENT);
  error.set_hint("name the directory that `checkpoint --image-path` wrote into");
  return error;
}

// Pipes that led outside lead to our own streams now; namespaces of others are what the configuration names.
Status Restorer::inherit(int images, criu::Request& request) {
  const Result<std::string> text = sys::read_file_at(images, kStreamsFile);
  if (!text && text.error().sys_errno() != ENOENT) return text.error();
  if (text) {
    const StreamNames names = COVE_TRY(parse_stream_names(*text).context(kStreamsFile));
    for (size_t fd = 0; fd < names.size(); ++fd) {
      if (names[fd].starts_with("pipe:")) request.inherited.push_back({names[fd], static_cast<int>(fd)});
    }
  }
  for (const spec::Namespace& entry : made_.bundle.spec.linux_config.namespaces) {
    const std::string name = external_namespace(entry.type);
    if (entry.path.empty() || name.empty()) continue;
    namespaces_.push_back(
        COVE_TRY(sys::open_path(entry.path.c_str(), O_RDONLY).context("linux.namespaces: " + entry.type)));
    request.inherited.push_back({name, namespaces_.back().get()});
  }
  return {};
}

// In the process that becomes criu, and whose cgroups the container inherits. The root must be a mount point
// (criu(8), --root); nothing of this is seen outside.
Status Restorer::become_ready(const std::string& root) {
  size_t failed = 0;
  if (const int error = cgroup_.join_self(true, &failed); error != 0)
    return Error::from_errno("join cgroup " + cgroup_.directories()[failed], error);
  return mount_root_privately(made_.record.rootfs, root);
}

Result<CriuCall> Restorer::plan_call(CriuPlaces places, const ContainerDirectory& directory) {
  CriuCall call;
  call.warn = warn_;
  const Bundle& bundle = made_.bundle;
  call.request =
      COVE_TRY(restore_request(options_, bundle.spec, bundle.path, made_.record.cgroup.directories));
  call.request.cgroup_roots = COVE_TRY(cgroup_roots(made_.record.cgroup.directories));
  const std::string root = directory.path() + "/criu-root";
  COVE_TRY(sys::make_directory_at(directory.fd(), "criu-root", 0700));
  call.request.root = root;
  // The socket of a container that told of its readiness: nobody listens there any more.
  call.request.external.push_back(
      fmt::format("mnt[{}]:{}", kNotifyTarget, COVE_TRY(make_notify_directory(directory))));
  COVE_TRY(inherit(places.images.get(), call.request));
  call.places = std::move(places);
  call.prepare = [this, root] { return become_ready(root); };
  call.notified = [this, &directory](const criu::Response& told, std::span<UniqueFd> fds) {
    return notified(told, fds, directory);
  };
  return call;
}

// criu's own pid namespace is ours. From here on the container is found again, should we be killed.
Status Restorer::found(pid_t pid, const ContainerDirectory& directory) {
  Record& record = made_.record;
  pidfd_ = COVE_TRY(sys::open_pidfd(pid));
  record.pid = pid;
  record.start_time = COVE_TRY(procfs::read_stat(pid)).start_time;
  return directory.write_record(record);
}

Status Restorer::notified(const criu::Response& told, std::span<UniqueFd> fds,
                          const ContainerDirectory& directory) {
  const launch::ContainerPlan& plan = made_.plan.container;
  if (told.script == "setup-namespaces" && !plan.hooks_after_mounts.empty()) {
    return launch::run_hooks("createRuntime", plan.hooks_after_mounts,
                             plan.hook_state.print("creating", told.script_pid));
  }
  if (told.script == "orphan-pts-master" && !fds.empty()) console_ = std::move(fds.front());
  if (told.script != "post-restore") return {};
  COVE_TRY(made_.join_rdt_class(told.script_pid));
  return found(told.script_pid, directory);
}

Status Restorer::run(Bundle bundle, CriuPlaces places, const ContainerDirectory& directory) {
  COVE_TRY(made_.prepare(std::move(bundle), directory, false));
  COVE_TRY(make_mount_points(made_.record.rootfs, made_.bundle.spec, made_.bundle.path));
  COVE_TRY(made_.create_rdt_class());
  cgroup_ = COVE_TRY(cgroup::Cgroup::create(made_.plan.cgroup));
  if (!cgroup_.directories().empty()) made_.record.cgroup = cgroup_.record();
  COVE_TRY(directory.write_record(made_.record));
  const CriuCall call = COVE_TRY(plan_call(std::move(places), directory));
  const criu::Response response = COVE_TRY(call_criu(settings_, call));
  if (made_.record.pid == 0) COVE_TRY(found(response.pid, directory));
  made_.end_placeholder();
  static_cast<void>(sys::remove_directory_at(AT_FDCWD, call.request.root.c_str()));
  COVE_TRY(send_console(options_.container.streams, console_.get()));
  return write_pid_file(options_.container.streams, made_.record.pid);
}

// criu takes its processes with it, mostly.
void Restorer::undo(const ContainerDirectory& directory) {
  if (pidfd_.valid()) {
    static_cast<void>(sys::signal_pidfd(pidfd_.get(), SIGKILL));
    static_cast<void>(sys::wait_process(made_.record.pid));
  }
  static_cast<void>(cgroup_.kill_all());
  static_cast<void>(cgroup_.remove());
  made_.undo(directory);
}

Result<LaunchedContainer> Restorer::restore() {
  COVE_TRY(check_id(options_.container.id));
  Bundle bundle = COVE_TRY(read_bundle(options_.container.bundle, warn_));
  COVE_TRY(check_streams(options_.container.streams, bundle.spec.process->terminal));
  CriuPlaces places = COVE_TRY(find_images());
  ContainerDirectory directory = COVE_TRY(ContainerDirectory::create(settings_.root, options_.container.id));
  Status status = run(std::move(bundle), std::move(places), directory);
  if (!status) {
    undo(directory);
    return std::move(status).error();
  }
  launch::Launched launched;
  launched.pid = made_.record.pid;
  launched.pidfd = std::move(pidfd_);
  launched.console = std::move(console_);
  launched.cgroup = std::move(cgroup_);
  launched.started_ns = sys::monotonic_nanoseconds();
  return LaunchedContainer{std::move(directory), std::move(made_.record), std::move(made_.bundle.spec),
                           std::move(launched), NotifyRelay()};
}

}  // namespace

Result<criu::Request> restore_request(const RestoreOptions& options, const spec::Spec& spec,
                                      const std::string& bundle,
                                      const std::vector<cgroup::Directory>& cgroups) {
  criu::Request request;
  request.kind = criu::RequestKind::restore;
  COVE_TRY(apply_options(options.criu, spec, request));
  COVE_TRY(add_namespaces(spec, request));
  request.log_file = "restore.log";
  request.evasive_devices = true;
  request.sibling = true;
  request.lsm_profile = options.lsm_profile;
  request.lsm_mount_context = options.lsm_mount_context;
  for (const ExternalMount& mount : external_mounts(spec, bundle, cgroups))
    request.external.push_back(fmt::format("mnt[{}]:{}", mount.target, mount.source));
  request.external.push_back(fmt::format("mnt[{0}]:{0}", kMaskName));
  return request;
}

Result<int> restore(const Settings& settings, const RestoreOptions& options, const Warn& warn) {
  COVE_TRY(may_call_criu("restore"));
  const StreamOptions& streams = options.container.streams;
  COVE_TRY(prepare_to_attend(streams));
  LaunchedContainer container = COVE_TRY(Restorer(settings, options, warn).restore());
  return attend(settings, std::move(container), streams, false, warn);
}

}  // namespace cove::runtime

#include "runtime/preparation.h"

#include <fcntl.h>
#include <fmt/format.h>

#include "base/time_text.h"
#include "runtime/compile.h"
#include "runtime/notify.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/identity.h"
#include "sys/process.h"

namespace cove::runtime {
namespace {

constexpr size_t kMaxConfigBytes = size_t{4} << 20;

Result<std::string> absolute_path(const std::string& path) {
  if (path.starts_with('/')) return path;
  const std::string here = COVE_TRY(sys::current_directory());
  return path.empty() || path == "." ? here : here + "/" + path;
}

// What criu must know of the standard streams, should it come to that.
void note_streams(const spec::Process& process, Record& record) {
  if (process.terminal) return;
  for (size_t fd = 0; fd < record.streams.size(); ++fd) {
    Result<std::string> name = sys::read_link_at(AT_FDCWD, fmt::format("/proc/self/fd/{}", fd).c_str());
    if (name) record.streams[fd] = *std::move(name);
  }
}

}  // namespace

Result<Bundle> read_bundle(const std::string& path, const Warn& warn) {
  Bundle bundle;
  bundle.path = COVE_TRY(absolute_path(path));
  const std::string file = bundle.path + "/config.json";
  bundle.text = COVE_TRY(sys::read_regular_file(file.c_str(), kMaxConfigBytes));
  bundle.spec = COVE_TRY(spec::parse_spec(bundle.text).context(file));
  const spec::Warnings warnings = COVE_TRY(spec::validate(bundle.spec).context(file));
  for (const std::string& warning : warnings) warn(warning);
  if (!bundle.spec.process) {
    return Error(ErrorCode::invalid_argument, file + ": process: missing; there is nothing to run");
  }
  return bundle;
}

// Gives the scope's cgroup; nothing without --systemd-cgroup.
Result<std::string> Preparation::start_scope(const ContainerDirectory& directory) {
  if (!settings_.systemd_cgroup) return std::string();
  scope_.emplace(COVE_TRY(SystemdScope::plan(settings_, bundle.spec, options_.id)));
  record.systemd_unit = scope_->unit();
  record.systemd_user = scope_->user_instance();
  COVE_TRY(directory.write_record(record));
  settings_.trace("container {}: start systemd's unit {} ({} instance)", options_.id, record.systemd_unit,
                  record.systemd_user ? "user" : "system");
  return scope_->start(bundle.spec, options_.id);
}

Status Preparation::plan_all(const ContainerDirectory& directory, const std::string& scope_cgroup,
                             bool wait) {
  Facts facts = COVE_TRY(gather_facts(bundle.spec, {settings_, options_, bundle.path, scope_cgroup}));
  facts.listen_fds = options_.listen_fds;
  if (!options_.notify_socket.empty()) facts.notify_directory = COVE_TRY(make_notify_directory(directory));
  if (wait) facts.start_socket = directory.start_socket();
  plan = COVE_TRY(compile_plan(bundle.spec, facts, options_));
  if (!scope_) COVE_TRY(refuse_foreign_processes());
  plan.fault = settings_.fault;
  for (const std::string& warning : plan.warnings) warn_(warning);
  record.rootfs = facts.rootfs;
  record.cgroup = cgroup::record_of(plan.cgroup);
  record.own_pid_namespace = plan.is_fresh(launch::NamespaceKind::pid);
  record.seccomp_listener = plan.lockdown.seccomp_listener;
  record.late_hooks = !bundle.spec.hooks.poststart.empty() || !bundle.spec.hooks.poststop.empty();
  if (const auto request = rdt_request(bundle.spec, options_.id)) {
    rdt_ = COVE_TRY(RdtClass::plan(*request));
    record.intel_rdt_group = rdt_->group();
  }
  return {};
}

// Before the intent is on record: by it whatever is in the cgroup counts as ours, and may be killed.
Status Preparation::refuse_foreign_processes() const {
  const Result<std::vector<pid_t>> pids = cgroup::list_processes(cgroup::record_of(plan.cgroup));
  if (!pids || pids->empty()) return {};
  Error error(ErrorCode::stale_resource,
              fmt::format("linux.cgroupsPath: the container's cgroup is not empty: {} processes are in it",
                          pids->size()));
  error.set_hint("another container has it: choose another cgroupsPath");
  return error;
}

// The intent, before anything is made: whoever finds it can clean up.
Status Preparation::prepare(Bundle read, const ContainerDirectory& directory, bool wait) {
  bundle = std::move(read);
  record.id = options_.id;
  record.oci_version = bundle.spec.oci_version;
  record.bundle = bundle.path;
  record.created = fixed_time_text(sys::real_time_nanoseconds()).view();
  record.owner = sys::effective_uid();
  record.annotations = bundle.spec.annotations;
  note_streams(*bundle.spec.process, record);
  COVE_TRY(directory.write_config(bundle.text));
  const std::string scope_cgroup = COVE_TRY(start_scope(directory));
  COVE_TRY(plan_all(directory, scope_cgroup, wait));
  return directory.write_record(record);
}

Status Preparation::create_rdt_class() {
  return rdt_ ? rdt_->create() : Status();
}

Status Preparation::join_rdt_class(pid_t pid) {
  return rdt_ ? rdt_->join(pid) : Status();
}

void Preparation::end_placeholder() noexcept {
  if (scope_) scope_->end_placeholder();
}

// The launch has undone its own; directories on the way to the cgroup may be left, and are only removed if
// empty. A cgroup that was there before and was refused stays.
void Preparation::undo(const ContainerDirectory& directory) noexcept {
  if (rdt_) static_cast<void>(rdt_->remove());
  if (scope_) scope_->abandon();
  cgroup::Record way;
  way.parents = record.cgroup.parents;
  static_cast<void>(cgroup::remove(way, 0));
  static_cast<void>(directory.remove());
}

}  // namespace cove::runtime

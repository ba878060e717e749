// The public classes, each function by the operation of the same name.
#include <cove/container.h>

#include <algorithm>
#include <limits>

#include "libcove/child.h"
#include "libcove/redirect.h"
#include "runtime/event_text.h"
#include "runtime/operations.h"

namespace cove {

struct Process::Impl {
  libcove::Child child;
};

struct Container::Impl {
  Runtime runtime;
  std::string id;
  libcove::Child child;
};

namespace {

using libcove::to_failure;

runtime::Settings settings_of(const Runtime& runtime) {
  runtime::Settings settings;
  settings.root = runtime.root;
  settings.systemd_cgroup = runtime.systemd_cgroup;
  return settings;
}

runtime::Warn warner_of(const Runtime& runtime) {
  return [warn = runtime.warn](std::string_view message) {
    if (warn) warn(message);
  };
}

runtime::StreamOptions streams_of(const Streams& streams) {
  runtime::StreamOptions options;
  options.console_socket = streams.console_socket;
  options.preserve_fds = streams.preserve_fds;
  options.detach = true;
  return options;
}

Completion completion(Status status) {
  if (status) return Done();
  return to_failure(status.error());
}

Status check_runtime(const Runtime& runtime) {
  if (runtime.root.starts_with('/')) return {};
  return Error(ErrorCode::invalid_argument, "Runtime::root: not an absolute path");
}

ContainerInfo info_of(spec::State state) {
  ContainerInfo info;
  info.id = std::move(state.id);
  info.pid = static_cast<pid_t>(state.pid);
  info.bundle = std::move(state.bundle);
  info.rootfs = std::move(state.rootfs);
  info.created = std::move(state.created);
  info.owner = std::move(state.owner);
  for (auto& [key, value] : state.annotations) info.annotations.emplace(std::move(key), std::move(value));
  switch (state.status) {
    case spec::ContainerStatus::creating:
      info.state = ContainerState::creating;
      break;
    case spec::ContainerStatus::created:
      info.state = ContainerState::created;
      break;
    case spec::ContainerStatus::running:
      info.state = ContainerState::running;
      break;
    case spec::ContainerStatus::paused:
      info.state = ContainerState::paused;
      break;
    case spec::ContainerStatus::stopped:
      info.state = ContainerState::stopped;
      break;
  }
  return info;
}

Result<libcove::Child> created_child(const Runtime& runtime, const std::string& id) {
  const runtime::Container container = COVE_TRY(runtime::open_container(settings_of(runtime), id, false));
  return libcove::Child::open(container.record.pid, true);
}

Result<libcove::Child> create_container(const Runtime& runtime, const CreateRequest& request) {
  COVE_TRY(check_runtime(runtime));
  runtime::CreateOptions options;
  options.id = request.id;
  options.bundle = request.bundle;
  options.streams = streams_of(request.streams);
  options.no_pivot = request.no_pivot;
  options.no_new_keyring = request.no_new_keyring;
  const libcove::Redirection redirection = COVE_TRY(libcove::Redirection::apply(request.streams));
  COVE_TRY(runtime::create(settings_of(runtime), options, warner_of(runtime)));
  Result<libcove::Child> child = created_child(runtime, request.id);
  // A caller who gets no handle has no container either.
  if (!child) static_cast<void>(runtime::remove(settings_of(runtime), request.id, true, warner_of(runtime)));
  return child;
}

Result<libcove::Child> open_existing(const Runtime& runtime, const std::string& id) {
  COVE_TRY(check_runtime(runtime));
  const runtime::Container container = COVE_TRY(runtime::open_container(settings_of(runtime), id, false));
  const bool ended = container.status == spec::ContainerStatus::stopped;
  return libcove::Child::open(ended ? 0 : container.record.pid, false);
}

Result<libcove::Child> exec_process(const Runtime& runtime, const std::string& id,
                                    const ExecRequest& request) {
  if (request.args.empty()) return Error(ErrorCode::invalid_argument, "ExecRequest::args: empty");
  runtime::ExecOptions options;
  options.id = id;
  options.args = request.args;
  options.env = request.env;
  options.cwd = request.cwd;
  options.user = request.user;
  options.additional_gids = request.additional_gids;
  options.capabilities = request.capabilities;
  options.no_new_privs = request.no_new_privileges;
  options.tty = request.terminal;
  options.streams = streams_of(request.streams);
  const libcove::Redirection redirection = COVE_TRY(libcove::Redirection::apply(request.streams));
  const pid_t pid = COVE_TRY(runtime::exec_detached(settings_of(runtime), options, warner_of(runtime)));
  return libcove::Child::open(pid, true);
}

Result<ContainerStats> read_stats(const Runtime& runtime, const std::string& id) {
  const runtime::Container container = COVE_TRY(runtime::open_container(settings_of(runtime), id, false));
  if (container.status == spec::ContainerStatus::stopped)
    return Error(ErrorCode::invalid_argument, "the container has stopped: it has no statistics");
  const cgroup::Stats stats = COVE_TRY(cgroup::read_stats(container.record.cgroup));
  ContainerStats out;
  out.cpu_ns = stats.cpu.total_ns;
  out.cpu_throttled_ns = stats.cpu.throttled_ns;
  out.memory_bytes = stats.memory.usage.usage;
  out.memory_peak_bytes = stats.memory.usage.max;
  out.memory_limit_bytes = stats.memory.usage.limit;
  out.processes = stats.pids.current;
  out.processes_limit = stats.pids.limit;
  out.json = runtime::print_stats_event(id, stats);
  return out;
}

spec::Resources resources_of(const LimitChange& change) {
  spec::Resources resources;
  resources.memory.limit = change.memory_bytes;
  resources.memory.swap = change.memory_swap_bytes;
  resources.pids.limit = change.processes;
  resources.cpu.quota = change.cpu_quota_us;
  resources.cpu.period = change.cpu_period_us;
  resources.cpu.shares = change.cpu_shares;
  resources.cpu.cpus = change.cpus;
  return resources;
}

int timeout_of(std::chrono::milliseconds timeout) {
  return static_cast<int>(std::clamp<int64_t>(timeout.count(), 0, std::numeric_limits<int>::max()));
}

Expected<std::optional<ExitStatus>> wait_child(libcove::Child& child, int timeout_ms) {
  const Result<std::optional<ExitStatus>> ended = child.wait(timeout_ms);
  if (!ended) return to_failure(ended.error());
  return *ended;
}

Expected<ExitStatus> wait_child(libcove::Child& child) {
  const Result<std::optional<ExitStatus>> ended = child.wait(-1);
  if (!ended) return to_failure(ended.error());
  return ended->value_or(ExitStatus());
}

}  // namespace

// --- Process ---

Process::Process(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Process::Process(Process&&) noexcept = default;
Process& Process::operator=(Process&&) noexcept = default;
Process::~Process() = default;

pid_t Process::pid() const noexcept {
  return impl_->child.pid();
}

Completion Process::kill(int signal) const {
  return completion(impl_->child.kill(signal));
}

Expected<ExitStatus> Process::wait() {
  return wait_child(impl_->child);
}

Expected<std::optional<ExitStatus>> Process::wait_for(std::chrono::milliseconds timeout) {
  return wait_child(impl_->child, timeout_of(timeout));
}

// --- Container ---

Container::Container(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Container::Container(Container&&) noexcept = default;
Container& Container::operator=(Container&&) noexcept = default;
Container::~Container() = default;

Expected<Container> Container::create(Runtime runtime, const CreateRequest& request) {
  Result<libcove::Child> child = create_container(runtime, request);
  if (!child) return to_failure(child.error());
  return Container(std::make_unique<Impl>(Impl{std::move(runtime), request.id, std::move(*child)}));
}

Expected<Container> Container::open(Runtime runtime, std::string id) {
  Result<libcove::Child> child = open_existing(runtime, id);
  if (!child) return to_failure(child.error());
  return Container(std::make_unique<Impl>(Impl{std::move(runtime), std::move(id), std::move(*child)}));
}

Expected<std::vector<ContainerInfo>> Container::list(const Runtime& runtime) {
  Result<std::vector<spec::State>> states = runtime::list(settings_of(runtime), warner_of(runtime));
  if (!states) return to_failure(states.error());
  std::vector<ContainerInfo> list;
  list.reserve(states->size());
  for (spec::State& state : *states) list.push_back(info_of(std::move(state)));
  return list;
}

const std::string& Container::id() const noexcept {
  return impl_->id;
}

Completion Container::start() {
  return completion(runtime::start(settings_of(impl_->runtime), impl_->id, {}, warner_of(impl_->runtime)));
}

Expected<Process> Container::exec(const ExecRequest& request) {
  Result<libcove::Child> child = exec_process(impl_->runtime, impl_->id, request);
  if (!child) return to_failure(child.error());
  return Process(std::make_unique<Process::Impl>(Process::Impl{std::move(*child)}));
}

Expected<ContainerInfo> Container::state() const {
  Result<spec::State> state = runtime::state(settings_of(impl_->runtime), impl_->id);
  if (!state) return to_failure(state.error());
  return info_of(std::move(*state));
}

Expected<ContainerStats> Container::stats() const {
  Result<ContainerStats> stats = read_stats(impl_->runtime, impl_->id);
  if (!stats) return to_failure(stats.error());
  return std::move(*stats);
}

Expected<std::vector<pid_t>> Container::processes() const {
  Result<std::vector<pid_t>> pids = runtime::processes(settings_of(impl_->runtime), impl_->id);
  if (!pids) return to_failure(pids.error());
  return std::move(*pids);
}

Completion Container::update(const LimitChange& change) {
  return completion(runtime::update(settings_of(impl_->runtime), impl_->id, resources_of(change),
                                    warner_of(impl_->runtime)));
}

Completion Container::pause() {
  return completion(runtime::pause(settings_of(impl_->runtime), impl_->id));
}

Completion Container::resume() {
  return completion(runtime::resume(settings_of(impl_->runtime), impl_->id));
}

Completion Container::kill(int signal, bool all) {
  return completion(runtime::kill(settings_of(impl_->runtime), impl_->id, signal, all));
}

Expected<ExitStatus> Container::wait() {
  return wait_child(impl_->child);
}

Expected<std::optional<ExitStatus>> Container::wait_for(std::chrono::milliseconds timeout) {
  return wait_child(impl_->child, timeout_of(timeout));
}

Completion Container::remove(bool force) {
  Status removed = runtime::remove(settings_of(impl_->runtime), impl_->id, force, warner_of(impl_->runtime));
  // Its process has ended, and is collected if it is ours.
  if (removed) static_cast<void>(impl_->child.wait(0));
  return completion(std::move(removed));
}

}  // namespace cove

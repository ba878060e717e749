#include "engine/inside.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mount.h>

#include <algorithm>

#include "engine/life.h"
#include "launch/joiner.h"
#include "sys/file.h"
#include "sys/mount.h"
#include "sys/poll.h"
#include "sys/process.h"

namespace cove::engine {
namespace {

using launch::LaunchPlan;
using launch::MountKind;
using launch::MountPlan;
using launch::NamespaceKind;

// Root over the container's ids, with all rights that it has there.
void plan_helper(LaunchPlan& plan) {
  plan.process = {};
  plan.process.argv = {"cove"};
  plan.process.exact_user = launch::ExactUser{};
  plan.process.set_home = false;
  plan.lockdown = {};
  plan.lockdown.keep_all_capabilities = true;
  plan.lockdown.new_session_keyring = false;
  plan.cgroup = {};
  plan.sysctls.clear();
  plan.net_devices.clear();
  plan.networks.clear();
  plan.hostname.clear();
  plan.domainname.clear();
  plan.loopback_up = false;
  plan.time_offsets = {};
}

Result<LaunchPlan> plan_running(const Container& container) {
  const State& state = container.state;
  LaunchPlan plan;
  plan.id = short_id(container.record.id);
  plan_helper(plan);
  plan.join_target = {state.pid, state.start_time};
  COVE_TRY(launch::join_namespaces_of(state.pid, plan));
  for (const NamespaceKind kind : {NamespaceKind::pid, NamespaceKind::uts, NamespaceKind::ipc,
                                   NamespaceKind::network, NamespaceKind::cgroup, NamespaceKind::time})
    plan.ns(kind) = {};
  plan.container.enabled = true;  // no keeper: there is nothing to clean up
  return plan;
}

// What is written to it would be lost: so it can't be.
void make_empty(MountPlan& mount) {
  MountPlan empty;
  empty.kind = MountKind::filesystem;
  empty.type = "tmpfs";
  empty.target = std::move(mount.target);
  empty.attributes = MOUNT_ATTR_RDONLY;
  mount = std::move(empty);
}

// What a start mounts of the kernel's has no files that last, and needs namespaces that are not there now.
bool is_mounted(MountPlan& mount) {
  for (const std::string_view kernels : {"/proc", "/sys", "/dev"}) {
    const bool on_it = mount.target == kernels && mount.kind != MountKind::directory;
    if (on_it) make_empty(mount);
    if (on_it || mount.target.starts_with(fmt::format("{}/", kernels))) return on_it;
  }
  switch (mount.kind) {
    case MountKind::filesystem:
      make_empty(mount);
      return true;
    case MountKind::device:
    case MountKind::mask:
    case MountKind::seal:
    case MountKind::read_only:
    case MountKind::change:
      return false;
    default:
      return true;
  }
}

// As its next start will have it.
Result<ContainerPlan> plan_stopped(const Roots& roots, Container& container) {
  ContainerPlan result = COVE_TRY(plan_container(roots, container));
  LaunchPlan& plan = result.plan;
  plan_helper(plan);
  plan.container = {};
  for (const NamespaceKind kind : {NamespaceKind::pid, NamespaceKind::uts, NamespaceKind::ipc,
                                   NamespaceKind::network, NamespaceKind::cgroup, NamespaceKind::time})
    plan.ns(kind) = {};
  std::vector<MountPlan> mounts;
  for (MountPlan& mount : plan.mounts) {
    if (is_mounted(mount)) mounts.push_back(std::move(mount));
  }
  plan.mounts = std::move(mounts);
  plan.root.read_only_last.clear();
  return result;
}

constexpr int kDataFd = 0;
constexpr int kReportFd = 1;

// Of all that a fork inherits, nothing stays.
Status keep_two(int data, int report) {
  UniqueFd data_copy = COVE_TRY(sys::duplicate_fd(data));
  UniqueFd report_copy = COVE_TRY(sys::duplicate_fd(report));
  COVE_TRY(sys::duplicate_fd_to(data_copy.get(), kDataFd));
  COVE_TRY(sys::duplicate_fd_to(report_copy.get(), kReportFd));
  static_cast<void>(data_copy.release());
  static_cast<void>(report_copy.release());
  sys::close_range(2, ~0U);
  return {};
}

Status work_inside(const InsideWork& work) {
  COVE_TRY(sys::set_parent_death_signal(SIGKILL));
  COVE_TRY(sys::block_signals({SIGPIPE}));
  const UniqueFd root = COVE_TRY(sys::open_path("/", O_PATH | O_DIRECTORY));
  COVE_TRY(sys::change_directory_fd(root.get()));
  return work(root.get(), kDataFd);
}

}  // namespace

Result<Inside> Inside::start(const Roots& roots, Container& container, DataFlow flow,
                             const InsideWork& work) {
  std::optional<ContainerPlan> stopped;
  LaunchPlan running;
  if (is_up(condition_of(container))) {
    running = COVE_TRY(plan_running(container));
  } else {
    stopped = COVE_TRY(plan_stopped(roots, container));
  }
  sys::PipePair pipe = COVE_TRY(sys::make_pipe());
  const bool out = flow == DataFlow::out;
  UniqueFd theirs = std::move(out ? pipe.write_end : pipe.read_end);
  UniqueFd ours = std::move(out ? pipe.read_end : pipe.write_end);
  ReportPipe report = COVE_TRY(ReportPipe::create());
  launch::LaunchCallbacks callbacks;
  callbacks.payload = [&] {
    Status done = keep_two(theirs.get(), report.sender());
    if (done) done = work_inside(work);
    ReportPipe::send(kReportFd, done);
  };
  launch::Launched launched = COVE_TRY(launch::launch(stopped ? stopped->plan : running, callbacks));
  report.close_sender();
  Inside inside(std::move(launched), std::move(ours), std::move(report));
  inside.plan_ = std::move(stopped);
  return inside;
}

Status Inside::finish() {
  data_.reset();
  Status done = report_.receive();
  COVE_TRY(sys::wait_process(launched_.pid));
  COVE_TRY(launch::finish(launched_));
  return done;
}

}  // namespace cove::engine

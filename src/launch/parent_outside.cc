// What the child of a new user namespace may not do any more: open a mount source behind a directory that is
// closed to the namespace's root, and make device nodes. The opener, a process with the caller's rights, does
// it in the child's mount namespace: what is copied there keeps the flags that the namespace may not take
// away (mount_namespaces(7)), which a mount from the caller's own namespace would not.
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>

#include "launch/parent.h"
#include "sys/file.h"
#include "sys/mount.h"
#include "sys/process.h"
#include "sys/socket.h"

namespace cove::launch {
namespace {

bool any_outside(const LaunchPlan& plan) {
  return plan.root.outside || std::any_of(plan.mounts.begin(), plan.mounts.end(),
                                          [](const MountPlan& mount) { return mount.outside; });
}

// Its "/" as well: setns(2) leads to the namespace's own, which need not be the caller's.
Status enter_child(pid_t child) {
  const UniqueFd root =
      COVE_TRY(sys::open_path(fmt::format("/proc/{}/root", child).c_str(), O_PATH | O_DIRECTORY));
  const UniqueFd ns = COVE_TRY(sys::open_path(fmt::format("/proc/{}/ns/mnt", child).c_str(), O_RDONLY));
  COVE_TRY(sys::enter_namespace(ns.get(), CLONE_NEWNS, "the child's mount"));
  COVE_TRY(sys::change_directory_fd(root.get()));
  return sys::change_root_here();
}

// Device nodes on a tmpfs of the initial user namespace: on one of the new namespace's they could not be
// opened. It is attached, over "/" and for as long as it takes, since before Linux 6.15 only what is attached
// can be copied.
class Nodes {
 public:
  Result<UniqueFd> make(const DeviceNode& node) {
    if (!mount_.valid()) COVE_TRY(attach());
    const std::string name = fmt::format("{}", next_++);
    const mode_t type = node.type == 'b' ? S_IFBLK : S_IFCHR;
    COVE_TRY(sys::make_device_at(mount_.get(), name.c_str(), type, node.mode, node.major, node.minor));
    COVE_TRY(sys::change_owner_at(mount_.get(), name.c_str(), node.uid, node.gid, AT_SYMLINK_NOFOLLOW));
    return sys::open_tree(mount_.get(), name.c_str(), OPEN_TREE_CLONE);
  }
  Status detach() {
    if (!mount_.valid()) return {};
    return sys::detach_mount(fmt::format("/proc/self/fd/{}", mount_.get()).c_str());
  }

 private:
  Status attach() {
    const UniqueFd fs = COVE_TRY(sys::fs_open("tmpfs"));
    mount_ = COVE_TRY(sys::fs_mount(fs.get(), "tmpfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC));
    const UniqueFd root = COVE_TRY(sys::open_path("/", O_PATH | O_DIRECTORY));
    return sys::attach_mount(mount_.get(), root.get());
  }

  UniqueFd mount_;
  unsigned next_ = 0;
};

Result<UniqueFd> open_source(const std::string& path, bool recursive) {
  return sys::open_tree(AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | (recursive ? AT_RECURSIVE : 0U));
}

Result<std::vector<UniqueFd>> open_all(const LaunchPlan& plan, pid_t child) {
  COVE_TRY(enter_child(child));
  sys::set_umask(0);
  std::vector<UniqueFd> fds;
  if (plan.root.outside) fds.push_back(COVE_TRY(open_source(plan.root.source, true)));
  Nodes nodes;
  for (const MountPlan& mount : plan.mounts) {
    if (!mount.outside) continue;
    const bool node = mount.kind == MountKind::device;
    Result<UniqueFd> opened = node ? nodes.make(mount.device) : open_source(mount.source, mount.recursive);
    fds.push_back(COVE_TRY(std::move(opened).context(mount.target)));
  }
  COVE_TRY(nodes.detach());
  return fds;
}

[[noreturn]] void run_opener(const LaunchPlan& plan, pid_t child, Channel channel) noexcept {
  static_cast<void>(sys::set_parent_death_signal(SIGKILL));
  const Result<std::vector<UniqueFd>> opened = open_all(plan, child);
  if (!opened) {
    const Error& error = opened.error();
    channel.send_failure({kOpenerStep, error.code(), error.sys_errno(), error.message(), error.hint()});
    sys::exit_now(1);
  }
  std::vector<int> fds;
  fds.reserve(opened->size());
  for (const UniqueFd& fd : *opened) fds.push_back(fd.get());
  const Status sent = channel.send(Message::opened, fds);
  sys::exit_now(sent ? 0 : 1);
}

}  // namespace

Status open_outside(ParentContext& context) {
  const LaunchPlan& plan = context.plan;
  if (!any_outside(plan)) return {};
  sys::SocketPair pair = COVE_TRY(sys::make_seqpacket_pair());
  const sys::CloneResult opener = COVE_TRY(sys::clone_process({}));
  const std::vector<Message> sequence{Message::opened};
  if (opener.pid == 0) {
    run_opener(plan, context.launched.pid, Channel(std::move(pair.second), Side::child, sequence));
  }
  pair.second.reset();
  Channel channel(std::move(pair.first), Side::parent, sequence);
  Result<Channel::Received> received = channel.receive();
  static_cast<void>(sys::wait_process(opener.pid));
  if (!received) return std::move(received).error();
  if (received->decoded.failure) {
    const Failure& failure = *received->decoded.failure;
    Error error(failure.code, failure.message, failure.sys_errno);
    error.set_hint(failure.hint);
    return unless_child_died(context, Status(std::move(error)));
  }
  if (received->closed) return Error(ErrorCode::protocol, "the opening process died");
  context.outside = std::move(received->fds);
  const auto wanted =
      static_cast<size_t>(std::count_if(plan.mounts.begin(), plan.mounts.end(),
                                        [](const MountPlan& mount) { return mount.outside; })) +
      (plan.root.outside ? 1 : 0);
  if (context.outside.size() != wanted) return Error(ErrorCode::protocol, "a mount from outside is missing");
  return {};
}

}  // namespace cove::launch

// The parent's steps that give network devices to the child.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "launch/parent.h"
#include "sys/file.h"

namespace cove::launch {
namespace {

// A joined namespace may be the caller's own: moving a device there would only rename it.
Status refuse_own_namespace(int child_network) {
  const struct stat own = COVE_TRY(sys::stat_at(AT_FDCWD, "/proc/self/ns/net"));
  const struct stat other = COVE_TRY(sys::stat_fd(child_network));
  if (own.st_dev != other.st_dev || own.st_ino != other.st_ino) return {};
  return Error(ErrorCode::invalid_argument, "the container's network namespace is the caller's own");
}

Status open_network(ParentContext& context) {
  if (context.child_network.valid()) return {};
  const std::string path = fmt::format("/proc/{}/ns/net", context.launched.pid);
  context.child_network = COVE_TRY(sys::open_path(path.c_str(), O_RDONLY));
  return refuse_own_namespace(context.child_network.get());
}

Status move_all(ParentContext& context) {
  COVE_TRY(open_network(context));
  for (const NetDevicePlan& device : context.plan.net_devices) {
    context.moved_links.push_back(
        COVE_TRY(netlink::move_link(device.name, context.child_network.get(), device.new_name)));
  }
  return {};
}

Status attach_all(ParentContext& context) {
  if (!context.callbacks.attach_networks)
    return Error(ErrorCode::internal, "a plan with networks, and nobody to attach them");
  COVE_TRY(open_network(context));
  return context.callbacks.attach_networks(context.launched.pid, context.child_network.get());
}

}  // namespace

Status move_network_devices(ParentContext& context) {
  if (context.plan.net_devices.empty()) return {};
  return unless_child_died(context, move_all(context));
}

void return_network_devices(ParentContext& context) noexcept {
  while (!context.moved_links.empty()) {
    static_cast<void>(netlink::return_link(context.moved_links.back(), context.child_network.get()));
    context.moved_links.pop_back();
  }
  context.child_network.reset();
}

Status attach_networks(ParentContext& context) {
  if (context.plan.networks.empty()) return {};
  return unless_child_died(context, attach_all(context));
}

void detach_networks(ParentContext& context) noexcept {
  if (!context.plan.networks.empty() && context.callbacks.detach_networks)
    context.callbacks.detach_networks();
}

}  // namespace cove::launch

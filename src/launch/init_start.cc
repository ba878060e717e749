// The child's steps around the hooks and the start of a container.
#include <errno.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <utility>

#include "launch/hooks.h"
#include "launch/init.h"
#include "sys/process.h"
#include "sys/socket.h"

namespace cove::launch {

Status await_hooks(InitContext& context) {
  const LaunchPlan& plan = context.plan;
  if (!has_hooks(plan)) return {};
  COVE_TRY(context.channel.send(Message::mounted));
  const Channel::Received received = COVE_TRY(context.channel.receive());
  if (received.closed) return Error(ErrorCode::protocol, "the parent is gone");
  context.outer_pid = received.decoded.pid;
  if (plan.process.hooks_before_pivot.empty()) return {};
  // "/" is still the host's: it has the hooks' programs. They begin in the container's, as runc's.
  COVE_TRY(sys::change_directory_fd(context.root.get()));
  return run_hooks("createContainer", plan.process.hooks_before_pivot,
                   plan.container.hook_state.print("creating", context.outer_pid));
}

namespace {

// Whatever else is open would stay so for as long as nobody starts us: the lock of the container's directory,
// cgroups, the old root's mounts.
void close_all_others(const InitContext& context) {
  const unsigned first = 3 + context.plan.process.preserved_fds;
  auto low = static_cast<unsigned>(context.start_gate.get());
  auto high = static_cast<unsigned>(context.channel.fd());
  if (low > high) std::swap(low, high);
  if (low > first) sys::close_range(first, low - 1);
  if (high > low + 1) sys::close_range(std::max(first, low + 1), high - 1);
  sys::close_range(std::max(first, high + 1), ~0U);
}

// From here on nobody's death is ours; the parent waits for the end of the channel, which tells it so.
Status detach_from_parent(InitContext& context) {
  close_all_others(context);
  COVE_TRY(context.channel.send(Message::created));
  const Channel::Received received = COVE_TRY(context.channel.receive());
  if (received.closed) return Error(ErrorCode::protocol, "the parent is gone");
  COVE_TRY(sys::set_parent_death_signal(0));
  context.channel.close();
  return {};
}

// False: whoever came went away again.
Result<bool> take_start(InitContext& context) {
  Channel channel(COVE_TRY(sys::accept_connection(context.start_gate.get())), Side::child,
                  start_sequence(context.plan.lockdown.seccomp_listener));
  const Result<Channel::Received> received = channel.receive();
  if (!received || received->closed) return false;
  context.channel = std::move(channel);
  return true;
}

}  // namespace

Status await_start(InitContext& context) {
  if (!waits_for_start(context.plan)) {
    return context.plan.container.enabled ? sys::set_parent_death_signal(0) : Status();
  }
  COVE_TRY(detach_from_parent(context));
  while (!COVE_TRY(take_start(context))) continue;
  context.start_gate.reset();
  return {};
}

Status run_start_hooks(InitContext& context) {
  const LaunchPlan& plan = context.plan;
  if (plan.process.hooks_before_exec.empty()) return {};
  return run_hooks("startContainer", plan.process.hooks_before_exec,
                   plan.container.hook_state.print("created", context.outer_pid));
}

}  // namespace cove::launch

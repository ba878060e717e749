// A command of this machine in some of a container's namespaces, as nsenter(1).
#include <fmt/format.h>

#include "engine/life.h"
#include "engine/namespaces.h"
#include "launch/joiner.h"
#include "launch/launch.h"
#include "supervise/signals.h"
#include "supervise/supervise.h"
#include "sys/identity.h"
#include "sys/process.h"
#include "sys/pseudo_file.h"

namespace cove::engine {
namespace {

using launch::LaunchPlan;
using launch::NamespaceKind;
using launch::NamespaceMode;

Result<LaunchPlan> compile_entering(const State& state, const std::string& id, const EnterOptions& options) {
  LaunchPlan plan;
  plan.id = id;
  plan.container.enabled = true;  // what is left of it goes on, as behind any command
  plan.join_target = {state.pid, state.start_time};
  COVE_TRY(launch::join_namespaces_of(state.pid, plan));
  for (size_t i = 0; i < launch::kNamespaceKinds; ++i) {
    const auto kind = static_cast<NamespaceKind>(i);
    const bool needed = kind == NamespaceKind::user && !sys::is_effective_root();
    if (!options.kinds[i] && !needed) plan.ns(kind) = {};
  }
  const bool foreign_user = plan.ns(NamespaceKind::user).mode == NamespaceMode::join;
  plan.foreign_userns = foreign_user;
  plan.process.argv = options.command;
  plan.process.env = options.env;
  const bool foreign_files = plan.ns(NamespaceKind::mount).mode == NamespaceMode::join;
  plan.process.cwd = foreign_files ? "/" : options.directory;
  plan.process.set_home = false;
  plan.process.keep_groups = true;
  plan.process.exact_user =
      foreign_user ? launch::ExactUser{} : launch::ExactUser{sys::effective_uid(), sys::effective_gid(), {}};
  plan.process.umask = sys::current_umask();
  plan.lockdown.keep_all_capabilities = true;
  plan.lockdown.no_new_privs = false;
  plan.lockdown.new_session_keyring = false;
  return plan;
}

}  // namespace

Result<int> enter_namespaces(const Roots& roots, std::string_view reference, const EnterOptions& options,
                             const Warn& warn) {
  const Container container = COVE_TRY(open_container(roots, reference, false));
  const Condition condition = condition_of(container);
  if (!is_up(condition)) {
    Error error(ErrorCode::invalid_argument,
                fmt::format("container {} is {}", container.record.name, condition_name(condition)));
    error.set_hint("start it first: cove start " + container.record.name);
    return error;
  }
  const LaunchPlan plan = COVE_TRY(compile_entering(container.state, short_id(container.record.id), options));
  if (condition == Condition::paused && options.kinds[static_cast<size_t>(NamespaceKind::pid)])
    warn("the container is paused: its process 1 reaps nobody until it goes on");
  COVE_TRY(sys::set_child_subreaper());
  COVE_TRY(supervise::block_for_supervision());
  launch::Launched launched = COVE_TRY(launch::launch(plan));
  const supervise::Outcome outcome = COVE_TRY(supervise::supervise_guest(launched, {}));
  return outcome.exit_status;
}

}  // namespace cove::engine

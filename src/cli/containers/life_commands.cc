// start, stop, restart, kill, rm, rename, pause, unpause, wait, attach: what happens to containers that
// exist.
#include <fmt/format.h>

#include "cli/containers/attached.h"
#include "cli/containers/context.h"
#include "cli/containers/session.h"
#include "cli/containers/tables.h"
#include "cli/environment.h"
#include "engine/operations.h"

namespace cove::cli {
namespace {

Result<int> join_running(const engine::Roots& roots, const engine::Container& container,
                         const Attachment& attachment) {
  COVE_TRY(prepare_session());
  UniqueFd socket = COVE_TRY(engine::connect_attach(container));
  return stay_attached(roots, container.record, std::move(socket), attachment);
}

Result<int> attach(const engine::Roots& roots, std::string_view reference, const AttachRequest& request) {
  const engine::Container container = COVE_TRY(engine::open_container(roots, reference, false));
  const engine::Condition condition = engine::condition_of(container);
  if (condition != engine::Condition::running) {
    Error error(ErrorCode::invalid_argument,
                fmt::format("container {} is {}", container.record.name, engine::condition_name(condition)));
    error.set_hint("only one that runs can be attached to");
    return error;
  }
  return join_running(roots, container, {!request.no_stdin, request.sig_proxy, request.detach_keys});
}

}  // namespace

int start_command(const Invocation& invocation) {
  StartRequest request;
  const Parsed parsed = parse_operands("start", invocation, &request, 1, SIZE_MAX);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  if (request.attach || request.interactive) {
    if (parsed.operands.size() > 1)
      return fail(Error(ErrorCode::invalid_argument, "only one container can be started and attached to"));
    const auto container = engine::open_container(*roots, parsed.operands.front(), false);
    if (!container) return fail_container(container.error());
    const Attachment attachment{request.interactive, request.sig_proxy, request.detach_keys};
    const Result<int> status = engine::is_up(engine::condition_of(*container))
                                   ? join_running(*roots, *container, attachment)
                                   : start_attached(*roots, container->record, attachment);
    return status ? *status : fail_container(status.error());
  }
  int status = 0;
  for (const std::string_view operand : parsed.operands) {
    const Status started = engine::start(*roots, operand, {}, warn);
    const int outcome = started ? print(fmt::format("{}\n", operand)) : fail_container(started.error());
    if (outcome != 0) status = outcome;
  }
  return status;
}

int stop_command(const Invocation& invocation) {
  engine::StopOptions options;
  return for_each_operand(invocation, "stop", &options,
                          [&](const engine::Roots& roots, std::string_view operand) {
                            return engine::stop(roots, operand, options);
                          });
}

int restart_command(const Invocation& invocation) {
  engine::StopOptions options;
  return for_each_operand(invocation, "restart", &options,
                          [&](const engine::Roots& roots, std::string_view operand) -> Status {
                            COVE_TRY(engine::stop(roots, operand, options));
                            return engine::start(roots, operand, {}, warn);
                          });
}

int kill_command(const Invocation& invocation) {
  KillRequest request;
  return for_each_operand(invocation, "kill", &request,
                          [&](const engine::Roots& roots, std::string_view operand) {
                            return engine::kill(roots, operand, request.signal);
                          });
}

int rm_command(const Invocation& invocation) {
  engine::RemoveOptions options;
  return for_each_operand(invocation, "rm", &options,
                          [&](const engine::Roots& roots, std::string_view operand) -> Result<bool> {
                            const auto there = engine::resolve(roots, operand);
                            if (!there && options.force && there.error().code() == ErrorCode::not_found) {
                              warn(there.error().message());
                              return false;
                            }
                            COVE_TRY(engine::remove(roots, operand, options));
                            return true;
                          });
}

int rename_command(const Invocation& invocation) {
  const Parsed parsed = parse_operands("rename", invocation, nullptr, 2, 2);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  const auto name = parse_object_name(parsed.operands[1]);
  if (!name) return fail_container(name.error());
  const Status renamed = engine::rename(*roots, parsed.operands[0], *name);
  return renamed ? 0 : fail_container(renamed.error());
}

int pause_command(const Invocation& invocation) {
  return for_each_operand(invocation, "pause", nullptr, engine::pause);
}

int unpause_command(const Invocation& invocation) {
  return for_each_operand(invocation, "unpause", nullptr, engine::unpause);
}

int wait_command(const Invocation& invocation) {
  const Parsed parsed = parse_operands("wait", invocation, nullptr, 1, SIZE_MAX);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  int status = 0;
  for (const std::string_view operand : parsed.operands) {
    const Result<int> ended = engine::wait(*roots, operand);
    const int outcome = ended ? print(fmt::format("{}\n", *ended)) : fail_container(ended.error());
    if (outcome != 0) status = outcome;
  }
  return status;
}

int attach_command(const Invocation& invocation) {
  AttachRequest request;
  const Parsed parsed = parse_operands("attach", invocation, &request, 1, 1);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto roots = roots_of(invocation);
  if (!roots) return fail_container(roots.error());
  const Result<int> status = attach(*roots, parsed.operands.front(), request);
  return status ? *status : fail_container(status.error());
}

}  // namespace cove::cli

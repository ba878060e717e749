// create, run, start, exec, kill, delete, pause, resume
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>

#include "base/strings.h"
#include "cli/caller.h"
#include "cli/oci/command.h"
#include "cli/oci/tables.h"
#include "cli/signal_name.h"

namespace cove::cli::oci {
namespace {

template <auto Operation>
Result<int> simple(Context& context, const OciCommand& command, Arguments arguments) {
  NoOptions none;
  const auto id = COVE_TRY(parse_id(command, arguments, &none));
  if (id) COVE_TRY(Operation(context.settings, *id));
  return 0;
}

// What the service manager that started us gave along.
void take_environment(const Context& context, runtime::CreateOptions& options) {
  const Caller caller(context.environment);
  if (const auto fds = caller.variable("LISTEN_FDS")) {
    constexpr unsigned kMostFds = 1024;
    options.listen_fds = std::min(parse_number<unsigned>(*fds).value_or(0), kMostFds);
  }
  options.notify_socket = caller.variable("NOTIFY_SOCKET").value_or("");
}

}  // namespace

Result<int> create_command(Context& context, const OciCommand& command, Arguments arguments) {
  runtime::CreateOptions options;
  const auto id = COVE_TRY(parse_id(command, arguments, &options));
  if (!id) return 0;
  options.id = *id;
  take_environment(context, options);
  COVE_TRY(runtime::create(context.settings, options, context.warner()));
  return 0;
}

Result<int> run_command(Context& context, const OciCommand& command, Arguments arguments) {
  runtime::CreateOptions options;
  const auto id = COVE_TRY(parse_id(command, arguments, &options));
  if (!id) return 0;
  options.id = *id;
  take_environment(context, options);
  return runtime::run(context.settings, options, context.warner());
}

Result<int> start_command(Context& context, const OciCommand& command, Arguments arguments) {
  NoOptions none;
  const auto id = COVE_TRY(parse_id(command, arguments, &none));
  if (!id) return 0;
  const std::string notify(Caller(context.environment).variable("NOTIFY_SOCKET").value_or(""));
  COVE_TRY(runtime::start(context.settings, *id, notify, context.warner()));
  return 0;
}

Result<int> exec_command(Context& context, const OciCommand& command, Arguments arguments) {
  runtime::ExecOptions options;
  const auto operands = COVE_TRY(parse(command, arguments, &options));
  if (!operands) return 0;
  options.id = operands->front();
  options.args.assign(operands->begin() + 1, operands->end());
  // A second "--" ends the options of the command that is run, for who writes one there.
  if (!options.args.empty() && options.args.front() == "--") options.args.erase(options.args.begin());
  if (options.args.empty() && options.process_file.empty()) {
    return Error(ErrorCode::invalid_argument, "exec needs a command to run, or --process");
  }
  return runtime::exec(context.settings, options, context.warner());
}

Result<int> kill_command(Context& context, const OciCommand& command, Arguments arguments) {
  KillRequest request;
  const auto operands = COVE_TRY(parse(command, arguments, &request));
  if (!operands) return 0;
  if (operands->empty() || operands->size() > 2) {
    return Error(ErrorCode::invalid_argument,
                 "kill takes a container and, if not SIGTERM is meant, a signal");
  }
  const int signal = operands->size() == 2 ? COVE_TRY(parse_signal((*operands)[1])) : SIGTERM;
  COVE_TRY(runtime::kill(context.settings, operands->front(), signal, request.all));
  return 0;
}

Result<int> delete_command(Context& context, const OciCommand& command, Arguments arguments) {
  DeleteRequest request;
  const auto id = COVE_TRY(parse_id(command, arguments, &request));
  if (id) COVE_TRY(runtime::remove(context.settings, *id, request.force, context.warner()));
  return 0;
}

Result<int> pause_command(Context& context, const OciCommand& command, Arguments arguments) {
  return simple<&runtime::pause>(context, command, arguments);
}

Result<int> resume_command(Context& context, const OciCommand& command, Arguments arguments) {
  return simple<&runtime::resume>(context, command, arguments);
}

}  // namespace cove::cli::oci

// The command, its environment and its streams.
#include <fmt/format.h>

#include <algorithm>

#include "sandbox/compile.h"
#include "sandbox/defaults.h"

namespace cove::sandbox {
namespace {

bool defines(const std::vector<std::string>& env, std::string_view name_and_equals) {
  return std::any_of(env.begin(), env.end(),
                     [&](const std::string& variable) { return variable.starts_with(name_and_equals); });
}

// The last one of a name wins, in the place of the first.
void set_variable(std::vector<std::string>& env, const std::string& variable) {
  const std::string name = variable.substr(0, variable.find('=') + 1);
  for (std::string& existing : env) {
    if (existing.starts_with(name)) {
      existing = variable;
      return;
    }
  }
  env.push_back(variable);
}

}  // namespace

Status compile_process(const Options& options, const HostFacts& facts, launch::LaunchPlan& plan) {
  if (options.command.empty()) return Error(ErrorCode::invalid_argument, "no command to run");
  launch::ProcessPlan& process = plan.process;
  process.argv = options.command;
  process.init = options.init;
  if (options.init && !plan.is_fresh(launch::NamespaceKind::pid)) {
    return Error(ErrorCode::invalid_argument,
                 "--init needs a PID namespace of the sandbox's own: leave out --pid");
  }
  for (const std::string& variable : options.env) set_variable(process.env, variable);
  if (!defines(process.env, "PATH=")) process.env.emplace_back(kDefaultPath);
  if (!plan.hostname.empty() && !defines(process.env, "HOSTNAME="))
    process.env.push_back("HOSTNAME=" + plan.hostname);
  if (options.tty && !defines(process.env, "TERM=")) {
    process.env.push_back("TERM=" +
                          (facts.terminal_type.empty() ? std::string("xterm") : facts.terminal_type));
  }
  process.cwd = options.workdir.value_or("/");
  if (options.user) {
    process.user = COVE_TRY(userdb::parse_user(*options.user).context("--user"));
  } else if (options.userns.kind == UsernsChoice::Kind::keep_id) {
    process.user = COVE_TRY(userdb::parse_user(fmt::format("{}:{}", facts.caller.uid, facts.caller.gid)));
  }
  process.group_adds = options.group_adds;
  process.null_stdin = !options.interactive && !options.tty;
  process.stdio = options.tty                  ? launch::StdioMode::tty
                  : options.output_limit_bytes ? launch::StdioMode::pipes
                                               : launch::StdioMode::inherit;
  if (options.tty && options.output_limit_bytes) {
    return Error(ErrorCode::invalid_argument, "--output-limit and --tty exclude each other");
  }
  if (facts.terminal_rows != 0) process.console_size = {facts.terminal_rows, facts.terminal_columns};
  return {};
}

}  // namespace cove::sandbox

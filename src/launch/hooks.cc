#include "launch/hooks.h"

#include <fmt/format.h>
#include <string.h>
#include <sys/wait.h>

#include "base/strings.h"
#include "sys/program.h"

namespace cove::launch {
namespace {

constexpr size_t kMaxOutput = 600;  // bytes of it that fit into a message between processes

Status run_hook(const Hook& hook, const std::string& state) {
  sys::ProgramRequest request{hook.path, hook.args, hook.env, state};
  if (request.argv.empty()) request.argv.push_back(hook.path);
  // As crun's and runc's: hooks look for programs in PATH.
  request.own_env = hook.env.empty();
  const sys::SpawnedProgram program = COVE_TRY(sys::spawn_program(request));
  Result<sys::ProgramOutcome> outcome =
      sys::finish_program(program, kMaxOutput, hook.timeout_ms.value_or(sys::kNoTimeout));
  if (!outcome && outcome.error().sys_errno() == ETIMEDOUT) {
    return Error(ErrorCode::system, fmt::format("killed after its timeout of {} ms", *hook.timeout_ms),
                 ETIMEDOUT);
  }
  if (!outcome) return std::move(outcome).error();
  if (WIFEXITED(outcome->status) && WEXITSTATUS(outcome->status) == 0) return {};
  std::string how = WIFSIGNALED(outcome->status)
                        ? fmt::format("killed by SIG{}", sigabbrev_np(WTERMSIG(outcome->status)))
                        : fmt::format("exit status {}", WEXITSTATUS(outcome->status));
  const std::string_view said = trim(outcome->output);
  return Error(ErrorCode::system, said.empty() ? how : fmt::format("{}, output: {}", how, said));
}

}  // namespace

Status run_hooks(std::string_view kind, std::span<const Hook> hooks, const std::string& state,
                 const Trace& trace) {
  for (size_t i = 0; i < hooks.size(); ++i) {
    trace("{} hook #{}: run {}", kind, i, hooks[i].path);
    COVE_TRY(run_hook(hooks[i], state).context(fmt::format("{} hook #{} ({})", kind, i, hooks[i].path)));
  }
  return {};
}

}  // namespace cove::launch

// The child's last steps.
#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/strings.h"
#include "launch/exec_diagnosis.h"
#include "launch/init.h"
#include "launch/reaper.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::launch {
namespace {

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> list;
  list.reserve(strings.size() + 1);
  for (std::string& text : strings) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

}  // namespace

Status find_program(InitContext& context) {
  if (context.payload != nullptr) return {};
  context.executable = COVE_TRY(find_executable(context.plan.process.argv[0], context.env));
  // Whoever creates a container shall learn now, not at its start, that it cannot run.
  return context.plan.container.enabled ? diagnose_executable(context.executable) : Status();
}

// Everything that a filter could forbid later.
Status prepare_exec(InitContext& context) {
  const ProcessPlan& process = context.plan.process;
  sys::set_umask(process.umask);
  COVE_TRY(sys::reset_signals());
  // The channel closes with the exec: that tells the parent that it worked.
  COVE_TRY(sys::close_on_exec_from(3 + process.preserved_fds));
  // What is used after the exec must be told from this.
  const sys::CpuTimes times = sys::own_cpu_times();
  context.progress.setup_user_us = times.user_us;
  context.progress.setup_system_us = times.system_us;
  return {};
}

Status exec_payload(InitContext& context) {
  std::vector<std::string> argv = context.plan.process.argv;
  const std::string& path = context.executable;
  if (context.payload != nullptr) {
    context.progress.step.store(static_cast<uint32_t>(init_step_count()), std::memory_order_relaxed);
    context.channel.close();
    (*context.payload)();
    sys::exit_now(0);
  }
  // The end of file on the channel means an exec from here on only: before, it is our death.
  context.progress.step.store(static_cast<uint32_t>(init_step_count()), std::memory_order_relaxed);
  std::vector<char*> env_pointers = pointers(context.env);
  if (context.init_executable.valid()) {
    COVE_TRY(diagnose_executable(path));
    argv.insert(argv.begin(), {std::string(kReaperName), path});
    std::vector<char*> argv_pointers = pointers(argv);
    return sys::execute_fd(context.init_executable.get(), argv_pointers.data(), env_pointers.data());
  }
  std::vector<char*> argv_pointers = pointers(argv);
  return explain_exec_failure(sys::execute(path.c_str(), argv_pointers.data(), env_pointers.data()), path);
}

}  // namespace cove::launch

#include "launch/reaper.h"

#include <signal.h>
#include <sys/wait.h>

#include <string>

#include "base/log.h"
#include "launch/exec_diagnosis.h"
#include "sys/process.h"
#include "sys/signals.h"
#include "sys/wait_status.h"

namespace cove::launch {
namespace {

constexpr int kExitUsage = 125;
constexpr int kExitCannotExecute = 126;
constexpr int kExitNotFound = 127;

[[noreturn]] void become_command(char** argv, char** envp) noexcept {
  // A process group of its own in the foreground, so that Ctrl-C and job control reach the command and not
  // us.
  sys::take_foreground(0);
  static_cast<void>(sys::reset_signals());
  const Error error = explain_exec_failure(sys::execute(argv[1], argv + 2, envp), argv[1]);
  log_error(error);
  sys::exit_now(error.code() == ErrorCode::exec_not_found ? kExitNotFound : kExitCannotExecute);
}

}  // namespace

// While we wait for a signal the kernel shows it as not blocked (proc_pid_status(5)). A handler, though never
// called, shows the sender that it is not lost on us. The command's fork sets all back to the default.
void show_handlers() noexcept {
  for (int signal = 1; signal < SIGSYS; ++signal) sys::install_idle_handler(signal);
}

int run_reaper(int argc, char** argv, char** envp) noexcept {
  if (argc < 3) return kExitUsage;
  // An execve(2) by descriptor has named us after the file.
  static_cast<void>(sys::set_process_name(std::string(kReaperName).c_str()));
  static_cast<void>(sys::block_all_signals());
  show_handlers();
  const Result<pid_t> command = sys::fork_process();
  if (!command) {
    log_error(command.error());
    return kExitUsage;
  }
  if (*command == 0) become_command(argv, envp);
  while (true) {
    const Result<int> signal = sys::wait_for_any_signal();
    if (!signal) return kExitUsage;
    if (*signal != SIGCHLD) {
      static_cast<void>(sys::send_signal(*command, *signal));
      continue;
    }
    while (true) {
      const Result<sys::Reaped> reaped = sys::reap_any();
      if (!reaped || reaped->pid == 0) break;
      if (reaped->pid == *command) return sys::exit_status_of(reaped->status);
    }
  }
}

}  // namespace cove::launch

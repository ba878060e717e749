#include "cli/images/hand_over.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/build_id.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/program.h"

namespace cove::cli {

int run_by_images(const Invocation&) {
  return fail(Error(ErrorCode::internal, "a command on images was not handed over"));
}

int hand_over(std::span<char* const> arguments, char* const* environment) {
  const Result<std::string> program = sys::find_companion(kImagesProgram);
  if (!program) return fail(program.error());
  std::string name(kImagesProgram);
  std::string build(build_id());
  std::vector<char*> argv{name.data(), build.data()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  argv.push_back(nullptr);
  return fail(sys::execute(program->c_str(), argv.data(), environment));
}

Result<int> call_images_program(const std::vector<std::string>& arguments, int out) {
  const std::string program = COVE_TRY(sys::find_companion(kImagesProgram));
  std::vector<std::string> argv{std::string(kImagesProgram), std::string(build_id())};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  const pid_t pid = COVE_TRY(sys::spawn_with_fds(program.c_str(), argv, {STDIN_FILENO, out, STDERR_FILENO}));
  const sys::WaitOutcome outcome = COVE_TRY(sys::wait_process(pid));
  return WIFEXITED(outcome.status) ? WEXITSTATUS(outcome.status) : 128 + WTERMSIG(outcome.status);
}

}  // namespace cove::cli

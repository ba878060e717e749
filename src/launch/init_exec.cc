// The child's last step.
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

Status exec_payload(InitContext& context) {
  std::vector<std::string> argv = context.plan.process.argv;
  const std::string path = COVE_TRY(find_executable(argv[0], context.env));
  sys::set_umask(0022);
  COVE_TRY(sys::reset_signals());
  // The channel closes with the exec: that tells the parent that it worked.
  COVE_TRY(sys::close_on_exec_from(3));
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

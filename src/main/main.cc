// The executable: picks the program that it is called as.
#include <unistd.h>

#include <span>
#include <string_view>

#include "cli/command.h"
#include "cli/oci/command.h"
#include "launch/reaper.h"

namespace {

// The OCI runtime: a link to the program, of this name.
constexpr std::string_view kRuntimeName = "cove-runtime";

}  // namespace

int main(int argc, char** argv) {
  const std::span<char* const> arguments(argv, static_cast<size_t>(argc));
  if (!arguments.empty() && arguments.front() == cove::launch::kReaperName) {
    return cove::launch::run_reaper(argc, argv, environ);
  }
  const std::span<char* const> operands = arguments.empty() ? arguments : arguments.subspan(1);
  std::string_view name = arguments.empty() ? std::string_view{} : arguments.front();
  name.remove_prefix(name.rfind('/') + 1);  // npos + 1 is 0
  if (name == kRuntimeName) return cove::cli::oci::dispatch(operands, environ);
  return cove::cli::dispatch(operands, environ);
}

// The executable: picks the program that it is called as.
#include <unistd.h>

#include <span>
#include <string_view>

#include "cli/command.h"
#include "launch/reaper.h"

int main(int argc, char** argv) {
  const std::span<char* const> arguments(argv, static_cast<size_t>(argc));
  if (!arguments.empty() && arguments.front() == cove::launch::kReaperName) {
    return cove::launch::run_reaper(argc, argv, environ);
  }
  return cove::cli::dispatch(arguments.empty() ? arguments : arguments.subspan(1), environ);
}

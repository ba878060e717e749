// cove's own init (`--init`): process 1 of the sandbox, which starts the command, forwards signals to it and
// reaps every orphan. It is this program, executed inside under another name; it has the command's
// confinement already.
#pragma once

#include <string_view>

namespace cove::launch {

inline constexpr std::string_view kReaperName = "cove-init";

// argv: kReaperName, the program's path, then the command's own argv. Returns the exit status: the command's,
// or 128+n for a signal.
int run_reaper(int argc, char** argv, char** envp) noexcept;

}  // namespace cove::launch

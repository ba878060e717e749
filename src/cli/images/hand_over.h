// From `cove` to cove-images, the program that carries out the commands on images, and of the others
// `explain`, `top` and `network diagram`. It lies beside cove's own executable, or in ../libexec/cove as seen
// from there, and must be of the same build. Called in the process that the user started, single-threaded.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/command.h"

namespace cove::cli {

inline constexpr std::string_view kImagesProgram = "cove-images";

// Marks, in the table of commands, those that are handed over; it is never called.
int run_by_images(const Invocation& invocation);

// Becomes the program. `arguments` with the names of the command. Returns only on failure: the exit status.
int hand_over(std::span<char* const> arguments, char* const* environment);
// Starts it with our standard streams, but for what it prints, which goes to `out` (-1: nowhere), and waits
// for it. Gives its exit status.
Result<int> call_images_program(const std::vector<std::string>& arguments, int out);

}  // namespace cove::cli

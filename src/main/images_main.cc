// The executable cove-images, which `cove` starts for commands on images.
#include <unistd.h>

#include <span>

#include "cli/images/program/dispatch.h"

int main(int argc, char** argv) {
  const std::span<char* const> arguments(argv, static_cast<size_t>(argc));
  return cove::cli::dispatch_images(arguments.empty() ? arguments : arguments.subspan(1), environ);
}

// The executable cove-cni: a CNI plugin, by which other engines put their containers on cove's networks.
#include <span>

#include "cni/program.h"

int main(int argc, char** argv) {
  const std::span<char* const> arguments(argv, static_cast<size_t>(argc));
  return cove::cni::run_program(arguments.empty() ? arguments : arguments.subspan(1));
}

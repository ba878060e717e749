// The executable cove-cni: a CNI plugin, by which other engines put their containers on cove's networks.
#include <cstdlib>

#include "cni/program.h"

// As in main.cc.
namespace __gnu_cxx {
void __verbose_terminate_handler() {
  abort();
}
}  // namespace __gnu_cxx

int main(int argc, char** argv) {
  const std::span<char* const> arguments(argv, static_cast<size_t>(argc));
  return cove::cni::run_program(arguments.empty() ? arguments : arguments.subspan(1));
}

// The executable cove-resolver, which answers for the names of networks: see network/resolver/resolver.h.
#include <cstdlib>
#include <span>

#include "network/resolver/resolver.h"

// As in main.cc.
namespace __gnu_cxx {
void __verbose_terminate_handler() {
  abort();
}
}  // namespace __gnu_cxx

int main(int argc, char** argv) {
  return cove::network::run_resolver(std::span<char* const>(argv, static_cast<size_t>(argc)));
}

// The executable cove-resolver, which answers for the names of networks: see network/resolver/resolver.h.
#include <span>

#include "network/resolver/resolver.h"

int main(int argc, char** argv) {
  return cove::network::run_resolver(std::span<char* const>(argv, static_cast<size_t>(argc)));
}

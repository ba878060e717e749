// The program cove-cni.
#pragma once

#include <span>

namespace cove::cni {

// With no arguments it is the plugin: reads the environment and standard input, writes standard output. With
// arguments cove has called it to run a list of plugins: see chain_call() in network/chain.h. Gives the exit
// status.
int run_program(std::span<char* const> arguments);

}  // namespace cove::cni

// The CNI plugin cove-cni: what other engines (podman, containerd, CRI-O, nerdctl) call to put their
// containers on cove's networks. Called by the process that the engine has started.
#pragma once

#include <string>
#include <string_view>

#include "cni/call.h"

namespace cove::cni {

// What a call prints, and how it ends.
struct Outcome {
  int status = 0;
  std::string text;  // for standard output
};
// `config` is what standard input has.
Outcome run_plugin(const Variable& variable, std::string_view config);

}  // namespace cove::cni

// What the command line of `cove network diagram` fills. The table is part of `cove`; the program cove-images
// draws.
#pragma once

#include <string>

#include "cli/option.h"

namespace cove::cli {

struct DiagramRequest {
  std::string format;  // text or svg; empty: as the name of the file says, or text
  std::string output;  // empty: standard output
};

extern const OptionGroup kNetworkDiagramOptions;

}  // namespace cove::cli

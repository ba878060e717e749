// The options of a container as they are kept in its record: see fields/visitor.h.
#pragma once

#include "fields/visitor.h"
#include "sandbox/options.h"

namespace cove::sandbox {

// Everything but what only a single run is about: `report`, `timings`, `name`.
void describe(fields::FieldVisitor& v, Options& options);

}  // namespace cove::sandbox

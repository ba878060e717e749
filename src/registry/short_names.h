// What a short name, one without a registry, stands for: what registries.conf says and nothing else.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "image/reference.h"
#include "registry/registries.h"

namespace cove::registry {

struct ShortName {
  // Full names to be tried in this order: the next one only when a registry does not know the one before.
  std::vector<image::Reference> candidates;
  bool alias = false;
};

// An alias wins; else the search list counts. Errors: there is neither, or the list has several registries
// and short-name-mode does not let them be tried one after the other. A full name is its only candidate.
Result<ShortName> resolve_short_name(const Registries& registries, const image::Reference& reference);

}  // namespace cove::registry

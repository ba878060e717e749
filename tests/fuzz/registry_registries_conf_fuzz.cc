// registries.conf: read onto nothing, then onto itself, which changes nothing.
#include <cstdint>
#include <string_view>

#include "registry/short_names.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove::registry;  // NOLINT(google-build-using-namespace)
  using cove::fuzz::require;
  using cove::fuzz::sound;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Registries registries;
  if (!sound(merge_registries(input, "fuzz.conf", registries))) return 0;
  const size_t tables = registries.registries.size();
  require(merge_registries(input, "fuzz.conf", registries).ok() && registries.registries.size() == tables);
  for (const std::string_view name : {"debian", "quay.io/a/b:1", "localhost:5000/x"}) {
    const auto meaning = resolve_short_name(registries, *cove::image::parse_reference(name));
    if (!sound(meaning)) continue;
    for (const auto& candidate : meaning->candidates) {
      const auto endpoints = pull_endpoints(registries, candidate);
      if (!sound(endpoints)) continue;
      for (const Endpoint& endpoint : *endpoints) {
        require(cove::image::is_domain(endpoint.host) &&
                cove::image::is_repository_path(endpoint.repository));
      }
    }
  }
  return 0;
}

// An image's manifest, from a registry or an archive of anybody's.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "image/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto parsed = cove::image::parse_manifest({reinterpret_cast<const char*>(data), size});
  if (!parsed) return 0;
  // What was accepted must survive the way back.
  const std::string text = cove::image::print_manifest(*parsed);
  const auto again = cove::image::parse_manifest(text);
  if (!again || cove::image::print_manifest(*again) != text) std::abort();
  return 0;
}

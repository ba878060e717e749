// The names of images.
#include <cstdint>
#include <string_view>

#include "image/reference.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove::image;  // NOLINT(google-build-using-namespace)
  using cove::fuzz::require;
  using cove::fuzz::sound;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto reference = parse_reference(input);
  if (!sound(reference)) return 0;
  require(reference->domain.empty() || is_domain(reference->domain));
  require(is_repository_path(reference->path));
  require(reference->tag.empty() || is_tag(reference->tag));
  require(reference->digest.empty() || is_digest(reference->digest));
  const auto again = parse_reference(print_reference(*reference));
  require(again.ok() && *again == *reference);
  return 0;
}

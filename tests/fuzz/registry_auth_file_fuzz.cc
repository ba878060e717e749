// Docker's config.json: read, changed, written and read again.
#include <cstdint>
#include <string_view>

#include "registry/auth_file.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove::registry;  // NOLINT(google-build-using-namespace)
  using cove::fuzz::require;
  using cove::fuzz::sound;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  auto file = AuthFile::parse(input, "config.json");
  if (!sound(file)) return 0;
  (void)file->helper_for("quay.io");
  (void)sound(file->find({"docker.io", "library/debian"}));
  const Credentials login{"name", "secret", ""};
  file->set("quay.io", login);
  const auto again = AuthFile::parse(file->print(), "config.json");
  require(again.ok());
  const auto found = again->find({"quay.io", ""});
  require(found.ok() && found->has_value() && **found == login);
  require(file->remove("quay.io") && !file->remove("quay.io"));
  return 0;
}

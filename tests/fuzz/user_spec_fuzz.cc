// The value of --user and --group-add.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/userdb/userdb.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove::userdb;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto spec = parse_user(text);
  if (spec.ok()) {
    if (spec->uid.has_value() != spec->user.empty()) std::abort();
    if ((spec->uid && *spec->uid > kMaxId) || (spec->gid && *spec->gid > kMaxId)) std::abort();
    const auto user = resolve(*spec, {}, "app:x:5:6::/home/app:/bin/sh\n", "audio:x:7:app\n");
    if (!user.ok() && user.error().code() != cove::ErrorCode::user_unknown) std::abort();
  }
  (void)resolve(UserSpec{"", 0, "", {}}, std::vector<std::string>{text}, "", "audio:x:7:app\n");
  return 0;
}

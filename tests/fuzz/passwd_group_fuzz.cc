// passwd and group files of an image. The input is both, apart at the first NUL.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/userdb/userdb.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove::userdb;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t middle = std::min(text.find('\0'), text.size());
  const std::string_view passwd = text.substr(0, middle);
  const std::string_view group = text.substr(std::min(middle + 1, text.size()));
  const std::vector<std::string> adds{"audio", "7"};
  for (const char* spec_text : {"app", "1000", "app:video", "0:5"}) {
    const auto spec = parse_user(spec_text);
    for (const bool with_adds : {false, true}) {
      const auto user = resolve(spec.value(), with_adds ? adds : std::vector<std::string>{}, passwd, group);
      if (!user.ok()) continue;
      if (spec->uid && user->uid != *spec->uid) std::abort();
      if (user->uid > kMaxId || user->gid > kMaxId || !user->home.starts_with('/')) std::abort();
      if (user->groups.empty() || user->groups[0] != user->gid) std::abort();
      if (std::set<uint32_t>(user->groups.begin(), user->groups.end()).size() != user->groups.size())
        std::abort();
    }
  }
  return 0;
}

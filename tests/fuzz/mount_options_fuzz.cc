// The options of a mount in config.json, a line each, and lists of CPUs. No attribute is both set and
// cleared, apart from the access time's field, which mount_setattr(2) wants cleared; words without a file
// system's meaning never reach it.
#include <sys/mount.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "runtime/mount_options.h"
#include "runtime/number_list.h"
#include "sys/mount.h"

namespace {

void check(bool condition) {
  if (!condition) std::abort();
}

void check_change(const cove::launch::AttributeChange& change) {
  check((change.set & change.clear & ~uint64_t{MOUNT_ATTR__ATIME}) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> words;
  for (const std::string_view line : cove::split(text, '\n')) words.emplace_back(line);
  const cove::runtime::MountOptions options = cove::runtime::parse_mount_options(words);
  check_change(options.attributes);
  check_change(options.tree_attributes);
  check(options.data.size() + options.propagation.size() <= words.size());
  check(options.bind || !options.recursive_bind);
  check(options.idmap || !options.idmap_recursive);
  const auto list = cove::runtime::parse_number_list(words.front());
  check(!list.ok() || (!list->empty() && list->back() != 0 && list->size() <= 128));
  return 0;
}

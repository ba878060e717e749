// /etc/subuid: what is granted is sorted, disjoint and within the id space, whatever the file holds.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "kernel/idmap/map_text.h"
#include "kernel/idmap/plan.h"
#include "kernel/idmap/subid.h"

namespace {

void check_sorted(const std::vector<cove::idmap::SubRange>& ranges) {
  uint64_t end = 0;
  for (const auto& range : ranges) {
    if (range.count == 0 || (end > 0 && range.first <= end)) std::abort();
    end = uint64_t{range.first} + range.count;
    if (end - 1 > cove::idmap::kLastId) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  cove::idmap::Caller caller;
  caller.uid = 1000;
  caller.gid = 1000;
  caller.name = "bob";
  caller.sub_uids = cove::idmap::parse_subids(text, "bob", 1000);
  caller.sub_gids = caller.sub_uids;
  caller.has_newuidmap = true;
  caller.has_newgidmap = true;
  check_sorted(caller.sub_uids.own);
  check_sorted(caller.sub_uids.others);
  for (const auto& plan : {plan_range(caller, 1), plan_keep_id(caller, 1)}) {
    if (plan.ok() && cove::idmap::to_inside(plan->maps.uids, 0)) std::abort();  // never host root
  }
  return 0;
}

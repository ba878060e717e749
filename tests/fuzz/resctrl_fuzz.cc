// linux.intelRdt: the first line is closID, the second the container's id, the third memBwSchema, the rest
// l3CacheSchema. What is accepted is compared with itself, as the kernel would show it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/strings.h"
#include "kernel/resctrl/placement.h"

namespace cove::resctrl {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_placement(const Request& request) {
  const auto placement = plan_placement(request);
  if (!placement.ok()) {
    require(placement.error().code() == ErrorCode::invalid_argument);
    return;
  }
  // Nothing leads out of the file system or into another group.
  require(placement->clos != "." && placement->clos != ".." &&
          placement->clos.find('/') == std::string::npos);
  require(placement->monitoring.ends_with("mon_groups/" + request.container_id));
}

void check_writes(const Request& request) {
  const auto writes = schemata_writes(request);
  if (!writes.ok()) {
    require(writes.error().code() == ErrorCode::invalid_argument);
    return;
  }
  for (std::string_view rest : *writes) {
    require(rest.ends_with('\n'));
    for (const std::string_view text = rest; const auto line = next_line(rest);) {
      const auto held = schemata_hold(text, *line, 1);
      if (!held.ok()) require(held.error().code() == ErrorCode::invalid_argument);
      static_cast<void>(schemata_hold(text, *line, 10));
    }
  }
}

}  // namespace
}  // namespace cove::resctrl

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cove::resctrl;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  Request request;
  request.clos_id = cove::next_line(text).value_or("");
  request.container_id = cove::next_line(text).value_or("");
  request.mem_bw_schema = cove::next_line(text).value_or("");
  request.l3_cache_schema = text;
  request.schemata = {request.l3_cache_schema, request.mem_bw_schema};
  request.monitoring = true;
  check_placement(request);
  check_writes(request);
  return 0;
}

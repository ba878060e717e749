#include "runtime/intel_rdt.h"

#include <utility>

namespace cove::runtime {

std::optional<resctrl::Request> rdt_request(const spec::Spec& spec, std::string_view id) {
  if (!spec.linux_config.intel_rdt) return std::nullopt;
  const spec::IntelRdt& rdt = *spec.linux_config.intel_rdt;
  resctrl::Request request;
  request.clos_id = rdt.clos_id;
  request.container_id = id;
  request.l3_cache_schema = rdt.l3_cache_schema;
  request.mem_bw_schema = rdt.mem_bw_schema;
  request.schemata = rdt.schemata;
  request.monitoring = rdt.enable_monitoring || rdt.enable_cmt || rdt.enable_mbm;
  return request;
}

Result<RdtClass> RdtClass::plan(const resctrl::Request& request) {
  resctrl::Placement placement = COVE_TRY(resctrl::plan_placement(request));
  return RdtClass(COVE_TRY(resctrl::FileSystem::find().context("linux.intelRdt")), std::move(placement),
                  request);
}

std::string RdtClass::group() const {
  if (placement_.own_clos) return files_.path() + "/" + placement_.clos;
  return placement_.monitoring.empty() ? std::string() : files_.path() + "/" + placement_.monitoring;
}

Status remove_rdt_group(const Record& record, const spec::Spec& spec) {
  const std::optional<resctrl::Request> request = rdt_request(spec, record.id);
  if (record.intel_rdt_group.empty() || !request) return {};
  return COVE_TRY(RdtClass::plan(*request)).remove();
}

}  // namespace cove::runtime

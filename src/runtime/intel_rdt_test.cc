#include "runtime/intel_rdt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cove::runtime {
namespace {

using testing::ElementsAre;

spec::Spec spec_with(const std::string& config) {
  const auto spec = spec::parse_spec(
      R"({"ociVersion": "1.3.0", "process": {"cwd": "/", "args": ["true"]}, "linux": {)" + config + "}}");
  EXPECT_TRUE(spec.ok()) << spec.error().message();
  return *spec;
}

TEST(IntelRdt, RequestIsWhatTheConfigurationSays) {
  EXPECT_FALSE(rdt_request(spec_with(""), "c1").has_value());
  const auto request = rdt_request(
      spec_with(R"("intelRdt": {"closID": "gold", "l3CacheSchema": "L3:0=f", "memBwSchema": "MB:0=20",
                                "schemata": ["L2:0=3"]})"),
      "c1");
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->clos_id, "gold");
  EXPECT_EQ(request->container_id, "c1");
  EXPECT_EQ(request->l3_cache_schema, "L3:0=f");
  EXPECT_EQ(request->mem_bw_schema, "MB:0=20");
  EXPECT_THAT(request->schemata, ElementsAre("L2:0=3"));
  EXPECT_FALSE(request->monitoring);
}

TEST(IntelRdt, EveryWordForMonitoringAsksForIt) {
  for (const char* word : {"enableMonitoring", "enableCMT", "enableMBM"}) {
    const auto request =
        rdt_request(spec_with(std::string(R"("intelRdt": {")") + word + R"(": true})"), "c1");
    EXPECT_TRUE(request && request->monitoring) << word;
  }
}

TEST(IntelRdt, WithoutAGroupOnRecordNothingIsRemoved) {
  Record record;
  record.id = "c1";
  EXPECT_TRUE(remove_rdt_group(record, spec_with(R"("intelRdt": {"l3CacheSchema": "L3:0=f"})")).ok());
}

}  // namespace
}  // namespace cove::runtime

#include "runtime/systemd_scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel/systemd/test_print.h"

namespace cove::runtime {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

spec::Spec spec_with(const std::string& annotations) {
  const auto spec = spec::parse_spec(
      R"({"ociVersion": "1.0.2", "process": {"cwd": "/", "args": ["true"]}, "annotations": {)" + annotations +
      "}}");
  EXPECT_TRUE(spec.ok()) << spec.error().message();
  return *spec;
}

TEST(SystemdScope, PropertiesAreTheLimitsAndTheAnnotations) {
  cgroup::Resources resources;
  resources.pids_limit = 77;
  const auto properties = scope_properties(
      spec_with(R"("org.systemd.property.CollectMode": "'inactive-or-failed'", "other": "x")"), resources,
      true);
  ASSERT_TRUE(properties.ok()) << properties.error().message();
  const std::vector<std::string> texts = systemd::print_properties(*properties);
  EXPECT_THAT(texts, Contains(HasSubstr("TasksMax=")));
  EXPECT_THAT(texts, Contains(HasSubstr("CollectMode=")));
  EXPECT_THAT(texts, testing::Not(Contains(HasSubstr("other"))));
  EXPECT_THAT(texts, testing::Not(Contains(StartsWith("DevicePolicy"))));
}

TEST(SystemdScope, OnV1SystemdLearnsTheDeviceRules) {
  cgroup::Resources resources;
  resources.devices = {{false, cgroup::DeviceType::all}};
  const auto properties = scope_properties(spec_with(""), resources, false);
  ASSERT_TRUE(properties.ok()) << properties.error().message();
  EXPECT_THAT(systemd::print_properties(*properties), Contains(StartsWith("DevicePolicy")));
}

TEST(SystemdScope, ABadAnnotationIsNamed) {
  const auto properties = scope_properties(spec_with(R"("org.systemd.property.X": "[")"), {}, true);
  ASSERT_FALSE(properties.ok());
  EXPECT_EQ(properties.error().code(), ErrorCode::invalid_argument);
  EXPECT_THAT(properties.error().message(), HasSubstr("org.systemd.property.X"));
}

TEST(SystemdScope, WithoutAUnitNothingIsDone) {
  EXPECT_TRUE(stop_unit({}, {}).ok());
  EXPECT_TRUE(update_unit({}, {}, {}).ok());
}

}  // namespace
}  // namespace cove::runtime

// The example against our own record of it, against what is accepted, and against what runc writes, if it is
// here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>

#include "spec/runtime_spec.h"
#include "spec/test_json.h"

namespace cove::spec {
namespace {

using ::testing::ElementsAre;
using testing::file_text;
using testing::flat;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::missing;

std::string record(const std::string& name) {
  return file_text(COVE_SOURCE_DIR "/src/spec/testdata/" + name);
}

// What `runc spec` writes; empty if there is no runc.
std::string spec_of_runc(const std::string& options) {
  std::string directory = "/tmp/cove-example-XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) return {};
  const std::string command = "runc spec --bundle " + directory + " " + options + " 2>/dev/null";
  std::string text;
  // NOLINTNEXTLINE(cert-env33-c): a test that wants what a user would get
  if (system(command.c_str()) == 0) text = file_text(directory + "/config.json");
  std::filesystem::remove_all(directory);
  return text;
}

bool runc_adds_a_cgroup_namespace() {
  return std::filesystem::exists("/sys/fs/cgroup/cgroup.controllers");
}

TEST(ExampleSpec, IsAsRecorded) {
  EXPECT_EQ(print_spec(example_spec({})), record("example.json"));
  EXPECT_EQ(print_spec(example_spec({.rootless = true, .host_uid = 1000, .host_gid = 100})),
            record("example-rootless.json"));
}

TEST(ExampleSpec, IsAccepted) {
  for (const ExampleOptions& options : {ExampleOptions{}, ExampleOptions{.rootless = true, .host_uid = 5},
                                        ExampleOptions{.cgroup_namespace = true}}) {
    const auto warnings = validate(example_spec(options));
    ASSERT_TRUE(warnings.ok()) << warnings.error().message();
    EXPECT_THAT(*warnings, IsEmpty());
  }
}

// Differs in the version and the name only.
TEST(ExampleSpec, IsThatOfRunc) {
  const std::string runc = spec_of_runc("");
  if (runc.empty()) GTEST_SKIP() << "runc is not installed";
  const auto wanted = flat(runc);
  const auto got = flat(print_spec(example_spec({.cgroup_namespace = runc_adds_a_cgroup_namespace()})));
  EXPECT_THAT(missing(wanted, got), ElementsAre("hostname='runc'", HasSubstr("ociVersion=")));
  EXPECT_THAT(missing(got, wanted), ElementsAre("hostname='cove'", HasSubstr("ociVersion=")));
}

TEST(ExampleSpec, IsThatOfRuncWithoutRoot) {
  const std::string runc = spec_of_runc("--rootless");
  if (runc.empty()) GTEST_SKIP() << "runc is not installed";
  const auto wanted = flat(runc);
  const auto got = flat(print_spec(example_spec({.rootless = true,
                                                 .host_uid = geteuid(),
                                                 .host_gid = getegid(),
                                                 .cgroup_namespace = runc_adds_a_cgroup_namespace()})));
  EXPECT_THAT(missing(wanted, got), ElementsAre("hostname='runc'", HasSubstr("ociVersion=")));
  EXPECT_THAT(missing(got, wanted), ElementsAre("hostname='cove'", HasSubstr("ociVersion=")));
}

}  // namespace
}  // namespace cove::spec

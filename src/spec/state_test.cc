#include "spec/state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cove::spec {
namespace {

using ::testing::HasSubstr;

State some_state() {
  return {.oci_version = "1.2.0",
          .id = "c1",
          .pid = 42,
          .status = ContainerStatus::running,
          .bundle = "/b",
          .annotations = {{"k", "v"}}};
}

std::string refusal(std::string_view text) {
  const auto state = parse_state(text);
  return state.ok() ? "accepted" : state.error().message();
}

TEST(State, HasTheNamesOfTheSpecification) {
  EXPECT_EQ(
      print_state(some_state(), true),
      R"({"ociVersion":"1.2.0","id":"c1","pid":42,"status":"running","bundle":"/b","annotations":{"k":"v"}})");
}

TEST(State, IndentedTextHasTheOrderOfRunc) {
  State state = some_state();
  state.pid = 0;
  state.status = ContainerStatus::stopped;
  state.rootfs = "/b/rootfs";
  state.created = "2025-01-31T12:00:00.5Z";
  state.owner = "root";
  EXPECT_EQ(print_state(state), R"({
  "ociVersion": "1.2.0",
  "id": "c1",
  "pid": 0,
  "status": "stopped",
  "bundle": "/b",
  "rootfs": "/b/rootfs",
  "created": "2025-01-31T12:00:00.5Z",
  "annotations": {
    "k": "v"
  },
  "owner": "root"
}
)");
}

TEST(State, ReadsWhatItWrote) {
  for (const char* name : {"creating", "created", "running", "paused", "stopped"}) {
    State state = some_state();
    state.status = *parse_status(name);
    state.rootfs = "/r";
    EXPECT_EQ(status_name(state.status), name);
    const auto read = parse_state(print_state(state));
    ASSERT_TRUE(read.ok()) << read.error().message();
    EXPECT_EQ(print_state(*read), print_state(state));
  }
  EXPECT_EQ(parse_status("Running"), std::nullopt);
}

TEST(State, RefusesWhatIsNoState) {
  EXPECT_EQ(refusal(R"({"ociVersion": "1.0.0", "id": "a", "status": "dead", "bundle": "/b"})"),
            "status: unknown status 'dead'");
  EXPECT_EQ(refusal(R"({"ociVersion": "1.0.0", "id": "a", "bundle": "/b"})"), "status: must be given");
  EXPECT_EQ(refusal(R"({"ociVersion": "1.0.0", "status": "running", "bundle": "/b"})"), "id: must be given");
  EXPECT_EQ(refusal(R"({"ociVersion": "1.0.0", "id": "a", "status": "running"})"), "bundle: must be given");
  EXPECT_EQ(refusal(R"({"ociVersion": "1.0.0", "id": "a", "status": "running", "bundle": "/b", "pid": -1})"),
            "pid: must not be negative");
  EXPECT_THAT(refusal(R"({"id": "a", "id": "b"})"), HasSubstr("duplicate key"));
  EXPECT_EQ(refusal(R"({"ociVersion": "1.0.0", "id": "a", "status": "running", "bundle": "/b", "new": [1]})"),
            "accepted");
}

TEST(ProcessState, IsOneLineWithTheStateInside) {
  const ContainerProcessState process_state{
      .oci_version = "1.2.0", .fds = {"seccompFd"}, .pid = 43, .metadata = "about", .state = some_state()};
  const std::string text = print_process_state(process_state);
  EXPECT_EQ(text, R"({"ociVersion":"1.2.0","fds":["seccompFd"],"pid":43,"metadata":"about","state":)" +
                      print_state(some_state(), true) + "}");
  const auto read = parse_process_state(text);
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(print_process_state(*read), text);
}

TEST(ProcessState, DemandsItsParts) {
  EXPECT_EQ(parse_process_state(R"({"ociVersion": "1.0.0"})").error().message(), "pid: must be given");
  EXPECT_EQ(parse_process_state(R"({"ociVersion": "1.0.0", "pid": 1})").error().message(),
            "state: must be given");
  EXPECT_EQ(
      parse_process_state(R"({"ociVersion": "1.0.0", "pid": 1, "state": {"id": "a"}})").error().message(),
      "state.ociVersion: must be given");
}

}  // namespace
}  // namespace cove::spec

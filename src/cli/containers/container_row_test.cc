// What is expected is what docker (28.2) prints for the same facts.
#include "cli/containers/container_row.h"

#include <gtest/gtest.h>

namespace cove::cli {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kNow = 1'764'000'000 * kSecond;

struct Example {
  engine::Record record;
  engine::State state;
  engine::Condition condition = engine::Condition::created;
  std::optional<ContainerSize> size;
};

Example example() {
  Example facts;
  facts.record.id = "8bc2f6adcc26a464e6f3fdb311accecb593ad8981b76831c09b789e1aff76482";
  facts.record.name = "one";
  facts.record.created_ns = kNow - 3600 * kSecond;
  facts.record.options.command = {"sleep", "1000 x", "yyyyyyyyyyyyyyyyyyy"};
  facts.record.options.rootfs = "/srv/busybox/";
  facts.record.options.labels = {{"b", "1"}, {"a", "2"}};
  engine::VolumeUse& volume = facts.record.volumes.emplace_back();
  volume.name = "0123456789abcdef0123456789";
  volume.target = "/d";
  facts.condition = engine::Condition::running;
  facts.state.started_ns = kNow - 180 * kSecond;
  return facts;
}

std::string cell(const Example& facts, std::string_view field, bool no_trunc = false) {
  const format::Value row = container_row({facts.record, facts.state, facts.condition, facts.size},
                                          {.now = kNow, .no_trunc = no_trunc});
  const format::Value* value = row.find(field);
  return value != nullptr && value->string() != nullptr ? *value->string() : "no text";
}

std::string status(engine::Condition condition, const engine::State& state) {
  Example facts = example();
  facts.condition = condition;
  facts.state = state;
  return cell(facts, "Status");
}

TEST(ContainerRow, FieldsAreDockers) {
  const Example facts = example();
  EXPECT_EQ(cell(facts, "ID"), "8bc2f6adcc26");
  EXPECT_EQ(cell(facts, "ID", true), facts.record.id);
  EXPECT_EQ(cell(facts, "Command"), "\"sleep '1000 x' yyyy…\"");
  EXPECT_EQ(cell(facts, "Command", true), "\"sleep '1000 x' yyyyyyyyyyyyyyyyyyy\"");
  EXPECT_EQ(cell(facts, "RunningFor"), "About an hour ago");
  EXPECT_EQ(cell(facts, "Labels"), "a=2,b=1");
  EXPECT_EQ(cell(facts, "Mounts"), "0123456789abcd…");
  EXPECT_EQ(cell(facts, "Mounts", true), "0123456789abcdef0123456789");
  EXPECT_EQ(cell(facts, "LocalVolumes"), "1");
  EXPECT_EQ(cell(facts, "Networks"), "none");
  EXPECT_EQ(cell(facts, "Names"), "one");
  EXPECT_EQ(cell(facts, "State"), "running");
  EXPECT_EQ(cell(facts, "Status"), "Up 3 minutes");
  EXPECT_EQ(cell(facts, "Size"), "0B");
}

TEST(ContainerRow, ImageIsTheDirectorysNameWithoutOne) {
  Example facts = example();
  EXPECT_EQ(cell(facts, "Image"), "busybox");
  facts.record.options.rootfs.clear();
  EXPECT_EQ(cell(facts, "Image"), "host");
  facts.record.options.rootfs = "/";
  EXPECT_EQ(cell(facts, "Image"), "host");
  facts.record.image = "alpine:3.20";
  EXPECT_EQ(cell(facts, "Image"), "alpine:3.20");
}

TEST(ContainerRow, SizesAreDockers) {
  Example facts = example();
  facts.size = ContainerSize{10, 3'999'990};
  EXPECT_EQ(cell(facts, "Size"), "10B (virtual 4MB)");
}

TEST(ContainerRow, StatusOfEachCondition) {
  using engine::Condition;
  engine::State state;
  EXPECT_EQ(status(Condition::created, state), "Created");
  state.started_ns = kNow - 180 * kSecond;
  EXPECT_EQ(status(Condition::paused, state), "Up 3 minutes (Paused)");
  state.health.status = "healthy";
  EXPECT_EQ(status(Condition::running, state), "Up 3 minutes (healthy)");
  state.health.status = "starting";
  EXPECT_EQ(status(Condition::running, state), "Up 3 minutes (health: starting)");
  state.finished_ns = kNow - 7200 * kSecond;
  state.exit_code = 0;
  EXPECT_EQ(status(Condition::exited, state), "Exited (0) 2 hours ago");
  state.exit_code = 1;
  EXPECT_EQ(status(Condition::restarting, state), "Restarting (1) 2 hours ago");
  EXPECT_EQ(status(Condition::removing, state), "Removal In Progress");
  // Its end is not on record yet.
  state.finished_ns = 0;
  EXPECT_EQ(status(Condition::exited, state), "Exited");
}

}  // namespace
}  // namespace cove::cli

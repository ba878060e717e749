#include "engine/record.h"

#include <gtest/gtest.h>

#include "engine/operations.h"

namespace cove::engine {
namespace {

Record full_record() {
  Record record;
  record.id = std::string(64, 'a');
  record.name = "web";
  record.created_ns = 1'700'000'000'000'000'001;
  record.options.command = {"sh", "-c", "true"};
  record.entrypoint = {"/bin/entry"};
  record.image = "debian:12";
  record.restart = {RestartPolicy::Kind::on_failure, 3};
  record.logs = {"json-file", {{"max-size", "10m"}}};
  record.health.command = {"/bin/sh", "-c", "test -e /well"};
  record.health.retries = 7;
  record.stop_signal = 2;
  record.stop_timeout_s = 0;
  record.detached = true;
  record.volumes = {{"data", "/data", true, true, true}};
  record.shared.network = std::string(64, 'b');
  record.names.servers = {"9.9.9.9"};
  record.id_map = "0:100000:65536";
  return record;
}

State full_state() {
  State state;
  state.phase = Phase::restarting;
  state.boot_id = "11111111-2222-3333-4444-555555555555";
  state.pid = 12;
  state.start_time = 34;
  state.monitor = 56;
  state.monitor_start_time = 78;
  state.own_pid_namespace = false;
  state.exit_code = 0;
  state.oom_killed = true;
  state.restart_count = 9;
  state.stop_requested = true;
  state.stopped_for_boot = true;
  state.removing_volumes = true;
  state.health = {"unhealthy", 4, {{1, 2, -1, "ill"}}};
  return state;
}

// What is printed is read back as the same: its own print says it.
TEST(Record, IsReadAsItWasWritten) {
  const std::string text = print_record(full_record());
  const Result<Record> read = parse_record(text);
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(print_record(*read), text);
  EXPECT_EQ(read->restart.max_retries, 3U);
  EXPECT_EQ(read->stop_timeout_s, 0U);
  EXPECT_TRUE(read->volumes.front().no_copy);
}

TEST(State, IsReadAsItWasWritten) {
  const std::string text = print_state(full_state());
  const Result<State> read = parse_state(text);
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(print_state(*read), text);
  EXPECT_EQ(read->exit_code, 0);
  EXPECT_FALSE(read->own_pid_namespace);
  EXPECT_EQ(read->health.log.front().exit_code, -1);
}

TEST(State, RefusesWhatNobodyWrote) {
  for (const char* text : {"", "{", "[]", "{}", R"({"phase":"dancing"})", R"({"phase":1})",
                           R"({"phase":"running","pid":"1"})", R"({"phase":"running","pid":99999999999})",
                           R"({"phase":"running","exitCode":1.5})", R"({"phase":"running"} x)"}) {
    EXPECT_FALSE(parse_state(text).ok()) << text;
  }
}

TEST(Record, RefusesWhatNobodyWrote) {
  for (const char* text : {"", "{}", R"({"id":"a","name":"b"})", R"({"id":"a","name":"b","createdNs":"1"})",
                           R"({"id":"a","name":"b","createdNs":1,"restart":"sometimes"})",
                           R"({"id":"a","name":"b","createdNs":1,"volumes":[{}]})"}) {
    EXPECT_FALSE(parse_record(text).ok()) << text;
  }
}

TEST(RestartPolicy, IsParsedAndPrinted) {
  for (const char* text : {"no", "on-failure", "on-failure:3", "always", "unless-stopped"}) {
    const Result<RestartPolicy> policy = parse_restart(text);
    ASSERT_TRUE(policy.ok()) << text;
    EXPECT_EQ(print_restart(*policy), text);
  }
  for (const char* text : {"", "sometimes", "always:3", "on-failure:", "on-failure:x", "on-failure:-1"})
    EXPECT_FALSE(parse_restart(text).ok()) << text;
}

// --- note_health: Docker's rules ---

HealthResult outcome(int32_t exit_code, int64_t started_ns) {
  HealthResult result;
  result.exit_code = exit_code;
  result.started_ns = started_ns;
  return result;
}

TEST(NoteHealth, CountsFailuresOnEnd) {
  HealthCheck check;
  check.retries = 2;
  Health health{"starting", 0, {}};
  note_health(check, 0, outcome(1, 1), health);
  EXPECT_EQ(health.status, "starting");
  note_health(check, 0, outcome(0, 2), health);
  EXPECT_EQ(health.status, "healthy");
  EXPECT_EQ(health.failing_streak, 0U);
  note_health(check, 0, outcome(1, 3), health);
  EXPECT_EQ(health.status, "healthy");
  note_health(check, 0, outcome(-1, 4), health);
  EXPECT_EQ(health.status, "unhealthy");
  EXPECT_EQ(health.log.size(), 4U);
}

TEST(NoteHealth, ExcusesFailuresInTheStartPeriodUntilTheFirstSuccess) {
  HealthCheck check;
  check.retries = 1;
  check.start_period_ms = 1000;
  Health health{"starting", 0, {}};
  note_health(check, 0, outcome(1, 999'999'999), health);
  EXPECT_EQ(health.status, "starting");
  EXPECT_EQ(health.failing_streak, 0U);
  Health later = health;
  note_health(check, 0, outcome(1, 1'000'000'000), later);
  EXPECT_EQ(later.status, "unhealthy");
  note_health(check, 0, outcome(0, 1), health);
  note_health(check, 0, outcome(1, 2), health);
  EXPECT_EQ(health.status, "unhealthy");
}

TEST(NoteHealth, KeepsTheLastFiveOutcomes) {
  Health health{"starting", 0, {}};
  for (int64_t i = 0; i < 9; ++i) note_health({}, 0, outcome(0, i), health);
  ASSERT_EQ(health.log.size(), 5U);
  EXPECT_EQ(health.log.front().started_ns, 4);
}

}  // namespace
}  // namespace cove::engine

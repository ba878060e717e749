// What an image's config makes of a request. What is an image on the command line: tests/images/run.sh.
#include "cli/images/run_image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cove::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

image::RunConfig config() {
  image::RunConfig config;
  config.entrypoint = {"/entry"};
  config.cmd = {"default"};
  config.env = {"PATH=/image", "BROKEN", "=x"};
  config.user = "web:web";
  config.working_dir = "/srv";
  config.labels = {{"a", "image"}, {"b", "image"}};
  config.stop_signal = "SIGINT";
  config.stop_timeout = 7;
  config.volumes = {{"/data", {}}, {"/given", {}}};
  config.exposed_ports = {{"80/tcp", {}}};
  config.health_check = image::HealthCheck{{"CMD-SHELL", "curl x"}, 5'000'000'000, 0, 0, 0, 9};
  return config;
}

RunRequest request(bool container) {
  RunRequest request{Caller(nullptr, "/work")};
  request.container_asked = container;
  return request;
}

TEST(RunImage, ASandboxGetsTheCommandAndItsSurroundings) {
  RunRequest run = request(false);
  ASSERT_TRUE(apply_image_config(config(), run).ok());
  EXPECT_THAT(run.options.command, ElementsAre("default"));
  EXPECT_THAT(run.record.entrypoint, ElementsAre("/entry"));
  EXPECT_THAT(run.file_env, ElementsAre("PATH=/image"));
  EXPECT_EQ(run.options.user, "web:web");
  EXPECT_EQ(run.options.workdir, "/srv");
  EXPECT_THAT(run.options.labels, ElementsAre(Pair("a", "image"), Pair("b", "image")));
  // It is not on record: nothing of this has a use.
  EXPECT_THAT(run.record.volumes, IsEmpty());
  EXPECT_THAT(run.record.health.command, IsEmpty());
  EXPECT_FALSE(wants_container(run));
}

TEST(RunImage, AContainerGetsAllOfIt) {
  RunRequest run = request(true);
  engine::VolumeUse given;
  given.name = "mine";
  given.target = "/given";
  run.record.volumes.push_back(given);
  ASSERT_TRUE(apply_image_config(config(), run).ok());
  EXPECT_THAT(run.options.command, ElementsAre("default"));
  EXPECT_THAT(run.record.entrypoint, ElementsAre("/entry"));
  EXPECT_EQ(run.record.stop_signal, 2);
  EXPECT_EQ(run.record.stop_timeout_s, 7U);
  EXPECT_THAT(run.record.ports, ElementsAre("80/tcp"));
  ASSERT_EQ(run.record.volumes.size(), 2U);
  EXPECT_EQ(run.record.volumes[1].target, "/data");
  EXPECT_TRUE(run.record.volumes[1].anonymous);
  EXPECT_THAT(run.record.health.command, ElementsAre("/bin/sh", "-c", "curl x"));
  EXPECT_EQ(run.record.health.interval_ms, 5000U);
  EXPECT_EQ(run.record.health.timeout_ms, 30'000U);
  EXPECT_EQ(run.record.health.retries, 9U);
}

TEST(RunImage, WhatTheUserSaysHolds) {
  RunRequest run = request(true);
  run.options.command = {"own"};
  run.options.user = "0";
  run.options.workdir = "/";
  run.options.labels = {{"b", "mine"}};
  run.record.stop_signal = 15;
  run.record.stop_timeout_s = 1;
  run.no_healthcheck = true;
  ASSERT_TRUE(apply_image_config(config(), run).ok());
  EXPECT_THAT(run.options.command, ElementsAre("own"));
  EXPECT_EQ(run.options.user, "0");
  EXPECT_EQ(run.options.workdir, "/");
  EXPECT_THAT(run.options.labels, ElementsAre(Pair("a", "image"), Pair("b", "mine")));
  EXPECT_EQ(run.record.stop_signal, 15);
  EXPECT_EQ(run.record.stop_timeout_s, 1U);
  EXPECT_THAT(run.record.health.command, IsEmpty());
  // Another entrypoint does not go with the image's CMD.
  RunRequest other = request(false);
  other.record.entrypoint = {"/bin/sh"};
  ASSERT_TRUE(apply_image_config(config(), other).ok());
  EXPECT_THAT(other.options.command, IsEmpty());
  EXPECT_THAT(other.record.entrypoint, ElementsAre("/bin/sh"));
}

TEST(RunImage, WhatCannotBeIsAnError) {
  RunRequest run = request(true);
  EXPECT_THAT(apply_image_config({}, run).error().message(), HasSubstr("no command specified"));
  image::RunConfig bad = config();
  bad.volumes = {{"../etc", {}}};
  EXPECT_THAT(apply_image_config(bad, run).error().message(), HasSubstr("the image's volume"));
  bad = config();
  bad.stop_signal = "SIGNONE";
  run = request(true);
  EXPECT_THAT(apply_image_config(bad, run).error().message(), HasSubstr("stop signal"));
}

}  // namespace
}  // namespace cove::cli

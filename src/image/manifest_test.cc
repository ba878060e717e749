#include "image/manifest.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "image/config.h"
#include "image/published.h"

namespace cove::image {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kA(64, 'a');
const std::string kB(64, 'b');

std::string manifest_text() {
  return fmt::format(
      R"({{"schemaVersion":2,"mediaType":"{}","config":{{"mediaType":"{}","digest":"sha256:{}","size":7}},)"
      R"("layers":[{{"mediaType":"{}","digest":"sha256:{}","size":9,"urls":null}}]}})",
      kOciManifest, kOciConfig, kA, kOciLayerGzip, kB);
}

TEST(Manifest, ThereAndBack) {
  const auto manifest = parse_manifest(manifest_text());
  ASSERT_TRUE(manifest.ok()) << manifest.error().message();
  EXPECT_EQ(manifest->config.size, 7U);
  ASSERT_EQ(manifest->layers.size(), 1U);
  EXPECT_EQ(digest_hex(manifest->layers[0].digest), kB);
  const auto again = parse_manifest(print_manifest(*manifest));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(print_manifest(*again), print_manifest(*manifest));
  EXPECT_EQ(media_type_of(manifest_text()), kOciManifest);
  EXPECT_EQ(media_type_of(R"({"schemaVersion":2,"manifests":[]})"), kOciIndex);
  EXPECT_EQ(media_type_of("{}"), "");
  EXPECT_EQ(media_type_of("["), "");
}

TEST(Manifest, WhatIsWrongIsNamed) {
  const auto error = [](std::string_view text) {
    const auto manifest = parse_manifest(text);
    return manifest ? std::string() : manifest.error().message();
  };
  EXPECT_THAT(error(R"({"schemaVersion":1})"), HasSubstr("schema 1"));
  EXPECT_THAT(error(R"({"schemaVersion":2})"), HasSubstr("config"));
  EXPECT_THAT(error(R"({"schemaVersion":2,"config":{"digest":"md5:x","size":1}})"),
              HasSubstr("no digest of sha256"));
  EXPECT_THAT(error(R"({"schemaVersion":2,"config":{"digest":"sha256:x","size":-1}})"), HasSubstr("size"));
  EXPECT_THAT(error("[]"), HasSubstr("must be an object"));
  std::string layers;
  for (int i = 0; i < 129; ++i)
    layers += fmt::format(R"({}{{"digest":"sha256:{}","size":1}})", i == 0 ? "" : ",", kA);
  EXPECT_THAT(
      error(fmt::format(R"({{"schemaVersion":2,"config":{{"digest":"sha256:{}","size":1}},"layers":[{}]}})",
                        kA, layers)),
      HasSubstr("129 layers"));
}

TEST(Platform, ThereAndBack) {
  EXPECT_EQ(print_platform(*parse_platform("linux/arm64/v8")), "linux/arm64");
  EXPECT_EQ(print_platform(*parse_platform("arm")), "linux/arm/v7");
  EXPECT_EQ(print_platform(*parse_platform("x86_64")), "linux/amd64");
  for (const std::string_view text : {"", "/", "a/b/c/d", "linux/", "linux/AMD64", "linux/a b/x"})
    EXPECT_FALSE(parse_platform(text).ok()) << text;
}

Descriptor offer(const std::string& digit, const std::string& platform) {
  Descriptor descriptor;
  descriptor.media_type = kOciManifest;
  descriptor.digest = "sha256:" + std::string(64, digit[0]);
  descriptor.platform = *parse_platform(platform);
  return descriptor;
}

TEST(Platform, TheBestOfAnIndexIsChosen) {
  Index index;
  index.manifests = {offer("1", "linux/arm/v5"),   offer("2", "linux/arm/v6"), offer("3", "linux/arm64"),
                     offer("4", "linux/amd64/v3"), offer("5", "linux/amd64"),  offer("6", "unknown/unknown")};
  const auto chosen = [&](std::string_view platform) {
    const auto manifest = choose_manifest(index, *parse_platform(platform));
    return manifest ? manifest->digest.substr(7, 1) : manifest.error().message();
  };
  EXPECT_EQ(chosen("linux/arm/v7"), "2");
  EXPECT_EQ(chosen("linux/arm/v5"), "1");
  EXPECT_EQ(chosen("linux/arm64/v8"), "3");
  EXPECT_EQ(chosen("linux/amd64"), "5");
  EXPECT_EQ(chosen("linux/amd64/v3"), "4");
  EXPECT_THAT(chosen("linux/s390x"), HasSubstr("no image for linux/s390x"));
  EXPECT_THAT(choose_manifest(index, *parse_platform("s390x")).error().hint(),
              HasSubstr("linux/amd64/v3 linux/amd64"));
}

TEST(Config, DockersNullsAndSets) {
  const auto config = parse_config(fmt::format(
      R"({{"architecture":"amd64","os":"linux","config":{{"Entrypoint":null,"Cmd":["sh"],"Volumes":{{"/data":{{}}}},)"
      R"("ExposedPorts":{{"80/tcp":{{}}}},"Labels":null,"Healthcheck":{{"Test":["CMD","true"],"Interval":1000}}}},)"
      R"("rootfs":{{"type":"layers","diff_ids":["sha256:{}"]}},"history":[{{"created_by":"x","empty_layer":true}}],)"
      R"("container_config":{{}},"docker_version":"20"}})",
      kA));
  ASSERT_TRUE(config.ok()) << config.error().message();
  EXPECT_THAT(config->config.cmd, ElementsAre("sh"));
  EXPECT_TRUE(config->config.entrypoint.empty());
  ASSERT_EQ(config->config.volumes.size(), 1U);
  EXPECT_EQ(config->config.volumes[0].first, "/data");
  EXPECT_TRUE(config->history[0].empty_layer);
  const std::string text = print_config(*config);
  EXPECT_THAT(text, HasSubstr(R"("Volumes":{"/data":{}})"));
  EXPECT_EQ(print_config(*parse_config(text)), text);
  EXPECT_FALSE(parse_config(R"({"rootfs":{"type":"layers","diff_ids":["x"]}})").ok());
  EXPECT_FALSE(parse_config(R"({"rootfs":{"type":"other"}})").ok());
}

TEST(Published, ThereAndBack) {
  Published image;
  image.id = kA;
  image.manifest_digest = "sha256:" + kB;
  image.platform = own_platform();
  image.created_ns = -1;
  image.layers = {{kA, 1}, {kB, uint64_t{1} << 63}};
  image.config.cmd = {"sh", "-c", "true"};
  const auto again = parse_published(print_published(image));
  ASSERT_TRUE(again.ok()) << again.error().message();
  ASSERT_EQ(again->layers.size(), 2U);
  EXPECT_EQ(again->layers[0].directory, kA);
  EXPECT_EQ(again->layers[1].bytes, uint64_t{1} << 63);
  EXPECT_EQ(again->created_ns, -1);
  EXPECT_EQ(print_published(*again), print_published(image));
  EXPECT_EQ(name_path(*parse_reference("docker.io/debian:12")), "docker.io/library/debian/:12");
  EXPECT_EQ(name_path(*parse_reference("localhost/x")), "localhost/x/:latest");
  for (const std::string& name : {std::string("docker.io/library/debian:12"),
                                  std::string("localhost:5000/a/b:x"), "h.example/c@sha256:" + kA}) {
    const auto found = parse_name_path(name_path(*parse_reference(name)));
    ASSERT_TRUE(found.ok()) << name;
    EXPECT_EQ(print_reference(*found), name);
  }
  EXPECT_FALSE(parse_name_path("docker.io/Library/:x").ok());
}

}  // namespace
}  // namespace cove::image

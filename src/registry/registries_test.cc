#include "registry/registries.h"

#include <gtest/gtest.h>

#include <array>

#include "registry/short_names.h"

namespace cove::registry {
namespace {

Registries read(std::string_view text) {
  Registries registries;
  const Status status = merge_registries(text, "test.conf", registries);
  EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().message());
  return registries;
}

std::string refusal(std::string_view text) {
  Registries registries;
  const Status status = merge_registries(text, "test.conf", registries);
  return status.ok() ? "accepted" : status.error().message();
}

image::Reference name(std::string_view text) {
  return *image::parse_reference(text);
}

std::vector<std::string> places(const Registries& registries, std::string_view text) {
  const auto endpoints = pull_endpoints(registries, name(text));
  if (!endpoints.ok()) return {endpoints.error().message()};
  std::vector<std::string> list;
  for (const Endpoint& endpoint : *endpoints) {
    list.push_back(endpoint.host + "/" + endpoint.repository + (endpoint.insecure ? " insecure" : "") +
                   (endpoint.mirror ? " mirror" : ""));
  }
  return list;
}

using Lines = std::vector<std::string>;

TEST(Registries, WithoutConfigurationTheNameIsThePlace) {
  EXPECT_EQ(places({}, "quay.io/a/b:1"), Lines{"quay.io/a/b"});
  EXPECT_EQ(places({}, "docker.io/debian"), Lines{"docker.io/library/debian"});
}

TEST(Registries, LocationTakesThePlaceOfThePrefix) {
  const Registries registries = read(R"(
    [[registry]]
    prefix = "example.com/team"
    location = "localhost:5000/mirror/of"
    insecure = true
  )");
  EXPECT_EQ(places(registries, "example.com/team/app"), Lines{"localhost:5000/mirror/of/app insecure"});
  EXPECT_EQ(places(registries, "example.com/team"), Lines{"localhost:5000/mirror/of insecure"});
  EXPECT_EQ(places(registries, "example.com/teams/app"), Lines{"example.com/teams/app"});
}

TEST(Registries, TheLongestPrefixCounts) {
  const Registries registries = read(R"(
    [[registry]]
    prefix = "*.example.com"
    location = "wild.example.org"
    [[registry]]
    prefix = "a.example.com"
    location = "host.example.org"
    [[registry]]
    prefix = "a.example.com/x/y"
    location = "path.example.org"
  )");
  EXPECT_EQ(places(registries, "a.example.com/x/y/z"), Lines{"path.example.org/z"});
  EXPECT_EQ(places(registries, "a.example.com/x"), Lines{"host.example.org/x"});
  EXPECT_EQ(places(registries, "b.example.com:5000/x"), Lines{"wild.example.org/x"});
  EXPECT_EQ(places(registries, "example.com/x"), Lines{"example.com/x"});
}

TEST(Registries, MirrorsComeFirst) {
  const std::string digest = "@sha256:" + std::string(64, '1');
  const Registries registries = read(R"(
    [[registry]]
    location = "example.com"
    [[registry.mirror]]
    location = "one.test/cache"
    [[registry.mirror]]
    location = "two.test"
    insecure = true
    pull-from-mirror = "digest-only"
    [[registry.mirror]]
    location = "three.test"
    pull-from-mirror = "tag-only"
  )");
  EXPECT_EQ(places(registries, "example.com/app:1"),
            (Lines{"one.test/cache/app mirror", "three.test/app mirror", "example.com/app"}));
  EXPECT_EQ(places(registries, "example.com/app" + digest),
            (Lines{"one.test/cache/app mirror", "two.test/app insecure mirror", "example.com/app"}));
  EXPECT_EQ(push_endpoint(registries, name("example.com/app"))->host, "example.com");
}

TEST(Registries, BlockedIsAnError) {
  const Registries registries = read("[[registry]]\nprefix = 'evil.test'\nblocked = true\n");
  EXPECT_EQ(places(registries, "evil.test/app"), Lines{"registries.conf blocks 'evil.test'"});
}

TEST(Registries, LaterFilesReplaceWhatTheyName) {
  Registries registries = read(R"(
    unqualified-search-registries = ["a.test", "b.test"]
    [[registry]]
    location = "x.test"
    insecure = true
    [aliases]
    one = "a.test/one"
    two = "a.test/two"
  )");
  ASSERT_TRUE(merge_registries("unqualified-search-registries = ['c.test']\n[[registry]]\nlocation='x.test'\n"
                               "[aliases]\none = 'b.test/one'\ntwo = ''\n",
                               "later.conf", registries)
                  .ok());
  EXPECT_EQ(registries.search, Lines{"c.test"});
  ASSERT_EQ(registries.registries.size(), 1U);
  EXPECT_FALSE(registries.registries.front().insecure);
  EXPECT_EQ(registries.aliases, (std::vector<std::pair<std::string, std::string>>{{"one", "b.test/one"}}));
}

TEST(Registries, RefusesWithTheLine) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kBad{
      {{"\n\nx = ", "test.conf: line 3: "},
       {"[registries.search]\nregistries = []", "old version 1"},
       {"unqualified-search-registries = 'x'", "list of strings"},
       {"unqualified-search-registries = ['http://x']", "must be HOST[:PORT]"},
       {"[[registry]]\ninsecure = true", "line 1: a [[registry]] needs a prefix"},
       {"[[registry]]\nlocation = 'a.b/../c'", "must be HOST[:PORT][/PATH]"},
       {"[[registry]]\nlocation = 'a.b'\ninsecure = 'yes'", "line 3: insecure must be true or false"},
       {"[registry]\nlocation = 'a.b'", "[[registry]]"},
       {"[[registry]]\nlocation='a.b'\n[[registry.mirror]]\ninsecure=true", "location '' must be"},
       {"[[registry]]\nlocation='a.b'\n[[registry.mirror]]\nlocation='c.d'\npull-from-mirror='x'",
        "none of all"},
       {"short-name-mode = 'x'", "none of enforcing"},
       {"[aliases]\na = 'b'", "must be HOST/NAME"}}};
  for (const auto& [text, reason] : kBad) {
    EXPECT_NE(refusal(text).find(reason), std::string::npos) << text << "\n" << refusal(text);
  }
}

Lines meaning(const Registries& registries, std::string_view text) {
  const auto resolved = resolve_short_name(registries, name(text));
  if (!resolved.ok()) return {resolved.error().message() + " | " + resolved.error().hint()};
  Lines list;
  for (const image::Reference& candidate : resolved->candidates)
    list.push_back(image::print_reference(candidate));
  return list;
}

TEST(ShortNames, AreWhatIsConfigured) {
  EXPECT_EQ(
      meaning({}, "debian:12"),
      Lines{"short name 'debian:12': no registry is configured for short names | write the full name, as "
            "docker.io/library/debian:12, or name registries in unqualified-search-registries of "
            "/etc/containers/registries.conf"});
  EXPECT_EQ(meaning({}, "quay.io/debian:12"), Lines{"quay.io/debian:12"});
  const Registries one =
      read("unqualified-search-registries = ['docker.io']\n[aliases]\napp = 'quay.io/team/app'\n");
  EXPECT_EQ(meaning(one, "debian"), Lines{"docker.io/library/debian"});
  EXPECT_EQ(meaning(one, "me/app:1"), Lines{"docker.io/me/app:1"});
  EXPECT_EQ(meaning(one, "app:2"), Lines{"quay.io/team/app:2"});
}

TEST(ShortNames, SeveralRegistriesAreAskedOnlyIfSaidSo) {
  Registries two = read("unqualified-search-registries = ['a.test', 'docker.io']\n");
  EXPECT_EQ(meaning(two, "debian"),
            Lines{"short name 'debian' may come from several registries | write one of a.test/debian, "
                  "docker.io/library/debian"});
  two.mode = ShortNameMode::permissive;
  EXPECT_EQ(meaning(two, "debian"), (Lines{"a.test/debian", "docker.io/library/debian"}));
}

TEST(Registries, LoopbackIsToldWithoutAsking) {
  for (const std::string_view host :
       {"localhost", "localhost:5000", "127.0.0.1", "127.1.2.3:80", "[::1]", "[::1]:5000"}) {
    EXPECT_TRUE(is_loopback(host)) << host;
  }
  for (const std::string_view host :
       {"localhost.evil.test", "127.0.0.1.evil.test", "127.evil.test", "128.0.0.1", "[::2]", "127.0.0"}) {
    EXPECT_FALSE(is_loopback(host)) << host;
  }
}

}  // namespace
}  // namespace cove::registry

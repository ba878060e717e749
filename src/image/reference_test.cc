#include "image/reference.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace cove::image {
namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');

struct Good {
  std::string text;
  Reference reference;
  std::string printed;  // empty: as `text`
};

TEST(Reference, IsReadAndPrinted) {
  const std::array cases{
      Good{"debian", {"", "debian", "", ""}},
      Good{"debian:12", {"", "debian", "12", ""}},
      Good{"a/b/c", {"", "a/b/c", "", ""}},
      Good{"myhost/app", {"", "myhost/app", "", ""}},
      Good{"localhost:5000", {"", "localhost", "5000", ""}},
      Good{"localhost/app", {"localhost", "app", "", ""}},
      Good{"localhost:5000/app:v1", {"localhost:5000", "app", "v1", ""}},
      Good{"quay.io/team/app@" + kDigest, {"quay.io", "team/app", "", kDigest}},
      Good{"quay.io/team/app:v1@" + kDigest, {"quay.io", "team/app", "v1", kDigest}},
      Good{"[::1]:5000/app", {"[::1]:5000", "app", "", ""}},
      Good{"[fe80::1]/app:x", {"[fe80::1]", "app", "x", ""}},
      Good{"127.0.0.1:5000/app", {"127.0.0.1:5000", "app", "", ""}},
      Good{"Host/app", {"Host", "app", "", ""}},
      Good{"a__b/c---d.e_f", {"", "a__b/c---d.e_f", "", ""}},
      Good{"x:_Tag-1.2", {"", "x", "_Tag-1.2", ""}},
      Good{"docker.io/debian", {"docker.io", "library/debian", "", ""}, "docker.io/library/debian"},
      Good{"docker.io/me/app", {"docker.io", "me/app", "", ""}},
      Good{
          "index.docker.io/debian:1", {"docker.io", "library/debian", "1", ""}, "docker.io/library/debian:1"},
      Good{"x.y/" + std::string(kLongestName - 4, 'a'), {"x.y", std::string(kLongestName - 4, 'a'), "", ""}},
      Good{"a:" + std::string(kLongestTag, 't'), {"", "a", std::string(kLongestTag, 't'), ""}},
  };
  for (const Good& good : cases) {
    const auto reference = parse_reference(good.text);
    ASSERT_TRUE(reference.ok()) << good.text << ": " << reference.error().message();
    EXPECT_EQ(*reference, good.reference) << good.text;
    EXPECT_EQ(print_reference(*reference), good.printed.empty() ? good.text : good.printed);
  }
}

TEST(Reference, IsRefusedWithTheReason) {
  struct Bad {
    std::string text;
    std::string reason;
  };
  const std::array cases{
      Bad{"", "it is empty"},
      Bad{std::string(64, 'b'), "an image's id"},
      Bad{"Debian", "lower-case"},
      Bad{"quay.io/Team/app", "lower-case"},
      Bad{"a//b", "parted by"},
      Bad{"/a", "parted by"},
      Bad{"a/", "parted by"},
      Bad{"a..b", "parted by"},
      Bad{"a___b", "parted by"},
      Bad{"-a", "parted by"},
      Bad{"a b", "parted by"},
      Bad{"../etc", "no name or address"},
      Bad{"a/../b", "parted by"},
      Bad{"quay.io/", "missing"},
      Bad{"a:", "a tag has"},
      Bad{"a:.x", "a tag has"},
      Bad{"a:" + std::string(kLongestTag + 1, 't'), "a tag has"},
      Bad{"a@sha256:12", "the digest must be"},
      Bad{"a@sha512:" + std::string(128, 'a'), "the digest must be"},
      Bad{"a@sha256:" + std::string(64, 'A'), "the digest must be"},
      Bad{"a@" + kDigest + "@" + kDigest, "the digest must be"},
      Bad{"host:99999/a", "no name or address"},
      Bad{"host:/a", "no name or address"},
      Bad{"-x.y/a", "no name or address"},
      Bad{"[::1/a", "no name or address"},
      Bad{"a.b\n/c", "no name or address"},
      Bad{"x.y/" + std::string(kLongestName - 3, 'a'), "more than 255"},
      Bad{"http://quay.io/a", "no name or address"},
  };
  for (const Bad& bad : cases) {
    const auto reference = parse_reference(bad.text);
    ASSERT_FALSE(reference.ok()) << bad.text;
    EXPECT_NE(reference.error().message().find(bad.reason), std::string::npos) << reference.error().message();
  }
}

TEST(Reference, ShortNamesGetTheirDomainOnRequest) {
  const Reference name = *parse_reference("debian:12");
  EXPECT_EQ(print_reference(at_domain(name, "quay.io")), "quay.io/debian:12");
  EXPECT_EQ(print_reference(at_domain(name, "docker.io")), "docker.io/library/debian:12");
  EXPECT_EQ(print_reference(at_domain(*parse_reference("me/app"), "docker.io")), "docker.io/me/app");
}

TEST(Reference, DefaultTagIsOnlyForNamesWithNeither) {
  EXPECT_EQ(with_default_tag(*parse_reference("a")).tag, "latest");
  EXPECT_EQ(with_default_tag(*parse_reference("a:1")).tag, "1");
  EXPECT_EQ(with_default_tag(*parse_reference("a@" + kDigest)).tag, "");
}

TEST(Reference, FamiliarNameLeavesOutDockersRegistry) {
  EXPECT_EQ(familiar_name(*parse_reference("docker.io/debian:12")), "debian:12");
  EXPECT_EQ(familiar_name(*parse_reference("docker.io/me/app")), "me/app");
  EXPECT_EQ(familiar_name(*parse_reference("docker.io/library/a/b")), "library/a/b");
  EXPECT_EQ(familiar_name(*parse_reference("quay.io/library/app")), "quay.io/library/app");
}

}  // namespace
}  // namespace cove::image

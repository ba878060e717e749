#include "engine/etc_files.h"

#include <gtest/gtest.h>

namespace cove::engine {
namespace {

constexpr const char* kFresh = "127.0.0.1\tlocalhost\n10.0.0.9\tdb\n127.0.1.1\tweb\n";

TEST(Hosts, OwnAddressesTakeThePlaceOfTheLoopback) {
  EXPECT_EQ(with_own_addresses(kFresh, "web", {"10.1.0.2", "fd00::2"}),
            "127.0.0.1\tlocalhost\n10.0.0.9\tdb\n10.1.0.2\tweb\nfd00::2\tweb\n");
}

TEST(Hosts, AnotherAddressTakesThePlaceOfTheLastOne) {
  const std::string first = with_own_addresses(kFresh, "web", {"10.1.0.2"});
  EXPECT_EQ(with_own_addresses(first, "web", {"10.1.0.3"}),
            "127.0.0.1\tlocalhost\n10.0.0.9\tdb\n10.1.0.3\tweb\n");
  EXPECT_EQ(with_own_addresses(first, "web", {}), kFresh);
}

TEST(Hosts, WhatSomebodyWroteInsideStays) {
  EXPECT_EQ(with_own_addresses("# mine\n10.0.0.7\tweb other\n10.0.0.8 web\nend", "web", {"10.1.0.2"}),
            "# mine\n10.0.0.7\tweb other\n10.0.0.8 web\nend\n10.1.0.2\tweb\n");
}

}  // namespace
}  // namespace cove::engine

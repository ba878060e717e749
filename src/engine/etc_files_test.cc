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

constexpr const char* kMachine = "# made by hand\nnameserver 127.0.0.53\nsearch lan\noptions edns0\n";

TEST(Resolver, IsThisMachinesWhereNobodyAnswersOnTheNetwork) {
  EXPECT_EQ(resolver_text({}, kMachine, {"", false, {}}),
            "nameserver 127.0.0.53\nsearch lan\noptions edns0\n");
  EXPECT_EQ(resolver_text({}, kMachine, {"", true, {}}), "search lan\noptions edns0\n");
  EXPECT_EQ(resolver_text({{"9.9.9.9"}, {"example.org"}, {"ndots:2"}, {}}, kMachine, {"", true, {}}),
            "nameserver 9.9.9.9\nsearch example.org\noptions ndots:2\n");
}

TEST(Resolver, OfANetworkIsAskedAlone) {
  EXPECT_EQ(resolver_text({}, kMachine, {"10.1.0.1", true, {}}),
            "options edns0\nnameserver 10.1.0.1\nsearch cove.internal lan\n");
  EXPECT_EQ(resolver_text({}, "domain a.b\nsearch c d\n", {"10.1.0.1", true, {}}),
            "nameserver 10.1.0.1\nsearch cove.internal c d\n");
  EXPECT_EQ(
      resolver_text({{"9.9.9.9"}, {"x.org", "y.org"}, {"ndots:2"}, {}}, kMachine, {"10.1.0.1", true, {}}),
      "nameserver 10.1.0.1\nsearch cove.internal x.org y.org\noptions ndots:2\n");
  EXPECT_EQ(resolver_text({{}, {"."}, {}, {}}, kMachine, {"10.1.0.1", true, {}}),
            "options edns0\nnameserver 10.1.0.1\n");
  // One that only the container reaches.
  EXPECT_EQ(resolver_text({{"127.0.0.1"}, {}, {}, {}}, kMachine, {"10.1.0.1", true, {}}),
            "search lan\noptions edns0\nnameserver 127.0.0.1\n");
}

TEST(Resolver, OfThisMachineHasAStandInWhereAProgramCarriesTheTraffic) {
  const NameServers servers{{}, true, "169.254.1.1"};
  EXPECT_EQ(resolver_text({}, kMachine, servers), "nameserver 169.254.1.1\nsearch lan\noptions edns0\n");
  EXPECT_EQ(resolver_text({}, "nameserver 10.0.0.1\nnameserver 10.0.0.2\n", servers),
            "nameserver 169.254.1.1\nnameserver 10.0.0.1\nnameserver 10.0.0.2\n");
  EXPECT_EQ(resolver_text({{"9.9.9.9"}, {}, {}, {}}, kMachine, servers),
            "search lan\noptions edns0\nnameserver 9.9.9.9\n");
  EXPECT_EQ(resolver_text({}, "search lan\n", servers), "search lan\n");
}

}  // namespace
}  // namespace cove::engine

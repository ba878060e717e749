#include "network/resolver/residents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cove::network {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using Kind = Finding::Kind;

IpAddress address(std::string_view text) {
  return *parse_address(text);
}

class Names : public ::testing::Test {
 protected:
  void SetUp() override {
    Resident db = resident("00000000000d", {"db", "00000000000d", "store"});
    db.places.push_back({&back_, address("10.1.0.2"), address("fd00::2"), {"pool", "a.example.org"}});
    residents_.set(std::move(db));
    Resident web = resident("00000000000e", {"web", "00000000000e"});
    web.places.push_back({&front_, address("10.2.0.3"), {}, {"pool"}});
    web.places.push_back({&back_, address("10.1.0.3"), {}, {"pool"}});
    residents_.set(std::move(web));
    Resident inner = resident("00000000000f", {"inner", "00000000000f"});
    inner.leads_out = false;
    inner.places.push_back({&closed_, address("10.3.0.2"), {}, {}});
    residents_.set(std::move(inner));
  }
  static Resident resident(std::string owner, std::vector<std::string> names) {
    Resident made;
    made.owner = std::move(owner);
    made.names = std::move(names);
    made.leads_out = true;
    return made;
  }
  Finding look_up(std::string_view owner, const NamedNetwork& network, std::string_view name,
                  dns::Type type = dns::Type::a) {
    dns::Query query;
    query.name = name;
    query.plain = true;
    query.type = type;
    query.klass = dns::kInternet;
    return residents_.look_up(residents_.find(owner), network, query);
  }
  std::vector<std::string> addresses(std::string_view owner, const NamedNetwork& network,
                                     std::string_view name, dns::Type type = dns::Type::a) {
    std::vector<std::string> texts;
    for (const IpAddress& found : look_up(owner, network, name, type).addresses)
      texts.push_back(print_address(found));
    return texts;
  }

  NamedNetwork back_{"1", "back", {*parse_subnet("10.1.0.0/24"), *parse_subnet("fd00::/64")}, false};
  NamedNetwork front_{"2", "front", {*parse_subnet("10.2.0.0/24")}, false};
  NamedNetwork closed_{"3", "closed", {*parse_subnet("10.3.0.0/24")}, true};
  Residents residents_;
};

constexpr std::string_view kDb = "00000000000d";
constexpr std::string_view kWeb = "00000000000e";
constexpr std::string_view kInner = "00000000000f";

TEST_F(Names, EachHasSeveral) {
  for (const char* name : {"web", "00000000000e", "web.back", "web.cove.internal", "web.back.cove.internal"})
    EXPECT_THAT(addresses(kDb, back_, name), ElementsAre("10.1.0.3")) << name;
  for (const char* name : {"db", "store", "a.example.org", "a.example.org.back", "db.cove.internal"})
    EXPECT_THAT(addresses(kWeb, back_, name), ElementsAre("10.1.0.2")) << name;
  EXPECT_THAT(addresses(kWeb, front_, "db"), ElementsAre("10.1.0.2")) << "of another network that it is on";
  EXPECT_THAT(addresses(kDb, back_, "db"), ElementsAre("10.1.0.2")) << "itself";
}

TEST_F(Names, TheVersionIsWhatWasAskedFor) {
  EXPECT_THAT(addresses(kWeb, back_, "db", dns::Type::aaaa), ElementsAre("fd00::2"));
  EXPECT_THAT(addresses(kWeb, back_, "db", dns::Type::any), ElementsAre("10.1.0.2", "fd00::2"));
  EXPECT_THAT(addresses(kDb, back_, "web", dns::Type::aaaa), IsEmpty());
  EXPECT_EQ(look_up(kDb, back_, "web", dns::Type::aaaa).kind, Kind::here);
}

TEST_F(Names, OneThatManyHaveLeadsToAll) {
  EXPECT_THAT(addresses(kDb, back_, "pool"), UnorderedElementsAre("10.1.0.2", "10.1.0.3"));
  // The first of the asker's networks on which somebody has it.
  EXPECT_THAT(addresses(kWeb, back_, "pool"), ElementsAre("10.2.0.3"));
  EXPECT_THAT(addresses(kWeb, back_, "pool.back"), UnorderedElementsAre("10.1.0.2", "10.1.0.3"));
}

TEST_F(Names, OtherNetworksAreNotToBeSeen) {
  EXPECT_EQ(look_up(kInner, closed_, "db").kind, Kind::nobody);
  EXPECT_EQ(look_up(kDb, back_, "inner").kind, Kind::outside);
  EXPECT_EQ(look_up(kDb, back_, "inner.cove.internal").kind, Kind::nobody);
  EXPECT_EQ(look_up(kDb, back_, "web.front").kind, Kind::outside);
  EXPECT_THAT(addresses("", front_, "web"), ElementsAre("10.2.0.3")) << "somebody unknown";
  EXPECT_EQ(look_up("", front_, "db").kind, Kind::outside);
  EXPECT_EQ(look_up("", closed_, "db").kind, Kind::nobody);
}

TEST_F(Names, TheRestIsForOthersToKnow) {
  EXPECT_EQ(look_up(kDb, back_, "example.org").kind, Kind::outside);
  EXPECT_EQ(look_up(kDb, back_, "").kind, Kind::outside);
  EXPECT_EQ(look_up(kDb, back_, "cove.internal").kind, Kind::here);
  EXPECT_EQ(look_up(kDb, back_, "nobody.cove.internal").kind, Kind::nobody);
  EXPECT_EQ(look_up(kInner, closed_, "example.org").kind, Kind::nobody) << "an internal network";
  dns::Query chaos;
  chaos.name = "db";
  chaos.plain = true;
  chaos.klass = 3;
  EXPECT_EQ(residents_.look_up(residents_.find(kDb), back_, chaos).kind, Kind::outside);
}

TEST_F(Names, AddressesLeadBack) {
  const auto pointer = [&](std::string_view owner, const NamedNetwork& network, std::string_view name) {
    return look_up(owner, network, name, dns::Type::ptr).pointer;
  };
  EXPECT_EQ(pointer(kWeb, back_, "2.0.1.10.in-addr.arpa"), "db.back");
  EXPECT_EQ(pointer(kWeb, back_, "3.0.2.10.in-addr.arpa"), "web.front");
  EXPECT_EQ(pointer(kWeb, back_, "2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa"),
            "db.back");
  EXPECT_EQ(look_up(kWeb, back_, "9.0.1.10.in-addr.arpa", dns::Type::ptr).kind, Kind::nobody);
  EXPECT_EQ(look_up(kDb, back_, "3.0.2.10.in-addr.arpa", dns::Type::ptr).kind, Kind::outside);
  EXPECT_EQ(look_up(kWeb, back_, "8.8.8.8.in-addr.arpa", dns::Type::ptr).kind, Kind::outside);
}

TEST_F(Names, WhoIsGoneIsForgotten) {
  residents_.erase(kDb);
  EXPECT_EQ(look_up(kWeb, back_, "db").kind, Kind::outside);
  EXPECT_TRUE(residents_.anybody_on(back_));
  residents_.erase(kWeb);
  EXPECT_FALSE(residents_.anybody_on(back_));
  residents_.erase(kInner);
  EXPECT_TRUE(residents_.empty());
}

TEST(NameServers, TheFirstThreeOfAFile) {
  const auto places = parse_servers(
      "# nameserver 1.1.1.1\nnameserver 127.0.0.53\noptions edns0\nnameserver\tfe80::1%eth0  # the router\n"
      "nameserver nonsense\nnameservers 9.9.9.9\nnameserver 10.0.0.1\nnameserver 10.0.0.2\n");
  ASSERT_EQ(places.size(), 3U);
  EXPECT_EQ(print_address(address_of(places[0].address)), "127.0.0.53");
  EXPECT_EQ(places[0].port, 53);
  EXPECT_EQ(print_address(address_of(places[1].address)), "fe80::1");
  EXPECT_EQ(places[1].device, "eth0");
  EXPECT_EQ(print_address(address_of(places[2].address)), "10.0.0.1");
  EXPECT_EQ(server_list({}), nullptr);
}

}  // namespace
}  // namespace cove::network

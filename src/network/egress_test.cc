#include "network/egress.h"

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "kernel/nft/batch.h"
#include "network/egress_table.h"

namespace cove::network {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Egress egress(std::string_view text) {
  const auto parsed = parse_egress(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed ? *parsed : Egress{};
}

IpAddress address(std::string_view text) {
  return parse_address(text).value();
}

std::string text_of(const Opening& opening) {
  return fmt::format("{} {}-{}", protocol_text(opening.protocol), opening.first, opening.last);
}
std::vector<std::string> subnets(std::string_view list, uint8_t family = AF_INET) {
  std::vector<std::string> texts;
  for (const auto& [subnet, opening] : openings_of_subnets(egress(list), family))
    texts.push_back(print_subnet(subnet) + ' ' + text_of(opening));
  return texts;
}
std::vector<std::string> named(std::string_view list, std::string_view name, std::string_view to) {
  std::vector<std::string> texts;
  for (const Opening& opening : openings_of_name(egress(list), name, address(to)))
    texts.push_back(text_of(opening));
  return texts;
}

TEST(EgressLists, AreReadAndPrinted) {
  for (const char* text :
       {"none", "allow:example.org", "allow:*.example.org:443", "allow:db,10.1.0.0/16:5432/tcp,192.0.2.7",
        "allow:192.0.2.7:8000-8010/udp", "allow:[2001:db8::/32]:53/udp,[fd00::1]", "allow:0.0.0.0/0:443",
        "allow:example.org/udp"})
    EXPECT_EQ(print_egress(egress(text)), text);
  EXPECT_EQ(print_egress(egress("allow:FD00::1,Example.ORG.")), "allow:[fd00::1],example.org");
  EXPECT_EQ(print_egress({}), "");
}

TEST(EgressLists, SeveralAreOne) {
  Egress list;
  ASSERT_TRUE(add_egress("allow:a.test", list).ok());
  ASSERT_TRUE(add_egress("allow:b.test:1", list).ok());
  EXPECT_EQ(print_egress(list), "allow:a.test,b.test:1");
  EXPECT_FALSE(add_egress("none", list).ok());
  Egress none;
  ASSERT_TRUE(add_egress("none", none).ok());
  EXPECT_FALSE(add_egress("allow:a.test", none).ok());
}

TEST(EgressLists, WhatIsNoneIsRefused) {
  for (const char* text :
       {"", "all", "allow", "allow:", "allow:a b", "allow:a,,b", "allow:10.0.0.1:0", "allow:10.0.0.1:70000",
        "allow:10.0.0.1:9-8", "allow:10.0.0.1/33", "allow:10.0.0.1/8", "allow:10.0.0", "allow:*", "allow:*.",
        "allow:a.*.b", "allow:[fd00::1", "allow:[fd00::1]443", "allow:a:1/icmp", "allow:-/tcp:1"})
    EXPECT_EQ(parse_egress(text).error().code(), ErrorCode::invalid_argument) << text;
}

TEST(EgressLists, NamesMatchWholeOrBelow) {
  const Egress list = egress("allow:example.org,*.deep.test");
  for (const char* name : {"example.org", "a.deep.test", "a.b.deep.test"})
    EXPECT_TRUE(allows_name(list, name)) << name;
  for (const char* name :
       {"", "org", "www.example.org", "deep.test", "xdeep.test", ".deep.test", "example.orgx"})
    EXPECT_FALSE(allows_name(list, name)) << name;
}

TEST(EgressOpenings, WithoutPortsAreThoseOfThreeProtocols) {
  EXPECT_THAT(subnets("allow:10.0.0.0/8"),
              ElementsAre("10.0.0.0/8 tcp 0-65535", "10.0.0.0/8 udp 0-65535", "10.0.0.0/8 icmp 0-65535"));
  EXPECT_THAT(subnets("allow:fd00::/8/udp", AF_INET6), ElementsAre("fd00::/8 udp 0-65535"));
  EXPECT_THAT(subnets("allow:fd00::/8/udp"), IsEmpty());
  EXPECT_THAT(subnets("none"), IsEmpty());
}

// The kernel refuses a set two elements of which overlap in part.
TEST(EgressOpenings, NeverOverlapInPart) {
  EXPECT_THAT(subnets("allow:10.0.0.0/8:80-90/tcp,10.1.0.0/16:85-443/tcp,10.0.0.0/8:88/tcp"),
              ElementsAre("10.0.0.0/8 tcp 80-84", "10.0.0.0/8 tcp 85-87", "10.0.0.0/8 tcp 88-88",
                          "10.0.0.0/8 tcp 89-90", "10.1.0.0/16 tcp 91-443"));
  EXPECT_THAT(subnets("allow:10.1.0.0/16,10.0.0.0/8/tcp"),
              ElementsAre("10.1.0.0/16 udp 0-65535", "10.1.0.0/16 icmp 0-65535", "10.0.0.0/8 tcp 0-65535"));
}

TEST(EgressOpenings, OfANameAreItsPortsButForThoseOfTheAddress) {
  constexpr std::string_view kList = "allow:a.test:443/tcp,*.test:80-443/tcp,192.0.2.0/24:80/tcp";
  EXPECT_THAT(named(kList, "a.test", "203.0.113.1"), ElementsAre("tcp 80-80", "tcp 81-442", "tcp 443-443"));
  EXPECT_THAT(named(kList, "b.test", "192.0.2.9"), ElementsAre("tcp 81-442", "tcp 443-443"));
  EXPECT_THAT(named(kList, "other", "203.0.113.1"), IsEmpty());
  EXPECT_THAT(named("allow:a.test", "a.test", "2001:db8::1"),
              ElementsAre("tcp 0-65535", "udp 0-65535", "icmpv6 0-65535"));
}

TEST(EgressOpenings, NoNameLeadsToALoopbackALinkOrAGroup) {
  for (const char* to : {"127.0.0.1", "127.9.9.9", "0.0.0.0", "169.254.169.254", "224.0.0.1",
                         "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "fe80::1", "ff02::1"})
    EXPECT_THAT(named("allow:a.test", "a.test", to), IsEmpty()) << to;
  EXPECT_EQ(named("allow:a.test", "a.test", "10.0.0.1").size(), 3U);
}

// The order of what is written: sets and chains before the rules that name them, all rules before elements.
TEST(EgressTables, AreMadeInOrder) {
  nft::Batch batch(kEgressTable);
  Restricted one{"0123456789ab",     egress("allow:10.0.0.0/8:443"), "cv0123456789ab0",
                 {2, 1, 2, 3, 4, 5}, address("10.88.0.2"),           address("fd88::2")};
  write_egress_tables({one}, batch);
  std::string all;
  const size_t answers = batch.answers();
  for (uint32_t i = 2; i <= answers + 1; ++i) all += fmt::format("{}\n", batch.description(i));
  const auto count = [&](std::string_view what) {
    size_t found = 0;
    for (size_t at = all.find(what); at != std::string::npos; at = all.find(what, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count("make the nftables table cove_egress"), 4U);
  EXPECT_EQ(count("remove the nftables table cove_egress"), 2U);
  EXPECT_EQ(count("make the nftables set cove_egress"), 12U);
  EXPECT_EQ(count("make the nftables chain cove_egress"), 7U);
  // The port, two sources, two gates; two watched, and what the one of version 4 may reach.
  EXPECT_EQ(count("change the nftables set cove_egress"), 8U);
  EXPECT_LT(all.rfind("make a rule in the nftables chain"), all.find("change the nftables set"));
  EXPECT_LT(all.find("chain cove_egress judge6"),
            all.find("make a rule in the nftables chain cove_egress judge6"));
}

}  // namespace
}  // namespace cove::network

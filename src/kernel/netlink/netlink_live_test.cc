// Interfaces, addresses and counters, against the kernel.
#include <linux/if_addr.h>

#include "kernel/netlink/live_test.h"
#include "kernel/netlink/requests.h"
#include "sys/pseudo_file.h"

namespace cove::netlink {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using testing::address;
using testing::addresses_of;
using testing::create;
using testing::is_up;
using testing::names;
using testing::Netlink;

TEST_F(Netlink, AFreshNamespaceHasALoopbackDevice) {
  RouteSocket socket = outside();
  EXPECT_THAT(names(outside()), Contains("lo"));
  const auto lo = find_link(socket, "lo");
  ASSERT_TRUE(lo.ok());
  EXPECT_EQ(lo->index, 1);
  EXPECT_EQ(lo->mtu, 65536U);
  EXPECT_EQ(lo->kind, "");
  EXPECT_FALSE(is_up(outside(), "lo"));
  ASSERT_TRUE(set_link_up(socket, "lo").ok());
  EXPECT_TRUE(is_up(outside(), "lo"));
  EXPECT_FALSE(is_up(inside(), "lo"));
  EXPECT_THAT(addresses_of(outside(), "lo"), ElementsAre("127.0.0.1/8"));
}

TEST_F(Netlink, MakesAndRemovesDevices) {
  RouteSocket socket = outside();
  ASSERT_TRUE(create_link(socket, "br7", "bridge").ok());
  EXPECT_EQ(find_link(socket, "br7")->kind, "bridge");
  const Status unknown = create_link(socket, "x", "no-such-kind");
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().sys_errno(), EOPNOTSUPP);
  EXPECT_THAT(unknown.error().message(),
              HasSubstr("make the network device x (no-such-kind): Unknown device type"));
  ASSERT_TRUE(create_veth(socket, "left", "right").ok());
  EXPECT_EQ(find_link(socket, "right")->kind, "veth");
  ASSERT_TRUE(create_veth(socket, "out", "in", container_.get()).ok());
  EXPECT_TRUE(find_link(socket, "out").ok());
  EXPECT_FALSE(find_link(socket, "in").ok());
  EXPECT_THAT(names(inside()), Contains("in"));
  ASSERT_TRUE(delete_link(socket, "left").ok());
  EXPECT_THAT(names(outside()), Not(Contains("right")));
}

TEST_F(Netlink, ErrorsNameTheDevice) {
  RouteSocket socket = outside();
  const auto missing = find_link(socket, "eth9");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code(), ErrorCode::not_found);
  EXPECT_EQ(missing.error().sys_errno(), ENODEV);
  EXPECT_EQ(missing.error().message(), "there is no network device 'eth9'");
  EXPECT_EQ(set_link_up(socket, "eth9").error().message(), "there is no network device 'eth9'");
  EXPECT_EQ(delete_link(socket, "eth9").error().code(), ErrorCode::not_found);
  ASSERT_TRUE(create(socket, "d0").ok());
  const Status twice = create(socket, "d0");
  ASSERT_FALSE(twice.ok());
  EXPECT_EQ(twice.error().sys_errno(), EEXIST);
  EXPECT_THAT(twice.error().message(), HasSubstr("make the network device d0 ("));
  EXPECT_EQ(create(socket, "a name").error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(create_veth(socket, "x", "sixteen-bytes-xx").error().code(), ErrorCode::invalid_argument);
}

TEST_F(Netlink, TheKernelsOwnWordsAreInTheError) {
  RouteSocket socket = outside();
  ASSERT_TRUE(create(socket, "d0").ok());
  Address impossible = address("10.0.0.1", 24);
  impossible.prefix_length = 77;
  const Status refused = add_address(socket, "d0", impossible);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message(), HasSubstr("give d0 the address "));
  const Status family = add_address(socket, "d0", {.family = AF_PACKET, .local = "1234", .peer = "1234"});
  EXPECT_EQ(family.error().sys_errno(), EOPNOTSUPP);
}

TEST_F(Netlink, AddressesAreAsTheyWereGiven) {
  RouteSocket socket = outside();
  ASSERT_TRUE(create(socket, "d0").ok());
  Address four = address("10.1.2.3", 24);
  four.broadcast = address("10.1.2.255", 0).local;
  four.metric = 77;
  four.flags = IFA_F_NOPREFIXROUTE;
  Address peer = address("10.9.0.1", 32);
  peer.peer = address("10.9.0.2", 0).local;
  Address six = address("fd00::7", 64);
  six.flags = IFA_F_NODAD | IFA_F_DEPRECATED;
  for (const Address& one : {four, peer, six}) {
    const Status added = add_address(socket, "d0", one);
    ASSERT_TRUE(added.ok()) << added.error().message();
  }
  EXPECT_EQ(add_address(socket, "d0", four).error().sys_errno(), EEXIST);
  const auto found = list_addresses(socket);
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 3U);
  EXPECT_EQ((*found)[0].broadcast, four.broadcast);
  EXPECT_EQ((*found)[0].metric, 77U);
  EXPECT_EQ((*found)[0].flags, uint32_t{IFA_F_NOPREFIXROUTE | IFA_F_PERMANENT});
  EXPECT_EQ((*found)[1].peer, peer.peer);
  EXPECT_EQ((*found)[1].local, peer.local);
  EXPECT_EQ((*found)[2].local, six.local);
  EXPECT_EQ((*found)[2].peer, six.local);
  EXPECT_EQ((*found)[2].flags & (IFA_F_NODAD | IFA_F_DEPRECATED | IFA_F_PERMANENT),
            unsigned{IFA_F_NODAD | IFA_F_DEPRECATED | IFA_F_PERMANENT});
}

TEST_F(Netlink, ABatchIsCarriedOutToItsEndAndTellsTheFirstError) {
  RouteSocket socket = outside();
  ASSERT_TRUE(create(socket, "d0").ok());
  const Link link = find_link(socket, "d0").value();
  Batch batch;
  for (int i = 0; i < 200; ++i) {  // more than are sent at once
    request_address(batch, link, address("10.0.0.1", 24));
    request_address(batch, link, address(("10.1.0." + std::to_string(i)).c_str(), 32));
  }
  request_up(batch, link);
  const Status first = socket.run(batch);
  ASSERT_FALSE(first.ok());
  EXPECT_EQ(first.error().sys_errno(), EEXIST);
  EXPECT_THAT(first.error().message(), HasSubstr("give d0 the address 10.0.0.1/24"));
  EXPECT_EQ(addresses_of(outside(), "d0").size(), 201U);
  EXPECT_TRUE(is_up(outside(), "d0"));
}

TEST_F(Netlink, ManyDevicesAreListed) {
  RouteSocket socket = outside();
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(create(socket, "d" + std::to_string(i)).ok());
  EXPECT_GE(names(outside()).size(), 61U);
}

TEST_F(Netlink, CountersAreThoseOfTheNamespace) {
  RouteSocket socket = outside();
  RouteSocket container = inside();
  ASSERT_TRUE(create_veth(socket, "out", "in", container_.get()).ok());
  ASSERT_TRUE(set_link_up(socket, "out").ok());
  ASSERT_TRUE(set_link_up(container, "in").ok());
  ASSERT_TRUE(add_address(socket, "out", address("10.0.0.1", 24)).ok());
  ASSERT_TRUE(add_address(container, "in", address("10.0.0.2", 24)).ok());
  const UniqueFd sender(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in to{.sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {inet_addr("10.0.0.2")}};
  const std::string payload(1000, 'x');
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(::sendto(sender.get(), payload.data(), payload.size(), 0, reinterpret_cast<sockaddr*>(&to),
                       sizeof to),
              1000);
  }
  LinkCounters counters;
  for (int i = 0; i < 200 && counters.rx_bytes < 3000; ++i) {
    const auto links = link_statistics(container_.get());
    ASSERT_TRUE(links.ok());
    ASSERT_EQ(links->back().name, "in");
    counters = links->back().counters;
    sys::sleep_microseconds(10'000);
  }
  EXPECT_GE(counters.rx_bytes, 3000U);
  EXPECT_GE(counters.rx_packets, 3U);
  EXPECT_GE(counters.tx_packets, 1U);  // the answers, ARP and ICMP
  EXPECT_EQ(counters.rx_errors, 0U);
}

}  // namespace
}  // namespace cove::netlink

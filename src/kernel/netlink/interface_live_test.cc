// Bridges, the interfaces of containers, and routes, against the kernel.
#include "kernel/netlink/bridge_port.h"
#include "kernel/netlink/interface.h"
#include "kernel/netlink/live_test.h"

namespace cove::netlink {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using testing::address;
using testing::addresses_of;
using testing::is_up;
using testing::names;
using testing::Netlink;

constexpr MacAddress kMac{2, 0, 0, 1, 2, 3};

Address quiet(const char* text, uint8_t length) {
  Address made = address(text, length);
  made.flags = IFA_F_NODAD;
  return made;
}

std::string gateway(const char* text) {
  return address(text, 0).local;
}

TEST_F(Netlink, ABridgeIsUpWithItsAddresses) {
  RouteSocket socket = outside();
  const Status made =
      create_bridge(socket, {"br7", kMac, 1400}, {quiet("10.7.0.1", 24), quiet("fd07::1", 64)});
  ASSERT_TRUE(made.ok()) << made.error().message();
  const auto link = find_link(socket, "br7");
  ASSERT_TRUE(link.ok());
  EXPECT_EQ(link->kind, "bridge");
  EXPECT_EQ(link->mac, kMac);
  EXPECT_EQ(link->mtu, 1400U);
  EXPECT_TRUE(is_up(outside(), "br7"));
  EXPECT_THAT(addresses_of(outside(), "br7"), ElementsAre("10.7.0.1/24", "fd07::1/64"));
  EXPECT_EQ(create_bridge(socket, {"br7", kMac, 0}, {}).error().sys_errno(), EEXIST);
}

TEST_F(Netlink, AContainersInterfaceIsMadeInside) {
  RouteSocket socket = outside();
  ASSERT_TRUE(create_bridge(socket, {"br7", kMac, 0}, {quiet("10.7.0.1", 24)}).ok());
  const int bridge = find_link(socket, "br7")->index;
  const MacAddress mac{2, 9, 9, 9, 9, 9};
  const InterfaceSettings settings{InterfaceKind::veth, bridge, "cv0123456789abc", "eth0", mac, 1300};
  const Status made = create_interface(socket, settings, container_.get());
  ASSERT_TRUE(made.ok()) << made.error().message();
  const auto outer = find_link(socket, "cv0123456789abc");
  ASSERT_TRUE(outer.ok());
  EXPECT_EQ(outer->master, bridge);
  EXPECT_EQ(outer->mtu, 1300U);
  EXPECT_NE(outer->flags & IFF_UP, 0U);
  EXPECT_THAT(names(outside()), Not(Contains("eth0")));

  RouteSocket within = inside();
  const Status configured = configure_interface(
      within, "eth0",
      {{quiet("10.7.0.2", 24), quiet("fd07::2", 64)}, {gateway("10.7.0.1"), gateway("fd07::1")}, 7});
  ASSERT_TRUE(configured.ok()) << configured.error().message();
  const auto inner = find_link(within, "eth0");
  EXPECT_EQ(inner->mac, mac);
  EXPECT_EQ(inner->mtu, 1300U);
  EXPECT_THAT(addresses_of(inside(), "eth0"), ElementsAre("10.7.0.2/24", "fd07::2/64"));
  const auto routes = list_routes(within, AF_INET);
  ASSERT_TRUE(routes.ok()) << routes.error().message();
  EXPECT_THAT(*routes, Contains(Route{AF_INET, 0, RTN_UNICAST, inner->index, std::string(4, '\0'),
                                      gateway("10.7.0.1")}));
  EXPECT_THAT(*routes, Contains(Route{AF_INET, 24, RTN_UNICAST, inner->index, gateway("10.7.0.0"), {}}));
  const auto six = list_routes(within, AF_INET6);
  ASSERT_TRUE(six.ok()) << six.error().message();
  EXPECT_THAT(*six, Contains(Route{AF_INET6, 0, RTN_UNICAST, inner->index, std::string(16, '\0'),
                                   gateway("fd07::1")}));

  EXPECT_TRUE(set_hairpin(socket, "cv0123456789abc").ok());
  // With one end the other goes.
  const int index = find_link(socket, "cv0123456789abc")->index;
  ASSERT_TRUE(remove_interface(socket, "cv0123456789abc").ok());
  EXPECT_THAT(names(inside()), Not(Contains("eth0")));
  EXPECT_TRUE(remove_interface(socket, "cv0123456789abc").ok());
  // Another one of the same name is not meant by the index of the first.
  ASSERT_TRUE(create_interface(socket, settings, container_.get()).ok());
  EXPECT_TRUE(remove_interface(socket, index).ok());
  EXPECT_THAT(names(inside()), Contains("eth0"));
  EXPECT_TRUE(remove_interface(socket, find_link(socket, "cv0123456789abc")->index).ok());
  EXPECT_THAT(names(inside()), Not(Contains("eth0")));
}

TEST_F(Netlink, AFailureLeavesNoHalfOfAPair) {
  RouteSocket socket = outside();
  const InterfaceSettings settings{InterfaceKind::veth, 4711, "outer", "eth0", {}, 0};
  const Status refused = create_interface(socket, settings, container_.get());
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message(), HasSubstr("make the network devices outer and eth0"));
  EXPECT_THAT(names(outside()), Not(Contains("outer")));
  EXPECT_THAT(names(inside()), Not(Contains("eth0")));
}

TEST_F(Netlink, MacvlansShareAnInterface) {
  RouteSocket socket = outside();
  ASSERT_TRUE(create_veth(socket, "lower", "cable").ok());
  const int parent = find_link(socket, "lower")->index;
  const Status made =
      create_interface(socket, {InterfaceKind::macvlan, parent, "", "eth0", kMac, 0}, container_.get());
  if (!made.ok() && made.error().sys_errno() == EOPNOTSUPP) GTEST_SKIP() << "this kernel has no macvlan";
  ASSERT_TRUE(made.ok()) << made.error().message();
  RouteSocket within = inside();
  EXPECT_EQ(find_link(within, "eth0")->kind, "macvlan");
  EXPECT_EQ(find_link(within, "eth0")->mac, kMac);
}

TEST_F(Netlink, IpvlansShareItsMacAddressToo) {
  RouteSocket socket = outside();
  ASSERT_TRUE(create_veth(socket, "lower", "cable").ok());
  const auto parent = find_link(socket, "lower");
  const Status made =
      create_interface(socket, {InterfaceKind::ipvlan, parent->index, "", "eth0", kMac, 0}, container_.get());
  if (!made.ok() && made.error().sys_errno() == EOPNOTSUPP) GTEST_SKIP() << "this kernel has no ipvlan";
  ASSERT_TRUE(made.ok()) << made.error().message();
  RouteSocket within = inside();
  EXPECT_EQ(find_link(within, "eth0")->mac, parent->mac);
}

}  // namespace
}  // namespace cove::netlink

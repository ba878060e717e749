#include "kernel/netlink/move.h"

#include "kernel/netlink/live_test.h"

namespace cove::netlink {
namespace {

using testing::address;
using testing::addresses_of;
using ::testing::Contains;
using testing::create;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::is_up;
using testing::names;
using testing::Netlink;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

TEST_F(Netlink, ADeviceMovesWithItsAddresses) {
  RouteSocket socket = outside();
  ASSERT_TRUE(create(socket, "host0").ok());
  ASSERT_TRUE(set_link_up(socket, "host0").ok());
  Address local_scope = address("169.254.1.1", 16);
  local_scope.scope = RT_SCOPE_LINK;
  for (const Address& one :
       {address("10.0.0.5", 24), address("10.0.0.6", 24), local_scope, address("fd00::5", 64)}) {
    ASSERT_TRUE(add_address(socket, "host0", one).ok());
  }
  const auto moved = move_link("host0", container_.get(), "eth0");
  ASSERT_TRUE(moved.ok()) << moved.error().message();
  EXPECT_EQ(moved->old_name, "host0");
  EXPECT_EQ(moved->new_name, "eth0");
  EXPECT_TRUE(moved->was_up);
  EXPECT_FALSE(find_link(socket, "host0").ok());
  EXPECT_TRUE(is_up(inside(), "eth0"));
  EXPECT_THAT(addresses_of(inside(), "eth0"), ElementsAre("10.0.0.5/24", "10.0.0.6/24", "fd00::5/64"));

  // And back.
  const Status returned = return_link(moved.value(), container_.get());
  ASSERT_TRUE(returned.ok()) << returned.error().message();
  EXPECT_FALSE(is_up(inside(), "eth0"));
  EXPECT_TRUE(is_up(outside(), "host0"));
  EXPECT_THAT(addresses_of(outside(), "host0"), ElementsAre("10.0.0.5/24", "10.0.0.6/24", "fd00::5/64"));
  EXPECT_EQ(return_link(moved.value(), container_.get()).error().code(), ErrorCode::not_found);
}

TEST_F(Netlink, ADeviceThatWasDownComesUpInsideAndReturnsDown) {
  RouteSocket socket = outside();
  ASSERT_TRUE(create(socket, "d0").ok());
  const auto moved = move_link("d0", container_.get(), "");
  ASSERT_TRUE(moved.ok()) << moved.error().message();
  EXPECT_EQ(moved->new_name, "d0");
  EXPECT_FALSE(moved->was_up);
  EXPECT_TRUE(is_up(inside(), "d0"));
  ASSERT_TRUE(return_link(moved.value(), container_.get()).ok());
  EXPECT_TRUE(find_link(socket, "d0").ok());
  EXPECT_FALSE(is_up(outside(), "d0"));
}

TEST_F(Netlink, ATemplateGetsTheFirstFreeNumber) {
  RouteSocket socket = outside();
  RouteSocket container = inside();
  ASSERT_TRUE(create(container, "eth0").ok());
  ASSERT_TRUE(create(container, "eth2").ok());
  for (const char* name : {"a", "b"}) ASSERT_TRUE(create(socket, name).ok());
  EXPECT_EQ(move_link("a", container_.get(), "eth%d")->new_name, "eth1");
  EXPECT_EQ(move_link("b", container_.get(), "eth%d")->new_name, "eth3");
}

TEST_F(Netlink, ANameThatIsTakenInsideLeavesTheDeviceAlone) {
  RouteSocket socket = outside();
  RouteSocket container = inside();
  ASSERT_TRUE(create(container, "eth0").ok());
  ASSERT_TRUE(create(socket, "d0").ok());
  ASSERT_TRUE(set_link_up(socket, "d0").ok());
  ASSERT_TRUE(add_address(socket, "d0", address("10.0.0.5", 24)).ok());
  const auto taken = move_link("d0", container_.get(), "eth0");
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().sys_errno(), EEXIST);
  EXPECT_THAT(taken.error().message(), HasSubstr("network device 'd0': the name 'eth0' is taken"));
  EXPECT_TRUE(is_up(outside(), "d0"));
  EXPECT_THAT(addresses_of(outside(), "d0"), ElementsAre("10.0.0.5/24"));
}

TEST_F(Netlink, AnAlternativeNameInsideIsTakenAsWell) {
  RouteSocket socket = outside();
  RouteSocket container = inside();
  ASSERT_TRUE(create(container, "c0").ok());
  Batch batch;
  ifinfomsg which{};
  which.ifi_index = find_link(container, "c0")->index;
  MessageWriter& writer = batch.add(RTM_NEWLINKPROP, NLM_F_CREATE | NLM_F_EXCL, "name c0");
  writer.body(which);
  const size_t list = writer.open(IFLA_PROP_LIST);
  writer.text(IFLA_ALT_IFNAME, "eth0");
  writer.close(list);
  ASSERT_TRUE(container.run(batch).ok());
  EXPECT_EQ(find_link(container, "eth0")->name, "c0");
  ASSERT_TRUE(create(socket, "d0").ok());
  EXPECT_EQ(move_link("d0", container_.get(), "eth0").error().sys_errno(), EEXIST);
  EXPECT_EQ(move_link("d0", container_.get(), "eth%d")->new_name, "eth1");
}

// The kernel refuses more names than we do: those with the byte that is a space in Latin-1.
TEST_F(Netlink, WhatCannotBeNamedInsideComesBack) {
  RouteSocket socket = outside();
  ASSERT_TRUE(create(socket, "d0").ok());
  ASSERT_TRUE(set_link_up(socket, "d0").ok());
  ASSERT_TRUE(add_address(socket, "d0", address("10.0.0.5", 24)).ok());
  const auto refused = move_link("d0", container_.get(), "a\xa0z");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().sys_errno(), EINVAL);
  EXPECT_THAT(names(inside()), Not(Contains("d0")));
  EXPECT_TRUE(is_up(outside(), "d0"));
  EXPECT_THAT(addresses_of(outside(), "d0"), ElementsAre("10.0.0.5/24"));
}

TEST_F(Netlink, WhatCannotBeCompletedInsideComesBack) {
  RouteSocket socket = outside();
  inside_namespace([] {
    // No device here gets an IPv6 address.
    ASSERT_TRUE(sys::write_existing("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1").ok());
  });
  ASSERT_TRUE(create(socket, "d0").ok());
  ASSERT_TRUE(set_link_up(socket, "d0").ok());
  ASSERT_TRUE(add_address(socket, "d0", address("10.0.0.5", 24)).ok());
  ASSERT_TRUE(add_address(socket, "d0", address("fd00::5", 64)).ok());
  const auto failed = move_link("d0", container_.get(), "eth0");
  ASSERT_FALSE(failed.ok());
  EXPECT_THAT(failed.error().message(), HasSubstr("network device 'd0': give eth0 the address fd00::5/64: "));
  EXPECT_THAT(names(inside()), Not(Contains("eth0")));
  EXPECT_TRUE(is_up(outside(), "d0"));
  EXPECT_THAT(addresses_of(outside(), "d0"), UnorderedElementsAre("10.0.0.5/24", "fd00::5/64"));
}

TEST_F(Netlink, MovesFailWithAReason) {
  RouteSocket socket = outside();
  EXPECT_EQ(move_link("nothing", container_.get(), "").error().message(),
            "there is no network device 'nothing'");
  ASSERT_TRUE(create(socket, "d0").ok());
  for (const char* name : {"a/b", "sixteen-bytes-xx", "e%x", "e%d0", "%d", "e%%d"}) {
    const auto refused = move_link("d0", container_.get(), name);
    ASSERT_FALSE(refused.ok()) << name;
    EXPECT_EQ(refused.error().code(), ErrorCode::invalid_argument) << name;
    EXPECT_THAT(refused.error().message(), HasSubstr("network device 'd0': ")) << name;
  }
  const auto lo = move_link("lo", container_.get(), "lo5");
  ASSERT_FALSE(lo.ok());
  EXPECT_THAT(lo.error().message(), HasSubstr("network device 'lo': move lo to another network namespace: "));
  const UniqueFd null = std::move(sys::open_path("/dev/null", O_RDONLY).value());
  EXPECT_THAT(move_link("d0", null.get(), "").error().message(), HasSubstr("join network namespace"));
  EXPECT_THAT(names(outside()), Contains("d0"));
}

TEST_F(Netlink, NothingIsLeftOpen) {
  RouteSocket socket = outside();
  ASSERT_TRUE(create(socket, "d0").ok());
  const size_t before = sys::list_directory(AT_FDCWD, "/proc/self/fd")->size();
  ASSERT_TRUE(move_link("d0", container_.get(), "eth0").ok());
  EXPECT_FALSE(move_link("d0", container_.get(), "eth0").ok());
  EXPECT_TRUE(link_statistics(container_.get()).ok());
  EXPECT_EQ(sys::list_directory(AT_FDCWD, "/proc/self/fd")->size(), before);
}

}  // namespace
}  // namespace cove::netlink

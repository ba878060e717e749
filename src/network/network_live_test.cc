// Networks, attachments, leases and the table, against the kernel, in network namespaces of the tests' own.
#include <errno.h>
#include <fmt/format.h>

#include <algorithm>

#include "kernel/netlink/live_test.h"
#include "kernel/nft/batch.h"
#include "kernel/nft/socket.h"
#include "kernel/procfs/procfs.h"
#include "network/attach.h"
#include "network/egress_table.h"
#include "network/firewall.h"
#include "network/lease.h"
#include "network/litter.h"
#include "network/store.h"
#include "sys/file.h"
#include "sys/pseudo_file.h"

namespace cove::network {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr std::string_view kOwner = "0123456789ab";
constexpr std::string_view kOther = "ba9876543210";

class Networks : public netlink::testing::Netlink {
 protected:
  void SetUp() override {
    Netlink::SetUp();
    if (IsSkipped()) return;
    directory_ = fmt::format("{}/cove-networks-{}", ::testing::TempDir(), ::getpid());
    roots_ = {directory_ + "/data", directory_ + "/run"};
    ASSERT_TRUE(sys::make_directories(directory_, 0700).ok());
    netlink::RouteSocket socket = outside();
    ASSERT_TRUE(netlink::set_link_up(socket, "lo").ok());
  }
  void TearDown() override {
    if (!directory_.empty()) static_cast<void>(sys::remove_tree_at(AT_FDCWD, directory_.c_str()));
  }

  [[nodiscard]] Subject subject(std::string_view owner) const {
    return {std::string(owner), std::string(owner), ::getpid(), container_.get()};
  }
  static Request request(std::string_view network) {
    Request made;
    made.networks.emplace_back().network = network;
    return made;
  }
  Network create(std::string_view name, std::string_view subnet) {
    Network wanted;
    wanted.name = name;
    if (!subnet.empty()) wanted.pools.push_back({*parse_subnet(subnet), {}, {}});
    const auto made = create_network(roots_, wanted, {});
    EXPECT_TRUE(made.ok()) << made.error().message();
    return made.ok() ? *made : Network{};
  }

  std::string directory_;
  Roots roots_;
  std::vector<std::string> notes_;
  // A detach is done before the kernel has let go of the interfaces.
  bool goes_away(const std::string& name) {
    constexpr uint64_t kStep = 10'000;  // microseconds
    for (int left = 3000; left > 0; --left) {
      const std::vector<std::string> names = netlink::testing::names(outside());
      if (std::find(names.begin(), names.end(), name) == names.end()) return true;
      sys::sleep_microseconds(kStep);
    }
    return false;
  }

  Note note_ = [this](std::string_view text) { notes_.emplace_back(text); };
};

TEST_F(Networks, TheDefaultOneIsMadeOnFirstUse) {
  EXPECT_EQ(open_network(roots_, "bridge").error().code(), ErrorCode::not_found);
  Request wanted = request("bridge");
  wanted.ports.push_back(*parse_port_request("8080:80"));
  wanted.ports.push_back(*parse_port_request("9000-9099:9000-9099/udp"));
  const auto attached = attach(roots_, wanted, subject(kOwner), note_);
  ASSERT_TRUE(attached.ok()) << attached.error().message();
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("net.ipv4.ip_forward")));
  ASSERT_EQ(attached->endpoints.size(), 1U);
  const Endpoint& endpoint = attached->endpoints.front();
  EXPECT_EQ(endpoint.network_name, "bridge");
  EXPECT_EQ(print_address(endpoint.gateway4), "10.88.0.1");
  EXPECT_THAT(netlink::testing::addresses_of(outside(), "cove0"), ElementsAre("10.88.0.1/16"));
  EXPECT_THAT(netlink::testing::addresses_of(inside(), "eth0"),
              ElementsAre(print_address(endpoint.ipv4) + "/16"));
  EXPECT_THAT(netlink::testing::names(outside()), Contains(endpoint.outer));

  const auto ports = table_ports();
  ASSERT_TRUE(ports.ok()) << ports.error().message();
  ASSERT_EQ(ports->size(), 2U);
  for (const FoundPort& port : *ports) {
    EXPECT_EQ(port.owner, kOwner);
    EXPECT_THAT(attached->ports, Contains(port.port));
  }
  EXPECT_EQ(list_leases(roots_, endpoint.network)->size(), 1U);
  const auto members = members_of(roots_, endpoint.network);
  ASSERT_EQ(members->size(), 1U);
  EXPECT_EQ(members->front().ipv4, endpoint.ipv4);

  // In use, it stays; then all of it goes.
  EXPECT_THAT(remove_network(roots_, *open_network(roots_, "bridge")).error().message(),
              HasSubstr("active endpoints"));
  const Status detached = detach(roots_, kOwner);
  ASSERT_TRUE(detached.ok()) << detached.error().message();
  EXPECT_TRUE(goes_away(endpoint.outer));
  EXPECT_THAT(netlink::testing::names(inside()), Not(Contains("eth0")));
  EXPECT_THAT(*table_ports(), IsEmpty());
  EXPECT_THAT(*list_leases(roots_, endpoint.network), IsEmpty());
  EXPECT_THAT(*list_attached(roots_), IsEmpty());
  EXPECT_TRUE(detach(roots_, kOwner).ok());
  ASSERT_TRUE(remove_network(roots_, *open_network(roots_, "bridge")).ok());
  EXPECT_THAT(netlink::testing::names(outside()), Not(Contains("cove0")));
  EXPECT_FALSE(nft::Socket::open()->has_table(kTable).value());
}

TEST_F(Networks, SubnetsKeepClearOfRoutesAndOfEachOther) {
  netlink::RouteSocket socket = outside();
  ASSERT_TRUE(netlink::testing::create(socket, "d0").ok());
  ASSERT_TRUE(netlink::add_address(socket, "d0", netlink::testing::address("10.88.3.1", 24)).ok());
  ASSERT_TRUE(netlink::add_address(socket, "d0", netlink::testing::address("10.128.0.1", 24)).ok());
  ASSERT_TRUE(netlink::set_link_up(socket, "d0").ok());
  EXPECT_EQ(print_subnet(ensure_network(roots_, "bridge")->pools[0].subnet), "10.89.0.0/16");
  EXPECT_EQ(print_subnet(create("one", "").pools[0].subnet), "10.128.1.0/24");
  EXPECT_EQ(print_subnet(create("two", "").pools[0].subnet), "10.128.2.0/24");
  Network wanted;
  wanted.name = "three";
  wanted.pools.push_back({*parse_subnet("10.128.2.128/25"), {}, {}});
  EXPECT_THAT(create_network(roots_, wanted, {}).error().message(),
              HasSubstr("overlaps that of network two"));
  wanted.pools[0].subnet = *parse_subnet("10.88.0.0/16");
  EXPECT_THAT(create_network(roots_, wanted, {}).error().message(), HasSubstr("overlaps a route"));
  wanted.pools[0].subnet = *parse_subnet("10.1.0.0/31");
  EXPECT_THAT(create_network(roots_, wanted, {}).error().message(), HasSubstr("too small"));
  wanted.name = "two";
  EXPECT_EQ(create_network(roots_, wanted, {}).error().code(), ErrorCode::stale_resource);
  EXPECT_EQ(list_networks(roots_)->size(), 3U);
  // A route that came later.
  ASSERT_TRUE(netlink::add_address(socket, "d0", netlink::testing::address("10.128.2.9", 28)).ok());
  ASSERT_EQ(find_overlaps(roots_)->size(), 1U);
  EXPECT_EQ(find_overlaps(roots_)->front().network, "two");
}

// Their owners' process is this one: they live.
TEST_F(Networks, NoAddressIsGivenTwice) {
  const Network network = create("tiny", "10.70.0.0/29");
  const Pool& pool = network.pools.front();
  std::vector<std::string> owners;
  std::vector<std::string> addresses;
  for (int i = 0; i < 5; ++i) {
    owners.push_back(fmt::format("{:012x}", i));
    Attachment attachment;
    attachment.owner = owners.back();
    attachment.pid = ::getpid();
    attachment.start_time = procfs::read_stat(::getpid())->start_time;
    ASSERT_TRUE(write_attachment(roots_, attachment).ok());
    const auto address = lease_any(roots_, network, pool, owners.back(), 3);
    ASSERT_TRUE(address.ok()) << address.error().message();
    addresses.push_back(print_address(*address));
  }
  EXPECT_THAT(addresses,
              UnorderedElementsAre("10.70.0.2", "10.70.0.3", "10.70.0.4", "10.70.0.5", "10.70.0.6"));
  EXPECT_EQ(addresses.front(), "10.70.0.3");
  const auto none = lease_any(roots_, network, pool, kOwner, 0);
  EXPECT_EQ(none.error().code(), ErrorCode::stale_resource);
  EXPECT_EQ(lease_this(roots_, network, pool, kOwner, *parse_address("10.70.0.4")).error().code(),
            ErrorCode::stale_resource);
  for (const char* bad : {"10.70.0.0", "10.70.0.1", "10.70.0.7", "10.71.0.2"}) {
    EXPECT_EQ(lease_this(roots_, network, pool, kOwner, *parse_address(bad)).error().code(),
              ErrorCode::invalid_argument)
        << bad;
  }
  // One whose owner is gone is taken over.
  ASSERT_TRUE(remove_attachment(roots_, owners[2]).ok());
  EXPECT_EQ(print_address(*lease_any(roots_, network, pool, kOwner, 0)), addresses[2]);
}

TEST_F(Networks, PortsAreTakenOnce) {
  Request wanted = request("bridge");
  wanted.ports.push_back(*parse_port_request("8080-8089:8080-8089"));
  ASSERT_TRUE(attach(roots_, wanted, subject(kOwner), {}).ok());
  Request other = request("bridge");
  other.ports.push_back(*parse_port_request("127.0.0.1:8085:80"));
  UniqueFd another = netlink::testing::own_namespace();
  ASSERT_TRUE(sys::unshare_namespaces(CLONE_NEWNET).ok());
  const UniqueFd second = netlink::testing::own_namespace();
  ASSERT_TRUE(sys::enter_namespace(another.get(), CLONE_NEWNET, "network").ok());
  Subject second_subject = subject(kOther);
  second_subject.netns_fd = second.get();
  const auto refused = attach(roots_, other, second_subject, {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::stale_resource);
  EXPECT_THAT(refused.error().message(), HasSubstr("port 127.0.0.1:8085/tcp is taken"));
  // Nothing is left of it.
  EXPECT_THAT(*list_attached(roots_), ElementsAre(kOwner));
  EXPECT_TRUE(goes_away(outer_name(kOther, 0)));
  ASSERT_TRUE(detach(roots_, kOwner).ok());
  EXPECT_TRUE(attach(roots_, other, second_subject, {}).ok());
  ASSERT_TRUE(detach(roots_, kOther).ok());
}

TEST_F(Networks, WhatIsLeftIsFound) {
  ASSERT_TRUE(find_litter(roots_, false, {})->empty());
  Request wanted = request("bridge");
  wanted.ports.push_back(*parse_port_request("8080:80"));
  const auto attached = attach(roots_, wanted, subject(kOwner), {});
  ASSERT_TRUE(attached.ok()) << attached.error().message();
  EXPECT_THAT(*find_litter(roots_, false, {}), IsEmpty());
  // Its process is gone.
  Attachment gone = *attached;
  gone.start_time += 1;
  ASSERT_TRUE(write_attachment(roots_, gone).ok());
  EXPECT_THAT(*find_litter(roots_, false, {}), Not(IsEmpty()));
  const auto mended = find_litter(roots_, true, {});
  ASSERT_TRUE(mended.ok());
  for (const Litter& one : *mended) EXPECT_EQ(one.failure, "") << one.path;
  EXPECT_THAT(*find_litter(roots_, false, {}), IsEmpty());
  EXPECT_TRUE(goes_away(gone.endpoints[0].outer));
  // Nobody knows of it any more.
  ASSERT_TRUE(attach(roots_, wanted, subject(kOwner), {}).ok());
  ASSERT_TRUE(remove_attachment(roots_, kOwner).ok());
  EXPECT_EQ(find_litter(roots_, true, {})->size(), 3U);  // a lease, an interface, a port
  EXPECT_THAT(*find_litter(roots_, false, {}), IsEmpty());
}

TEST_F(Networks, AWipedTableComesBack) {
  Request wanted = request("bridge");
  wanted.ports.push_back(*parse_port_request("8080:80"));
  ASSERT_TRUE(attach(roots_, wanted, subject(kOwner), {}).ok());
  nft::Socket socket = std::move(nft::Socket::open().value());
  nft::Batch wipe(kTable);
  wipe.delete_table();
  ASSERT_TRUE(socket.run(wipe).ok());
  EXPECT_THAT(find_litter(roots_, false, {})->at(0).text, HasSubstr("somebody has removed it"));
  ASSERT_TRUE(reload(roots_, {}).ok());
  EXPECT_EQ(table_ports()->size(), 1U);
  EXPECT_THAT(*find_litter(roots_, false, {}), IsEmpty());
  ASSERT_TRUE(detach(roots_, kOwner).ok());
}

TEST_F(Networks, OneIsConnectedAndDisconnectedLater) {
  create("one", "10.70.0.0/24");
  create("two", "10.71.0.0/24");
  ASSERT_TRUE(attach(roots_, request("one"), subject(kOwner), {}).ok());
  const auto connected = connect(roots_, request("two").networks[0], subject(kOwner), {});
  ASSERT_TRUE(connected.ok()) << connected.error().message();
  EXPECT_EQ(connected->endpoints.at(1).interface, "eth1");
  EXPECT_THAT(netlink::testing::names(inside()), Contains("eth1"));
  EXPECT_EQ(connect(roots_, request("two").networks[0], subject(kOwner), {}).error().code(),
            ErrorCode::stale_resource);
  EXPECT_THAT(netlink::testing::names(inside()), Contains("eth1"));
  const std::string first = connected->endpoints[0].network;
  ASSERT_TRUE(disconnect(roots_, kOwner, first, container_.get()).ok());
  EXPECT_THAT(netlink::testing::names(inside()), Not(Contains("eth0")));
  // The number that is free is used again.
  const auto again = connect(roots_, request("one").networks[0], subject(kOwner), {});
  ASSERT_TRUE(again.ok()) << again.error().message();
  EXPECT_EQ(again->endpoints.at(1).interface, "eth0");
  ASSERT_TRUE(detach(roots_, kOwner).ok());
}

// --- who is restricted ---

size_t size_of(std::string_view set) {
  nft::Socket socket = std::move(nft::Socket::open().value());
  const auto found = socket.elements(kEgressTable, set);
  return found.ok() ? found->size() : SIZE_MAX;
}

class Restrictions : public Networks {
 protected:
  Result<Attachment> attach_restricted(std::string_view owner, std::string_view list) {
    Subject who = subject(owner);
    who.egress = parse_egress(list).value();
    if (owner == kOther) {
      EXPECT_TRUE(sys::unshare_namespaces(CLONE_NEWNET).ok());
      second_ = netlink::testing::own_namespace();
      EXPECT_TRUE(sys::enter_namespace(host_.get(), CLONE_NEWNET, "network").ok());
      who.netns_fd = second_.get();
    }
    return attach(roots_, request("bridge"), who, note_);
  }
  UniqueFd second_;
};

TEST_F(Restrictions, AreThereBeforeAndGoneAfterwards) {
  // One entry inside another, and the resolver's address inside both.
  const auto one = attach_restricted(kOwner, "allow:10.0.0.0/8,10.88.0.0/16:443/tcp,a.test:53-443");
  ASSERT_TRUE(one.ok()) << one.error().message();
  EXPECT_EQ(print_egress(one->egress), "allow:10.0.0.0/8,10.88.0.0/16:443/tcp,a.test:53-443,10.88.0.1:53");
  EXPECT_EQ(size_of("watched4"), 1U);
  const size_t own = size_of("allowed4");
  EXPECT_GT(own, 3U);
  ASSERT_EQ(watched_addresses()->size(), 1U);
  EXPECT_EQ(watched_addresses()->front().owner, kOwner);
  const auto two = attach_restricted(kOther, "none");
  ASSERT_TRUE(two.ok()) << two.error().message();
  EXPECT_EQ(size_of("watched4"), 2U);
  EXPECT_EQ(size_of("allowed4"), own);
  EXPECT_TRUE(detach(roots_, kOwner).ok());
  EXPECT_EQ(size_of("watched4"), 1U);
  EXPECT_EQ(size_of("allowed4"), 0U);
  EXPECT_TRUE(detach(roots_, kOther).ok());
  EXPECT_EQ(size_of("watched4"), SIZE_MAX) << "the table is there still";
}

TEST_F(Restrictions, ANameOpensItsAddressForAWhile) {
  const auto attached =
      attach_restricted(kOwner, "allow:a.test:443/tcp,b.test:80-443/tcp,198.51.100.0/24:443/tcp");
  ASSERT_TRUE(attached.ok()) << attached.error().message();
  const size_t before = size_of("allowed4");
  const IpAddress own = attached->endpoints.front().ipv4;
  const auto open = [&](std::string_view name, std::string_view to) {
    return open_address(attached->egress, {name, own, *parse_address(to), 60});
  };
  EXPECT_TRUE(open("a.test", "203.0.113.1").ok());
  EXPECT_EQ(size_of("allowed4"), before + 1);
  // Renewed, and more by another name: what is there already does not stand in the way.
  EXPECT_TRUE(open("a.test", "203.0.113.1").ok());
  EXPECT_EQ(size_of("allowed4"), before + 1);
  EXPECT_TRUE(open("b.test", "203.0.113.1").ok());
  EXPECT_EQ(size_of("allowed4"), before + 2);
  // Part of it is there for good, as one of a subnet.
  EXPECT_TRUE(open("b.test", "198.51.100.7").ok());
  EXPECT_EQ(size_of("allowed4"), before + 3);
  EXPECT_TRUE(open("b.test", "127.0.0.1").ok());
  EXPECT_TRUE(open("c.test", "203.0.113.9").ok());
  EXPECT_EQ(size_of("allowed4"), before + 3);

  EXPECT_TRUE(note_refused_name(own, "evil.test").ok());
  const std::vector<Denied> denied = denied_of(*attached);
  ASSERT_EQ(denied.size(), 1U);
  EXPECT_EQ(denied.front().name, "evil.test");
}

TEST_F(Restrictions, OfWhoIsGoneAreFound) {
  ASSERT_TRUE(attach_restricted(kOwner, "allow:203.0.113.0/24").ok());
  ASSERT_TRUE(attach_restricted(kOther, "none").ok());
  ASSERT_TRUE(remove_attachment(roots_, kOwner).ok());
  const auto litter = find_litter(roots_, true, note_);
  ASSERT_TRUE(litter.ok()) << litter.error().message();
  EXPECT_EQ(size_of("watched4"), 1U);
  EXPECT_EQ(size_of("allowed4"), 0U);
  // Taken away by somebody: said, and put back.
  {
    nft::Socket socket = std::move(nft::Socket::open().value());
    nft::Batch batch(kEgressTable);
    batch.use_family(NFPROTO_BRIDGE);
    batch.delete_table();
    ASSERT_TRUE(socket.run(batch).ok());
  }
  EXPECT_TRUE(misses_egress(roots_).value());
  ASSERT_TRUE(find_litter(roots_, true, note_).ok());
  EXPECT_FALSE(misses_egress(roots_).value());
  EXPECT_EQ(size_of("watched4"), 1U);
  EXPECT_TRUE(detach(roots_, kOther).ok());
}

TEST_F(Restrictions, TheRateIsThatOfBothEnds) {
  Subject who = subject(kOwner);
  who.rate = {2'000'000, 1'000'000};
  const auto attached = attach(roots_, request("bridge"), who, note_);
  if (!attached.ok() && attached.error().sys_errno() == EOPNOTSUPP) GTEST_SKIP() << "no ifb";
  ASSERT_TRUE(attached.ok()) << attached.error().message();
  const std::string& outer = attached->endpoints.front().outer;
  EXPECT_THAT(netlink::testing::names(outside()), Contains(slow_name(outer)));
  EXPECT_EQ(owner_of_link(slow_name(outer)), kOwner);
  EXPECT_TRUE(detach(roots_, kOwner).ok());
  EXPECT_TRUE(goes_away(slow_name(outer)));
}

}  // namespace
}  // namespace cove::network

#include "cli/namespace_values.h"

#include <gtest/gtest.h>

#include "cli/test_text.h"

namespace cove::cli {
namespace {

using sandbox::NamespaceChoice;
using sandbox::NetworkChoice;
using sandbox::UsernsChoice;

class NamespaceValuesTest : public testing::Test {
 protected:
  Caller caller_{nullptr, "/work"};
  sandbox::Options options_;
};

TEST_F(NamespaceValuesTest, ANamespaceIsHostPrivateOrJoined) {
  EXPECT_EQ(parse_namespace("host", caller_)->kind, NamespaceChoice::Kind::host);
  EXPECT_EQ(parse_namespace("private", caller_)->kind, NamespaceChoice::Kind::fresh);
  const auto path = parse_namespace("ns:/run/netns/a", caller_);
  EXPECT_EQ(path->kind, NamespaceChoice::Kind::path);
  EXPECT_EQ(path->path, "/run/netns/a");
  EXPECT_EQ(parse_namespace("ns:x", caller_)->path, "/work/x");
  const auto pid = parse_namespace("pid:42", caller_);
  EXPECT_EQ(pid->kind, NamespaceChoice::Kind::pid);
  EXPECT_EQ(pid->pid, 42);
}

TEST_F(NamespaceValuesTest, OtherNamespacesAreRefused) {
  EXPECT_EQ(failure(parse_namespace("mine", caller_)), "not a namespace");
  EXPECT_EQ(hint(parse_namespace("mine", caller_)), "choose host, private, ns:PATH or pid:N");
  EXPECT_EQ(failure(parse_namespace("pid:0", caller_)), "the process id: out of range");
  EXPECT_EQ(failure(parse_namespace("pid:x", caller_)), "the process id: not a whole number");
  EXPECT_EQ(failure(parse_namespace("pid:4294967297", caller_)), "the process id: out of range");
  EXPECT_EQ(failure(parse_namespace("ns:", caller_)), "the path is empty");
  EXPECT_EQ(failure(parse_namespace("container:web", caller_)),
            "joining a container by its name is not available in this version");
}

TEST_F(NamespaceValuesTest, AUserNamespaceMayHaveItsMap) {
  EXPECT_EQ(parse_userns("auto", caller_)->kind, UsernsChoice::Kind::automatic);
  EXPECT_EQ(parse_userns("keep-id", caller_)->kind, UsernsChoice::Kind::keep_id);
  EXPECT_EQ(parse_userns("host", caller_)->kind, UsernsChoice::Kind::host);
  EXPECT_EQ(parse_userns("pid:7", caller_)->pid, 7);
  EXPECT_EQ(parse_userns("ns:/n", caller_)->path, "/n");
  const auto map = parse_userns("0:1000:1,1:100000:65536", caller_);
  EXPECT_EQ(map->kind, UsernsChoice::Kind::map);
  EXPECT_EQ(map->map, "0:1000:1,1:100000:65536");
  EXPECT_EQ(failure(parse_userns("private", caller_)), "not a user namespace");
  EXPECT_FALSE(parse_userns("0:1000", caller_).ok());
  EXPECT_FALSE(parse_userns("0:0:0", caller_).ok());
}

TEST_F(NamespaceValuesTest, NetworksHaveNames) {
  EXPECT_TRUE(parse_network("host", caller_, options_).ok());
  EXPECT_EQ(options_.network, NetworkChoice::host);
  EXPECT_TRUE(parse_network("none", caller_, options_).ok());
  EXPECT_EQ(options_.network, NetworkChoice::none);
  EXPECT_TRUE(parse_network("ns:/run/netns/a", caller_, options_).ok());
  EXPECT_EQ(options_.network, NetworkChoice::path);
  EXPECT_EQ(options_.network_path, "/run/netns/a");
  EXPECT_TRUE(parse_network("pid:9", caller_, options_).ok());
  EXPECT_EQ(options_.network, NetworkChoice::pid);
  EXPECT_EQ(options_.network_pid, 9);
  EXPECT_TRUE(parse_network("default", caller_, options_).ok());
  EXPECT_TRUE(parse_network("name=web,ip=10.1.0.9,ip6=fd00::9,mac-address=02:00:00:00:00:09,alias=a,alias=b",
                            caller_, options_)
                  .ok());
  EXPECT_EQ(options_.network, NetworkChoice::named);
  const auto& networks = options_.networks.networks;
  ASSERT_EQ(networks.size(), 2U);
  EXPECT_EQ(networks[0].network, "bridge");
  EXPECT_EQ(networks[1].network, "web");
  EXPECT_EQ(network::print_address(networks[1].ipv4), "10.1.0.9");
  EXPECT_EQ(network::print_address(networks[1].ipv6), "fd00::9");
  EXPECT_EQ(network::print_mac(networks[1].mac), "02:00:00:00:00:09");
  EXPECT_EQ(networks[1].aliases.size(), 2U);
  EXPECT_EQ(failure(parse_network("a/b", caller_, options_)), "'a/b' is no name of a network");
  EXPECT_EQ(failure(parse_network("ip=10.1.0.9", caller_, options_)), "has no name");
  EXPECT_EQ(failure(parse_network("name=a,ip=fd00::1", caller_, options_)),
            "ip=fd00::1 is of the other version");
  EXPECT_EQ(failure(parse_network("name=a,gateway=1", caller_, options_)),
            "'gateway' is no key of a network");
}

TEST_F(NamespaceValuesTest, NetworksOfUsersAreAProgramWithoutOptions) {
  EXPECT_TRUE(parse_network("pasta", caller_, options_).ok());
  EXPECT_EQ(options_.network, NetworkChoice::user_mode);
  EXPECT_EQ(options_.networks.program, network::UserProgram::pasta);
  EXPECT_TRUE(parse_network("slirp4netns", caller_, options_).ok());
  EXPECT_EQ(options_.networks.program, network::UserProgram::slirp4netns);
  EXPECT_EQ(failure(parse_network("pasta:-t,80", caller_, options_)), "takes no options of pasta's own");
}

TEST_F(NamespaceValuesTest, EachClockHasOneOffset) {
  EXPECT_TRUE(parse_time_offset("monotonic=-1h", options_).ok());
  EXPECT_TRUE(parse_time_offset("boottime=7d", options_).ok());
  EXPECT_EQ(options_.monotonic_offset_ns, -3'600'000'000'000);
  EXPECT_EQ(options_.boottime_offset_ns, 604'800'000'000'000);
  EXPECT_EQ(failure(parse_time_offset("boottime=1", options_)), "the boottime clock has an offset already");
  EXPECT_EQ(failure(parse_time_offset("realtime=1", options_)), "not a clock and its offset");
  EXPECT_EQ(failure(parse_time_offset("monotonic", options_)), "not a clock and its offset");
}

}  // namespace
}  // namespace cove::cli

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

TEST_F(NamespaceValuesTest, NetworksWithANameComeLater) {
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
  EXPECT_EQ(failure(parse_network("bridge", caller_, options_)),
            "named networks are not available in this version");
  EXPECT_EQ(hint(parse_network("bridge", caller_, options_)), "choose none, host, ns:PATH or pid:N");
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

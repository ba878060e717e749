#include "spec/sysctl.h"

#include <gtest/gtest.h>

namespace cove::spec {
namespace {

TEST(SysctlPath, TakesBothSpellings) {
  EXPECT_EQ(sysctl_path("net.ipv4.ip_forward"), "net/ipv4/ip_forward");
  EXPECT_EQ(sysctl_path("net/ipv4/ip_forward"), "net/ipv4/ip_forward");
  EXPECT_EQ(sysctl_path("net.ipv4.conf.eno2/100.rp_filter"), "net/ipv4/conf/eno2.100/rp_filter");
  EXPECT_EQ(sysctl_path("net/ipv4/conf/eno2.100/rp_filter"), "net/ipv4/conf/eno2.100/rp_filter");
}

TEST(SysctlPath, NeverLeavesItsDirectory) {
  for (const char* key : {"", "net", ".net", "net.", "net..ipv4", "/net/ipv4", "net//x", "net/../kernel/x",
                          "net/./x", "net.//.kernel", "net./.x", "../x", "x/.."}) {
    EXPECT_EQ(sysctl_path(key), std::nullopt) << key;
  }
}

}  // namespace
}  // namespace cove::spec

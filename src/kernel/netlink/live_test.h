// For tests against the kernel: network namespaces of their own, and interfaces that they make there.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "kernel/netlink/links.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::netlink::testing {

inline UniqueFd own_namespace() {
  return std::move(sys::open_path("/proc/self/ns/net", O_RDONLY).value());
}

// The test's process lives in a namespace that stands for the host's; `container_` is another one.
class Netlink : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root may make network namespaces";
    ASSERT_TRUE(sys::unshare_namespaces(CLONE_NEWNET).ok());
    container_ = own_namespace();
    ASSERT_TRUE(sys::unshare_namespaces(CLONE_NEWNET).ok());
    host_ = own_namespace();
  }

  static RouteSocket outside() { return std::move(RouteSocket::open().value()); }
  RouteSocket inside() { return std::move(RouteSocket::open_in(container_.get()).value()); }
  // Calls `what` in the container's namespace.
  template <typename What>
  void inside_namespace(What what) {
    ASSERT_TRUE(sys::enter_namespace(container_.get(), CLONE_NEWNET, "network").ok());
    what();
    ASSERT_TRUE(sys::enter_namespace(host_.get(), CLONE_NEWNET, "network").ok());
  }

  UniqueFd container_;
  UniqueFd host_;
};

inline Address address(const char* text, uint8_t prefix_length) {
  Address made;
  made.family = strchr(text, ':') != nullptr ? AF_INET6 : AF_INET;
  made.prefix_length = prefix_length;
  made.local.resize(made.family == AF_INET ? 4 : 16);
  EXPECT_EQ(inet_pton(made.family, text, made.local.data()), 1) << text;
  made.peer = made.local;
  return made;
}

// A device that does nothing, of whichever kind the kernel has.
inline Status create(RouteSocket& socket, std::string_view name) {
  Status created = create_link(socket, name, "dummy");
  if (created.ok() || created.error().sys_errno() != EOPNOTSUPP) return created;
  return create_link(socket, name, "ifb");
}

inline std::vector<std::string> names(RouteSocket socket) {
  std::vector<std::string> found;
  const auto links = list_links(socket);
  EXPECT_TRUE(links.ok()) << links.error().message();
  for (const Link& link : links.value()) found.push_back(link.name);
  return found;
}

// Without those that the kernel makes itself.
inline std::vector<std::string> addresses_of(RouteSocket socket, std::string_view name) {
  std::vector<std::string> found;
  const auto link = find_link(socket, name);
  EXPECT_TRUE(link.ok()) << link.error().message();
  const auto addresses = list_addresses(socket, link->index);
  EXPECT_TRUE(addresses.ok()) << addresses.error().message();
  for (const Address& one : addresses.value()) {
    EXPECT_EQ(one.link, link->index);
    if (one.family == AF_INET || one.scope == RT_SCOPE_UNIVERSE) found.push_back(print_address(one));
  }
  return found;
}

inline bool is_up(RouteSocket socket, std::string_view name) {
  const auto link = find_link(socket, name);
  return link.ok() && (link->flags & IFF_UP) != 0;
}

}  // namespace cove::netlink::testing

#include "kernel/dbus/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cove::dbus {
namespace {

using testing::ElementsAre;

TEST(DbusAddress, UnixSocketsInOrder) {
  EXPECT_THAT(parse_addresses("unix:path=/run/user/1000/bus").value(),
              ElementsAre(SocketName{"/run/user/1000/bus", false}));
  EXPECT_THAT(parse_addresses("tcp:host=x;unix:guid=1,abstract=%2ftmp%2Fdbus;unix:path=/y").value(),
              ElementsAre(SocketName{"/tmp/dbus", true}, SocketName{"/y", false}));
}

TEST(DbusAddress, Refused) {
  for (const char* bad : {"", "tcp:host=x", "unix:", "unix:path=", "unix:path=%", "unix:path=%2",
                          "unix:path=%zz", "unix:path=a%00b"}) {
    EXPECT_FALSE(parse_addresses(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace cove::dbus

// The conversation, with a server in a child process: one of ours that follows a script, and the real
// dbus-daemon.
#include "kernel/dbus/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "kernel/dbus/test_peer.h"
#include "sys/file.h"

namespace cove::dbus {
namespace {

using testing::HasSubstr;

class DbusConnection : public FakeServer {};

const Call kCall{"x.y", "/x", "x.y", "Do", {{uint32_t{5}}}};

TEST_F(DbusConnection, CallsAreAnswered) {
  serve([](Peer& peer) {
    peer.accept_client();
    const Message first = peer.message();
    if (first.member != "Do" || first.destination != "x.y") _exit(1);
    peer.signal("Before", {{std::string("one")}});
    Message other = first;
    other.serial = 4711;
    peer.answer(other, {{std::string("for somebody else")}});
    peer.answer(first, read_body(first).value());
    peer.answer(peer.message(), {{std::string("no such thing")}}, "x.y.NotFound");
    peer.signal("Unwanted", {});
    peer.signal("After", {{std::string("two")}});
  });
  auto connection = Connection::open(socket_, false, soon());
  ASSERT_TRUE(connection.ok()) << connection.error().message();
  const auto reply = connection->call(kCall, soon());
  ASSERT_TRUE(reply.ok()) << reply.error().message();
  EXPECT_TRUE(reply->ok());
  EXPECT_EQ(reply->values, kCall.arguments);
  const auto refused = connection->call(kCall, soon());
  ASSERT_TRUE(refused.ok());
  EXPECT_EQ(refused->error_name, "x.y.NotFound");
  EXPECT_EQ(refused->error_text(), "no such thing");
  const auto any = [](const Message& signal) { return signal.member != "Unwanted"; };
  EXPECT_EQ(connection->wait_signal(any, soon()).value().member, "Before");
  EXPECT_EQ(connection->wait_signal(any, soon()).value().member, "After");
  EXPECT_EQ(connection->wait_signal(any, soon(20)).error().sys_errno(), ETIMEDOUT);
}

TEST_F(DbusConnection, HelloOnABus) {
  serve([](Peer& peer) {
    peer.accept_client();
    const Message hello = peer.message();
    if (hello.member != "Hello" || hello.destination != "org.freedesktop.DBus") _exit(1);
    peer.answer(hello, {{std::string(":1.5")}});
    peer.answer(peer.message(), {});
  });
  auto connection = Connection::open(socket_, true, soon());
  ASSERT_TRUE(connection.ok()) << connection.error().message();
  EXPECT_TRUE(connection->call(kCall, soon())->ok());
}

TEST_F(DbusConnection, ARejectedClient) {
  serve([](Peer& peer) {
    peer.line();
    peer.send("REJECTED EXTERNAL\r\n");
  });
  const auto refused = Connection::open(socket_, false, soon());
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message(), HasSubstr("REJECTED EXTERNAL"));
}

TEST_F(DbusConnection, ASilentServer) {
  serve([](Peer& peer) { peer.line(); });
  EXPECT_EQ(Connection::open(socket_, false, soon(30)).error().sys_errno(), ETIMEDOUT);
}

TEST_F(DbusConnection, AServerThatGoesAway) {
  serve([](Peer& peer) {
    peer.accept_client();
    peer.message();
    _exit(0);
  });
  auto connection = Connection::open(socket_, false, soon());
  ASSERT_TRUE(connection.ok());
  EXPECT_THAT(connection->call(kCall, soon()).error().message(), HasSubstr("closed the connection"));
}

TEST_F(DbusConnection, AServerThatTalksNonsense) {
  serve([](Peer& peer) {
    peer.accept_client();
    peer.message();
    peer.send(std::string(64, 'x'));
  });
  auto connection = Connection::open(socket_, false, soon());
  ASSERT_TRUE(connection.ok());
  EXPECT_EQ(connection->call(kCall, soon()).error().code(), ErrorCode::protocol);
}

TEST_F(DbusConnection, NobodyThere) {
  EXPECT_EQ(Connection::open(socket_, false, soon()).error().sys_errno(), ENOENT);
}

TEST_F(DbusConnection, TheRealDaemon) {
  if (!sys::exists("/usr/bin/dbus-daemon")) GTEST_SKIP() << "needs dbus-daemon";
  child_ = fork();
  if (child_ == 0) {
    const std::string address = "--address=unix:path=" + socket_.path;
    execl("/usr/bin/dbus-daemon", "dbus-daemon", "--session", "--nofork", "--nosyslog", "--nopidfile",
          address.c_str(), nullptr);
    _exit(127);
  }
  auto connection = Connection::open(socket_, true, soon());
  for (int tries = 0; !connection.ok() && tries < 500; ++tries) {
    usleep(10'000);
    connection = Connection::open(socket_, true, soon());
  }
  ASSERT_TRUE(connection.ok()) << connection.error().message();
  const std::string bus = "org.freedesktop.DBus";
  const auto names = connection->call({bus, "/org/freedesktop/DBus", bus, "ListNames", {}}, soon());
  ASSERT_TRUE(names.ok()) << names.error().message();
  ASSERT_EQ(names->values.size(), 1U);
  EXPECT_THAT(std::get<Array>(names->values[0].data).items, testing::Contains(Value{bus}));
  const auto match = connection->call(
      {bus, "/org/freedesktop/DBus", bus, "AddMatch", {{std::string("type='signal',member='NameAcquired'")}}},
      soon());
  EXPECT_TRUE(match.ok() && match->ok());
  const auto owned = connection->call(
      {bus, "/org/freedesktop/DBus", bus, "RequestName", {{std::string("org.cove.Test")}, {uint32_t{0}}}},
      soon());
  ASSERT_TRUE(owned.ok() && owned->ok());
  EXPECT_EQ(owned->values[0], Value{uint32_t{1}});
  const auto acquired = connection->wait_signal(
      [](const Message& signal) {
        const auto body = read_body(signal);
        return signal.member == "NameAcquired" && body.ok() &&
               body->at(0) == Value{std::string("org.cove.Test")};
      },
      soon());
  EXPECT_TRUE(acquired.ok());
  const auto unknown = connection->call({bus, "/org/freedesktop/DBus", bus, "NoSuchMethod", {}}, soon());
  ASSERT_TRUE(unknown.ok());
  EXPECT_EQ(unknown->error_name, "org.freedesktop.DBus.Error.UnknownMethod");
  EXPECT_FALSE(unknown->error_text().empty());
}

}  // namespace
}  // namespace cove::dbus

#include "launch/protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sys/socket.h"

namespace cove::launch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

LaunchPlan plan_with_everything() {
  LaunchPlan plan;
  plan.ns(NamespaceKind::network) = {NamespaceMode::join, "/proc/1/ns/net"};
  plan.ns(NamespaceKind::user).mode = NamespaceMode::fresh;
  plan.process.stdio = StdioMode::tty;
  return plan;
}

struct Ends {
  Channel parent;
  Channel child;
};
Ends connect(const LaunchPlan& plan) {
  sys::SocketPair pair = sys::make_seqpacket_pair().value();
  return {Channel(std::move(pair.first), Side::parent, expected_sequence(plan)),
          Channel(std::move(pair.second), Side::child, expected_sequence(plan))};
}

TEST(Protocol, SequenceFollowsFromThePlan) {
  EXPECT_TRUE(expected_sequence(LaunchPlan{}).empty());
  EXPECT_THAT(expected_sequence(plan_with_everything()),
              ElementsAre(Message::spawned, Message::ids_ready, Message::console));
  LaunchPlan mapped;
  mapped.mounts.emplace_back().idmapped = true;
  EXPECT_THAT(expected_sequence(mapped), ElementsAre(Message::ids_ready));
  LaunchPlan networked;
  networked.net_devices.push_back({"eth1", ""});
  EXPECT_THAT(expected_sequence(networked), ElementsAre(Message::ids_ready));
  LaunchPlan attached;
  attached.networks = {"bridge"};
  EXPECT_THAT(expected_sequence(attached), ElementsAre(Message::ids_ready));
}

TEST(Protocol, WholeConversation) {
  Ends ends = connect(plan_with_everything());
  ASSERT_TRUE(ends.child.send(Message::spawned, {}, 4711).ok());
  EXPECT_EQ(ends.parent.receive()->decoded.pid, 4711);
  ASSERT_TRUE(ends.parent.send(Message::ids_ready).ok());
  EXPECT_EQ(ends.child.receive()->decoded.message, Message::ids_ready);
  const int fd = 0;
  ASSERT_TRUE(ends.child.send(Message::console, {&fd, 1}).ok());
  EXPECT_FALSE(ends.parent.complete());
  EXPECT_EQ(ends.parent.receive()->fds.size(), 1U);
  EXPECT_TRUE(ends.parent.complete());
  ends.child.close();
  EXPECT_TRUE(ends.parent.receive()->closed);
}

TEST(Protocol, OutOfOrderIsRefusedBySender) {
  Ends ends = connect(plan_with_everything());
  EXPECT_EQ(ends.child.send(Message::console).error().code(), ErrorCode::protocol);
  EXPECT_EQ(ends.parent.send(Message::spawned).error().code(), ErrorCode::protocol);
}

TEST(Protocol, OutOfOrderIsRefusedByReceiver) {
  sys::SocketPair pair = sys::make_seqpacket_pair().value();
  Channel parent(std::move(pair.first), Side::parent, {Message::spawned, Message::console});
  Channel liar(std::move(pair.second), Side::child, {Message::console});
  ASSERT_TRUE(liar.send(Message::console).ok());
  EXPECT_THAT(parent.receive().error().message(), HasSubstr("console received out of order"));
}

TEST(Protocol, FailureCarriesEverythingAtAnyTime) {
  Ends ends = connect(plan_with_everything());
  ends.child.send_failure({9, ErrorCode::overlay_userns, 1, "overlay on /", "use --rw"});
  const auto received = ends.parent.receive();
  ASSERT_TRUE(received.ok());
  const Failure& failure = *received->decoded.failure;
  EXPECT_EQ(failure.step, 9);
  EXPECT_EQ(failure.code, ErrorCode::overlay_userns);
  EXPECT_EQ(failure.sys_errno, 1);
  EXPECT_EQ(failure.message, "overlay on /");
  EXPECT_EQ(failure.hint, "use --rw");
}

TEST(Protocol, LongTextIsCutNotLost) {
  std::array<std::byte, kMaxDatagram> buffer{};
  const Failure failure{1, ErrorCode::system, 2, std::string(5000, 'm'), std::string(5000, 'h')};
  const size_t size = encode(Message::failed, 0, &failure, buffer);
  EXPECT_EQ(size, kMaxDatagram);
  const auto decoded = decode(std::span(buffer).first(size));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->failure->message, std::string(1024, 'm'));
  EXPECT_EQ(decoded->failure->hint, std::string(1000, 'h'));
}

TEST(Protocol, DecodeRefusesWhatWasNotEncoded) {
  std::array<std::byte, kMaxDatagram> buffer{};
  const size_t size = encode(Message::spawned, 1, nullptr, buffer);
  EXPECT_TRUE(decode(std::span(buffer).first(size)).ok());
  EXPECT_FALSE(decode(std::span(buffer).first(size - 1)).ok());
  EXPECT_FALSE(decode(std::span(buffer).first(size + 1)).ok());
  EXPECT_FALSE(decode({}).ok());
  buffer[0] = std::byte{0};
  EXPECT_FALSE(decode(std::span(buffer).first(size)).ok());
}

}  // namespace
}  // namespace cove::launch

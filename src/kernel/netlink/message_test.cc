#include "kernel/netlink/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel/netlink/objects.h"

namespace cove::netlink {
namespace {

using testing::HasSubstr;

template <typename Body>
Bytes bytes_of(const Body& body) {
  return std::as_bytes(std::span(&body, 1));
}

Message only_message(const MessageWriter& writer) {
  Bytes rest = writer.bytes();
  const auto message = next_message(rest);
  EXPECT_TRUE(message.ok() && message->has_value());
  EXPECT_TRUE(rest.empty());
  return **message;
}

TEST(Message, IsReadAsItWasWritten) {
  MessageWriter writer;
  writer.begin(RTM_NEWLINK, NLM_F_REQUEST);
  ifinfomsg body{};
  body.ifi_index = 7;
  writer.body(body);
  writer.text(IFLA_IFNAME, "eth0");
  const size_t outer = writer.open(IFLA_LINKINFO);
  writer.text(IFLA_INFO_KIND, "dummy");
  writer.close(outer);
  writer.number(IFLA_MTU, 1400);
  writer.begin(RTM_DELLINK, 0);
  EXPECT_EQ(writer.count(), 2U);

  Bytes rest = writer.bytes();
  const Message first = *next_message(rest).value();
  EXPECT_EQ(first.type, RTM_NEWLINK);
  EXPECT_EQ(first.flags, NLM_F_REQUEST);
  EXPECT_EQ(first.sequence, 1U);
  EXPECT_EQ(first.body<ifinfomsg>()->ifi_index, 7);
  Bytes attributes = first.attributes(sizeof body);
  const Attribute name = *next_attribute(attributes).value();
  EXPECT_EQ(name.type, IFLA_IFNAME);
  EXPECT_EQ(name.text(), "eth0");
  EXPECT_EQ(name.value.size(), 5U);  // padded to 8
  const Attribute info = *next_attribute(attributes).value();
  EXPECT_EQ(info.type, IFLA_LINKINFO);  // without its flag
  Bytes inner = info.value;
  EXPECT_EQ(next_attribute(inner).value()->text(), "dummy");
  EXPECT_FALSE(next_attribute(inner)->has_value());
  EXPECT_EQ(next_attribute(attributes).value()->number(), 1400U);
  EXPECT_FALSE(next_attribute(attributes)->has_value());

  const Message second = *next_message(rest).value();
  EXPECT_EQ(second.type, RTM_DELLINK);
  EXPECT_EQ(second.sequence, 2U);
  EXPECT_FALSE(second.body<ifinfomsg>().has_value());
  EXPECT_TRUE(second.attributes(sizeof body).empty());
  EXPECT_FALSE(next_message(rest)->has_value());
}

TEST(Message, NumbersHaveTheirSize) {
  const uint32_t four = 5;
  const uint64_t eight = uint64_t{1} << 40;
  EXPECT_EQ((Attribute{1, bytes_of(four)}.number()), 5U);
  EXPECT_EQ((Attribute{1, bytes_of(four)}.long_number()), std::nullopt);
  EXPECT_EQ((Attribute{1, bytes_of(eight)}.number()), std::nullopt);
  EXPECT_EQ((Attribute{1, bytes_of(eight)}.long_number()), eight);
  EXPECT_EQ((Attribute{1, {}}.text()), "");
}

TEST(Message, RefusesLengthsThatLie) {
  for (const uint32_t length : {0U, 15U, 21U, 0xffffffffU}) {
    nlmsghdr header{length, NLMSG_NOOP, 0, 1, 0};
    std::vector<std::byte> bytes(20);
    memcpy(bytes.data(), &header, sizeof header);
    Bytes rest = bytes;
    const auto message = next_message(rest);
    ASSERT_FALSE(message.ok()) << length;
    EXPECT_EQ(message.error().code(), ErrorCode::protocol);
  }
  std::vector<std::byte> tail(15);
  Bytes rest = tail;
  EXPECT_THAT(next_message(rest).error().message(),
              HasSubstr("message header of 16 bytes, where there are 15"));
  for (const uint16_t length : {uint16_t{0}, uint16_t{3}, uint16_t{9}, uint16_t{0xffff}}) {
    const nlattr header{length, 1};
    std::vector<std::byte> bytes(8);
    memcpy(bytes.data(), &header, sizeof header);
    Bytes attributes = bytes;
    EXPECT_FALSE(next_attribute(attributes).ok()) << length;
  }
  Bytes three = Bytes(tail).first(3);
  EXPECT_FALSE(next_attribute(three).ok());
}

// The last attribute of a message may lack its padding.
TEST(Message, TakesAnUnpaddedEnd) {
  const nlattr header{5, 1};
  std::vector<std::byte> bytes(5);
  memcpy(bytes.data(), &header, sizeof header);
  Bytes rest = bytes;
  EXPECT_EQ(next_attribute(rest).value()->value.size(), 1U);
  EXPECT_TRUE(rest.empty());
}

struct AckShape {
  int error = 0;
  uint16_t flags = 0;
  uint32_t repeated = sizeof(nlmsghdr);  // nlmsg_len of the request
};
Result<Acknowledgement> acknowledge(const AckShape& shape, std::string_view words) {
  MessageWriter writer;
  writer.begin(NLMSG_ERROR, shape.flags);
  nlmsgerr body{};
  body.error = shape.error;
  body.msg.nlmsg_len = shape.repeated;
  writer.body(body);
  if ((shape.flags & NLM_F_CAPPED) == 0 && shape.repeated < 100) {
    for (uint32_t i = sizeof body.msg; i < shape.repeated; i += 4) writer.body(0xffffffff);
  }
  if (!words.empty()) writer.text(NLMSGERR_ATTR_MSG, words);
  return parse_acknowledgement(only_message(writer));
}

TEST(Acknowledgement, TellsErrorAndWords) {
  EXPECT_EQ(acknowledge({}, "")->error, 0);
  EXPECT_EQ(acknowledge({.error = -ENODEV}, "")->error, ENODEV);
  const auto capped = acknowledge({-EINVAL, NLM_F_ACK_TLVS | NLM_F_CAPPED, 100}, "so it is");
  EXPECT_EQ(capped->error, EINVAL);
  EXPECT_EQ(capped->words, "so it is");
  // With the whole request in front of the words.
  EXPECT_EQ(acknowledge({-EINVAL, NLM_F_ACK_TLVS, 33}, "so it is")->words, "so it is");
  // Without the flag there are none.
  EXPECT_EQ(acknowledge({.error = -EINVAL}, "so it is")->words, "");
}

TEST(Acknowledgement, RefusesNonsense) {
  EXPECT_FALSE(acknowledge({.error = 5}, "").ok());
  EXPECT_FALSE(acknowledge({.error = INT32_MIN}, "").ok());
  EXPECT_EQ(acknowledge({-EINVAL, NLM_F_ACK_TLVS, 0xffffffff}, "").ok(), true);
  MessageWriter writer;
  writer.begin(NLMSG_DONE, 0);
  EXPECT_FALSE(parse_acknowledgement(only_message(writer)).ok());
}

MessageWriter link_message(std::string_view name, size_t counter_bytes) {
  MessageWriter writer;
  writer.begin(RTM_NEWLINK, 0);
  ifinfomsg body{};
  body.ifi_index = 3;
  writer.body(body);
  writer.text(IFLA_IFNAME, name);
  rtnl_link_stats64 stats{.rx_packets = 1,
                          .tx_packets = 2,
                          .rx_bytes = 3,
                          .tx_bytes = 4,
                          .rx_errors = 5,
                          .tx_errors = 6,
                          .rx_dropped = 7,
                          .tx_dropped = 8};
  writer.attribute(IFLA_STATS64, bytes_of(stats).first(counter_bytes));
  return writer;
}

TEST(Objects, LinkCounters) {
  const auto link = parse_link(only_message(link_message("eth0", sizeof(rtnl_link_stats64))));
  ASSERT_TRUE(link.ok());
  EXPECT_EQ(link->counters, (LinkCounters{3, 1, 5, 7, 4, 2, 6, 8}));
  EXPECT_FALSE(parse_link(only_message(link_message("eth0", 60))).ok());
  EXPECT_FALSE(parse_link(only_message(link_message("", 64))).ok());
}

TEST(Objects, WhatIsIncompleteIsRefused) {
  MessageWriter empty;
  empty.begin(RTM_NEWLINK, 0);
  EXPECT_FALSE(parse_link(only_message(empty)).ok());
  EXPECT_FALSE(parse_address(only_message(empty)).ok());
  for (const size_t size : {0U, 3U, 16U}) {
    MessageWriter writer;
    writer.begin(RTM_NEWADDR, 0);
    ifaddrmsg body{};
    body.ifa_family = AF_INET;
    body.ifa_index = 1;
    writer.body(body);
    writer.attribute(IFA_LOCAL, bytes_of(std::array<char, 16>{}).first(size));
    EXPECT_FALSE(parse_address(only_message(writer)).ok()) << size;
  }
}

TEST(Objects, NamesOfDevices) {
  for (const char* name : {"a", "eth0", "fifteen-bytes-x", "eth0.5", "e%d"})
    EXPECT_TRUE(check_link_name(name).ok()) << name;
  for (const char* name : {"", ".", "..", "a/b", "a b", "a:1", "sixteen-bytes-xx", "a\n"}) {
    const Status refused = check_link_name(name);
    ASSERT_FALSE(refused.ok()) << name;
    EXPECT_EQ(refused.error().code(), ErrorCode::invalid_argument);
  }
}

TEST(Objects, AddressesInWords) {
  EXPECT_EQ(
      print_address(
          {.family = AF_INET, .prefix_length = 24, .local = "\x0a\x01\x02\x03", .peer = "\x0a\x01\x02\x03"}),
      "10.1.2.3/24");
  const std::string six = std::string("\xfd", 1) + std::string(14, '\0') + "\x01";
  EXPECT_EQ(print_address({.family = AF_INET6, .prefix_length = 64, .local = six, .peer = six}),
            "fd00::1/64");
  EXPECT_EQ(print_address({.family = AF_INET6, .local = "abcd", .peer = "abcd"}), "?");
}

}  // namespace
}  // namespace cove::netlink

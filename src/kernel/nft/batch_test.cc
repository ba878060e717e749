#include "kernel/nft/batch.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>

#include "kernel/nft/objects.h"
#include "kernel/nft/rule.h"

namespace cove::nft {
namespace {

using netlink::Message;
using netlink::next_message;

std::string hex(Bytes bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned>(byte));
  return text;
}

std::vector<Message> messages_of(Bytes bytes) {
  std::vector<Message> messages;
  while (true) {
    const auto message = next_message(bytes);
    EXPECT_TRUE(message.ok());
    if (!message.ok() || !message->has_value()) return messages;
    messages.push_back(**message);
  }
}

// As `nft --debug=mnl` has them, in the byte order of this machine: a length of 16 bits, a type of 16, and
// numbers in network order.
TEST(NftBatch, IsFramed) {
  Batch batch("t");
  batch.add_table();
  const Bytes bytes = batch.finish();
  EXPECT_EQ(hex(bytes),
            "14000000"
            "1000"
            "0100"
            "01000000"
            "00000000"
            "00"
            "00"
            "000a"  // NFNL_MSG_BATCH_BEGIN
            "1c000000"
            "000a"
            "0504"
            "02000000"
            "00000000"
            "01"
            "00"
            "0000"  // NFT_MSG_NEWTABLE, inet
            "0600"
            "0100"
            "74000000"  // NFTA_TABLE_NAME "t"
            "14000000"
            "1100"
            "0100"
            "03000000"
            "00000000"
            "00"
            "00"
            "000a");
  EXPECT_EQ(batch.answers(), 1U);
  EXPECT_EQ(batch.description(2), "make the nftables table t");
  EXPECT_EQ(batch.description(99), "change nftables");
}

TEST(NftBatch, ARuleIsAListOfExpressions) {
  Batch batch("t");
  RuleWriter(batch, "c").family(NFPROTO_IPV4).drop();
  const std::vector<Message> messages = messages_of(batch.finish());
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(messages[1].type, NFNL_SUBSYS_NFTABLES << 8U | NFT_MSG_NEWRULE);
  EXPECT_EQ(messages[1].flags, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_APPEND);
  EXPECT_EQ(hex(messages[1].attributes(sizeof(nfgenmsg))),
            "0600"
            "0100"
            "74000000"  // NFTA_RULE_TABLE
            "0600"
            "0200"
            "63000000"  // NFTA_RULE_CHAIN
            "8400"
            "0480"  // NFTA_RULE_EXPRESSIONS
            "2400"
            "0180"
            "0900"
            "0100"
            "6d65746100000000"
            "1400"
            "0280"
            "0800"
            "0100"
            "00000008"
            "0800"
            "0200"
            "0000000f"  // meta load nfproto => reg 8
            "2c00"
            "0180"
            "0800"
            "0100"
            "636d7000"
            "2000"
            "0280"
            "0800"
            "0100"
            "00000008"
            "0800"
            "0200"
            "00000000"
            "0c00"
            "0380"
            "0500"
            "0100"
            "02000000"  // cmp eq 2
            "3000"
            "0180"
            "0e00"
            "0100"
            "696d6d6564696174"
            "65000000"
            "1c00"
            "0280"
            "0800"
            "0100"
            "00000000"
            "1000"
            "0280"
            "0c00"
            "0280"
            "0800"
            "0100"
            "00000000");  // verdict drop
}

TEST(NftBatch, KeysOfSeveralFieldsArePadded) {
  Fields key;
  const std::string address("\x0a\x01\x02\x03", 4);
  key.bytes(std::as_bytes(std::span(address.data(), address.size()))).number(6).port(8080);
  EXPECT_EQ(hex(key.get()),
            "0a010203"
            "06000000"
            "1f900000");
  Fields name;
  name.interface("cove0");
  EXPECT_EQ(hex(name.get()),
            "636f766530"
            "0000000000000000000000");
  Fields longest;
  longest.interface("sixteen-bytes-or-more");
  EXPECT_EQ(longest.get().size(), 16U);
  EXPECT_EQ(static_cast<char>(longest.get()[15]), '\0');
}

TEST(NftBatch, ManyElementsAreSeveralMessages) {
  std::vector<Element> elements(600);
  Batch batch("t");
  batch.add_elements("s", elements);
  EXPECT_EQ(batch.answers(), 3U);
  Batch none("t");
  none.add_elements("s", {});
  EXPECT_EQ(none.answers(), 0U);
}

// What the kernel would answer with is what was asked for.
TEST(NftObjects, ElementsAreReadAsTheyWereWritten) {
  Element element;
  element.key.number(6).port(80);
  element.key_end.number(6).port(90);
  element.value.port(8080);
  element.comment = "0123456789ab";
  Batch batch("t");
  batch.add_elements("s", {&element, 1});
  const std::vector<Message> messages = messages_of(batch.finish());
  std::vector<FoundElement> found;
  const Status parsed = parse_elements(messages[1], found);
  ASSERT_TRUE(parsed.ok()) << parsed.error().message();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key, std::string("\x06\0\0\0\0\x50\0\0", 8));
  EXPECT_EQ(found[0].key_end, std::string("\x06\0\0\0\0\x5a\0\0", 8));
  EXPECT_EQ(found[0].value, std::string("\x1f\x90\0\0", 4));
  EXPECT_EQ(found[0].comment, "0123456789ab");
  EXPECT_FALSE(parse_elements(messages[0], found).ok());
  EXPECT_EQ(parse_chain(messages[1]).error().code(), ErrorCode::protocol);
}

TEST(NftObjects, ChainsAreReadAsTheyWereWritten) {
  Batch batch("t");
  batch.add_chain({"c", ChainType::nat, NF_INET_FORWARD, -100});
  const auto chain = parse_chain(messages_of(batch.finish())[1]);
  ASSERT_TRUE(chain.ok()) << chain.error().message();
  EXPECT_EQ(chain->table, "t");
  EXPECT_EQ(chain->name, "c");
  EXPECT_EQ(chain->family, NFPROTO_INET);
  EXPECT_EQ(chain->hook, NF_INET_FORWARD);
  EXPECT_FALSE(chain->drops);
}

}  // namespace
}  // namespace cove::nft

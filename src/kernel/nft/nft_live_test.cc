// Tables, sets and rules, against the kernel, in a network namespace of the test's own.
#include <errno.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <sched.h>
#include <unistd.h>

#include "kernel/nft/rule.h"
#include "kernel/nft/socket.h"
#include "sys/process.h"

namespace cove::nft {
namespace {

using ::testing::HasSubstr;

class Nft : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root may make network namespaces";
    ASSERT_TRUE(sys::unshare_namespaces(CLONE_NEWNET).ok());
    const auto opened = Socket::open();
    if (!opened.ok() && opened.error().sys_errno() == EPROTONOSUPPORT) GTEST_SKIP() << "no nf_tables";
    ASSERT_TRUE(opened.ok()) << opened.error().message();
  }
  static Socket socket() { return std::move(Socket::open().value()); }
  static Status run(Batch& batch) { return socket().run(batch); }
};

constexpr std::array kKey{Datatype::ipv4, Datatype::protocol, Datatype::port};
constexpr std::array kValue{Datatype::ipv4, Datatype::port};
constexpr std::array kAddress{Datatype::ipv4};

Element port_element(uint16_t port, uint16_t last = 0) {
  const std::string host(4, '\0');
  const std::string to("\x0a\x01\x02\x03", 4);
  const auto bytes = [](const std::string& text) {
    return std::as_bytes(std::span(text.data(), text.size()));
  };
  Element element;
  element.key.bytes(bytes(host)).number(6).port(port);
  if (last != 0) element.key_end.bytes(bytes(host)).number(6).port(last);
  element.value.bytes(bytes(to));
  if (last == 0) element.value.port(80);
  element.comment = "somebody";
  return element;
}

TEST_F(Nft, ATableIsMadeAsAWhole) {
  Batch batch("t");
  batch.add_table();
  batch.add_set({"ports", kKey, kValue, false});
  batch.add_set({"ranges", kKey, kAddress, true});
  batch.add_chain({"dnat", ChainType::nat, NF_INET_PRE_ROUTING, -100});
  batch.add_chain({"forward", ChainType::filter, NF_INET_FORWARD, 0});
  const Register port = Register::r9;
  RuleWriter(batch, "dnat")
      .family(NFPROTO_IPV4)
      .load_destination(NFPROTO_IPV4, Register::r0)
      .load_protocol(Register::r1)
      .load_destination_port(Register::r2)
      .in_map("ports", Register::r0, Register::r8)
      .destination_nat(NFPROTO_IPV4, Register::r8, &port);
  RuleWriter(batch, "forward").connection_state(1U << (IP_CT_ESTABLISHED + 1)).accept();
  RuleWriter(batch, "forward").connection_status(IPS_DST_NAT).drop();
  const std::vector<Element> elements{port_element(8080), port_element(8081)};
  batch.add_elements("ports", elements);
  const Element range = port_element(9000, 9999);
  batch.add_elements("ranges", {&range, 1});
  const Status made = run(batch);
  ASSERT_TRUE(made.ok()) << made.error().message();
  EXPECT_TRUE(socket().has_table("t").value());
  EXPECT_FALSE(socket().has_table("u").value());

  const auto found = socket().elements("t", "ports");
  ASSERT_TRUE(found.ok()) << found.error().message();
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ(found->front().key.size(), 12U);
  EXPECT_EQ(found->front().value.substr(0, 6), std::string("\x0a\x01\x02\x03\0\x50", 6));
  EXPECT_EQ(found->front().comment, "somebody");
  const auto ranges = socket().elements("t", "ranges");
  ASSERT_TRUE(ranges.ok()) << ranges.error().message();
  ASSERT_EQ(ranges->size(), 1U);
  EXPECT_EQ(ranges->front().key_end.substr(8, 2), "\x27\x0f");
  const auto chains = socket().chains();
  ASSERT_TRUE(chains.ok()) << chains.error().message();
  ASSERT_EQ(chains->size(), 2U);
  EXPECT_EQ(chains->back().hook, NF_INET_FORWARD);
}

TEST_F(Nft, AFailureChangesNothing) {
  Batch first("t");
  first.add_table();
  first.add_set({"ports", kKey, kValue, false});
  const Element element = port_element(80);
  first.add_elements("ports", {&element, 1});
  ASSERT_TRUE(run(first).ok());

  Batch second("t");
  const std::vector<Element> elements{port_element(81), port_element(80)};
  second.add_elements("ports", elements);
  const Status refused = run(second);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().sys_errno(), EEXIST);
  EXPECT_THAT(refused.error().message(), HasSubstr("change the nftables set t ports"));
  EXPECT_EQ(socket().elements("t", "ports")->size(), 1U);

  Batch third("t");
  third.delete_elements("ports", {&elements[0], 1});
  EXPECT_EQ(run(third).error().sys_errno(), ENOENT);
  Batch fourth("t");
  fourth.delete_elements("ports", {&elements[1], 1});
  EXPECT_TRUE(run(fourth).ok());
  EXPECT_EQ(socket().elements("t", "ports")->size(), 0U);
  EXPECT_EQ(socket().elements("t", "none").error().sys_errno(), ENOENT);
}

TEST_F(Nft, ATableIsReplacedInOneStep) {
  for (int i = 0; i < 2; ++i) {
    Batch batch("t");
    batch.add_table();
    batch.delete_table();
    batch.add_table();
    batch.add_chain({"c", ChainType::filter});
    ASSERT_TRUE(run(batch).ok());
    EXPECT_EQ(socket().chains()->size(), 1U);
  }
}

// 20,000 elements are one transaction, and one datagram.
TEST_F(Nft, ALargeBatchFindsRoom) {
  std::vector<Element> elements;
  for (uint16_t port = 1; port <= 20'000; ++port) elements.push_back(port_element(port));
  Batch batch("t");
  batch.add_table();
  batch.add_set({"ports", kKey, kValue, false});
  batch.add_elements("ports", elements);
  const Status made = run(batch);
  ASSERT_TRUE(made.ok()) << made.error().message();
  EXPECT_EQ(socket().elements("t", "ports")->size(), 20'000U);
}

}  // namespace
}  // namespace cove::nft

#include "network/network.h"

#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "network/attachment.h"
#include "network/firewall.h"
#include "network/ports.h"
#include "network/request.h"
#include "network/subnets.h"
#include "network/user_mode.h"

namespace cove::network {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

IpAddress address(std::string_view text) {
  const auto parsed = parse_address(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return *parsed;
}

Subnet subnet(std::string_view text) {
  const auto parsed = parse_subnet(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return *parsed;
}

TEST(Addresses, AreReadAndPrinted) {
  for (const char* text : {"0.0.0.0", "10.1.2.3", "255.255.255.255", "::", "::1", "fd00:1::2"})
    EXPECT_EQ(print_address(address(text)), text);
  EXPECT_EQ(print_address({}), "");
  EXPECT_EQ(address("10.1.2.3").bytes(), "\x0a\x01\x02\x03");
  EXPECT_EQ(address_of("\x0a\x01\x02\x03"), address("10.1.2.3"));
  EXPECT_FALSE(address_of("abc").given());
  for (const char* text : {"", "10.1", "10.1.2.256", "10.1.2.3/24", "fd00::g", "10.1.2.3 "})
    EXPECT_EQ(parse_address(text).error().code(), ErrorCode::invalid_argument) << text;
}

TEST(Subnets, KnowWhatIsInThem) {
  const Subnet net = subnet("10.1.0.0/16");
  EXPECT_EQ(net.size(), Number{65536});
  EXPECT_TRUE(net.contains(address("10.1.255.255")));
  EXPECT_FALSE(net.contains(address("10.2.0.0")));
  EXPECT_FALSE(net.contains(address("10.0.255.255")));
  EXPECT_FALSE(net.contains(address("::")));
  EXPECT_TRUE(net.contains(subnet("10.1.7.0/24")));
  EXPECT_FALSE(net.contains(subnet("10.0.0.0/8")));
  EXPECT_TRUE(net.overlaps(subnet("10.0.0.0/8")));
  EXPECT_FALSE(net.overlaps(subnet("10.2.0.0/16")));
  EXPECT_EQ(print_address(net.last()), "10.1.255.255");
  EXPECT_EQ(print_address(subnet("fd00:1::/64").last()), "fd00:1::ffff:ffff:ffff:ffff");
  EXPECT_TRUE(subnet("::/0").contains(address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")));
  EXPECT_TRUE(subnet("0.0.0.0/0").contains(address("255.255.255.255")));
  EXPECT_EQ(print_subnet(subnet_of(address("10.1.2.3"), 24)), "10.1.2.0/24");
}

TEST(Subnets, BitsBehindThePrefixAreRefused) {
  const auto refused = parse_subnet("10.1.2.3/24");
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().hint(), HasSubstr("it should be 10.1.2.0/24"));
  for (const char* text : {"10.1.0.0", "10.1.0.0/33", "10.1.0.0/", "/8", "fd00::/129", "10.1.0.0/-1"})
    EXPECT_FALSE(parse_subnet(text).ok()) << text;
}

TEST(Subnets, TheFirstThatIsFreeIsChosen) {
  EXPECT_EQ(print_subnet(*free_subnet(true, {})), "10.88.0.0/16");
  EXPECT_EQ(print_subnet(*free_subnet(true, {subnet("10.88.7.0/24"), subnet("10.89.0.0/16")})),
            "10.90.0.0/16");
  EXPECT_EQ(print_subnet(*free_subnet(true, {subnet("10.0.0.0/8")})), "172.16.0.0/16");
  EXPECT_EQ(print_subnet(*free_subnet(true, {subnet("10.0.0.0/8"), subnet("172.16.0.0/12")})),
            "192.168.0.0/24");
  EXPECT_EQ(print_subnet(*free_subnet(false, {subnet("10.128.0.0/23")})), "10.128.2.0/24");
  EXPECT_FALSE(free_subnet(false, {subnet("10.0.0.0/8"), subnet("192.168.0.0/16")}).has_value());
  const Subnet local = unique_local_subnet(0x123456789a);
  EXPECT_EQ(print_subnet(local), "fd12:3456:789a::/64");
}

Network full_network() {
  Network network;
  network.id = std::string(64, 'a');
  network.name = "web";
  network.created_ns = 7;
  network.driver = Driver::macvlan;
  network.pools = {{subnet("10.1.0.0/16"), address("10.1.0.1"), subnet("10.1.2.0/24")},
                   {subnet("fd00::/64"), address("fd00::1"), {}}};
  network.internal = true;
  network.nameless = true;
  network.mtu = 1400;
  network.device = "eth0";
  network.labels = {{"a", "b"}};
  network.options = {{"parent", "eth0"}};
  return network;
}

TEST(NetworkRecord, IsReadAsItWasWritten) {
  const std::string text = print_network(full_network());
  const auto read = parse_network(text);
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(print_network(*read), text);
  EXPECT_EQ(read->driver, Driver::macvlan);
  EXPECT_EQ(read->pool(AF_INET6)->gateway, address("fd00::1"));
}

TEST(NetworkRecord, WhatOthersRelyOnIsChecked) {
  const auto refused = [](auto change) {
    Network network = full_network();
    change(network);
    const auto read = parse_network(print_network(network));
    return read.ok() ? std::string() : read.error().message();
  };
  EXPECT_THAT(refused([](Network& n) { n.id = "../x"; }), HasSubstr("id"));
  EXPECT_THAT(refused([](Network& n) { n.device = "a/b"; }), HasSubstr("'a/b'"));
  EXPECT_THAT(refused([](Network& n) { n.pools[0].gateway = address("10.2.0.1"); }), HasSubstr("gateway"));
  EXPECT_THAT(refused([](Network& n) { n.pools[0].range = subnet("10.2.0.0/24"); }), HasSubstr("ipRange"));
  EXPECT_THAT(refused([](Network& n) { n.pools[1] = n.pools[0]; }), HasSubstr("pools"));
}

TEST(NetworkNames, AreThoseThatDockerTakes) {
  for (const char* name : {"a", "web-1", "A.b_c", "bridge"})
    EXPECT_TRUE(check_network_name(name).ok()) << name;
  for (const char* name :
       {"", "none", "host", "default", "pasta", "slirp4netns", "-a", "a b", "a/b", "a:b", "ä"})
    EXPECT_FALSE(check_network_name(name).ok()) << name;
}

TEST(PortRequests, AreReadInAllForms) {
  const auto port = [](std::string_view text) {
    const auto parsed = parse_port_request(text);
    EXPECT_TRUE(parsed.ok()) << text;
    return print_port_request(*parsed);
  };
  EXPECT_EQ(port("80"), "80/tcp");
  EXPECT_EQ(port("8080:80"), "8080:80/tcp");
  EXPECT_EQ(port("8080:80/udp"), "8080:80/udp");
  EXPECT_EQ(port("127.0.0.1:8080:80"), "127.0.0.1:8080:80/tcp");
  EXPECT_EQ(port("127.0.0.1::80"), "127.0.0.1::80/tcp");
  EXPECT_EQ(port("[::1]:8080:80"), "[::1]:8080:80/tcp");
  EXPECT_EQ(port("::1:8080:80"), "[::1]:8080:80/tcp");
  EXPECT_EQ(port("8000-8010:8000-8010"), "8000-8010:8000-8010/tcp");
  EXPECT_EQ(port("8000-8010:80"), "8000-8010:80/tcp");
  EXPECT_EQ(port(":80"), "80/tcp");
  for (const char* text : {"", "a", "0", "65536", "8080:", "80/sctp", "8000-8010:80-81", "90-80",
                           "1.2.3:80:80", "1.2.3.4:80", "8080:80:tcp"})
    EXPECT_FALSE(parse_port_request(text).ok()) << text;
}

TEST(MacAddresses, AreOfOneInterface) {
  EXPECT_EQ(print_mac(*parse_mac("02:42:0A:00:00:ff")), "02:42:0a:00:00:ff");
  for (const char* text :
       {"", "02:42:0a:00:00", "01:00:5e:00:00:01", "2:42:0a:00:00:01", "00:00:00:00:00:00"})
    EXPECT_FALSE(parse_mac(text).ok()) << text;
}

PublishedPort published(std::string_view host, uint16_t port, uint16_t count = 1) {
  return {Protocol::tcp, address(host), port, address("10.1.0.2"), port, count};
}

TEST(PublishedPorts, CollideWhereTheyAreTheSame) {
  EXPECT_TRUE(collide(published("0.0.0.0", 80), published("127.0.0.1", 80)));
  EXPECT_TRUE(collide(published("127.0.0.1", 80), published("127.0.0.1", 80)));
  EXPECT_FALSE(collide(published("127.0.0.2", 80), published("127.0.0.1", 80)));
  EXPECT_TRUE(collide(published("0.0.0.0", 80, 10), published("127.0.0.1", 89)));
  EXPECT_FALSE(collide(published("0.0.0.0", 80, 10), published("127.0.0.1", 90)));
  EXPECT_TRUE(collide(published("0.0.0.0", 65535), published("0.0.0.0", 65000, 536)));
  PublishedPort udp = published("0.0.0.0", 80);
  udp.protocol = Protocol::udp;
  EXPECT_FALSE(collide(udp, published("0.0.0.0", 80)));
}

TEST(PublishedPorts, InWords) {
  PublishedPort range = published("0.0.0.0", 8000, 11);
  range.port = 80;
  PublishedPort six = published("::", 53);
  six.protocol = Protocol::udp;
  EXPECT_EQ(ports_text({range, six}), "0.0.0.0:8000-8010->80-90/tcp, [::]:53->53/udp");
  EXPECT_EQ(ports_text({}), "");
}

TEST(Attachments, AreReadAsTheyWereWritten) {
  Attachment attachment;
  attachment.owner = "0123456789ab";
  attachment.name = "web";
  attachment.pid = 7;
  attachment.start_time = 8;
  attachment.hostname = "www";
  attachment.servers = {address("9.9.9.9"), address("2620:fe::fe")};
  Endpoint endpoint;
  endpoint.network = std::string(64, 'a');
  endpoint.network_name = "bridge";
  endpoint.outer = outer_name(attachment.owner, 0);
  endpoint.interface = "eth0";
  endpoint.mac = {2, 0, 0, 0, 0, 1};
  endpoint.ipv4 = address("10.1.0.2");
  endpoint.length4 = 16;
  endpoint.gateway4 = address("10.1.0.1");
  endpoint.aliases = {"db"};
  attachment.endpoints = {endpoint};
  attachment.program = UserProgram::slirp4netns;
  attachment.program_pid = 9;
  attachment.program_start_time = 10;
  attachment.ports = {published("0.0.0.0", 8080, 3), published("::", 80)};
  const std::string text = print_attachment(attachment);
  const auto read = parse_attachment(text);
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(print_attachment(*read), text);
  EXPECT_EQ(read->ports, attachment.ports);
  EXPECT_EQ(read->servers, attachment.servers);
  EXPECT_EQ(read->hostname, "www");
  EXPECT_EQ(read->program, UserProgram::slirp4netns);
  EXPECT_EQ(read->program_pid, 9);
  EXPECT_EQ(read->program_start_time, 10U);
  EXPECT_EQ(read->endpoints[0].mac, endpoint.mac);
  EXPECT_FALSE(parse_attachment(R"({"owner":"../../etc","pid":1,"startTime":2})").ok());
  EXPECT_FALSE(parse_attachment(R"({"owner":"0123456789ab","pid":1,"startTime":2,"servers":["dns"]})").ok());
}

TEST(Attachments, HaveAProgramThatIsKnown) {
  constexpr std::string_view kOne = R"({"owner":"0123456789ab","pid":1,"startTime":2,"program":"pasta"})";
  EXPECT_EQ(parse_attachment(kOne)->program, UserProgram::pasta);
  EXPECT_EQ(parse_attachment(kOne)->program_pid, 0);
  const auto other = parse_attachment(R"({"owner":"0123456789ab","pid":1,"startTime":2,"program":"sh"})");
  EXPECT_THAT(other.error().message(), HasSubstr("program: 'sh'"));
}

TEST(UserMode, PastaLeadsToThePortsThatAreAskedForOnly) {
  const auto words = [](const std::vector<PublishedPort>& ports, const std::vector<bool>& hosts) {
    const std::vector<std::string> argv = pasta_arguments(7, ports, hosts);
    return fmt::format("{}", fmt::join(argv.begin() + 1, argv.end(), " "));
  };
  constexpr std::string_view kShut =
      "--config-net --quiet -T none -U none --no-map-gw --dns-forward 169.254.1.1 ";
  EXPECT_EQ(words({}, {}), fmt::format("{}-t none -u none 7", kShut));
  PublishedPort range = published("0.0.0.0", 8000, 3);
  range.port = 80;
  PublishedPort udp = published("::1", 53);
  udp.protocol = Protocol::udp;
  EXPECT_EQ(words({range, udp}, {false, true}), fmt::format("{}-t 8000-8002:80-82 -u ::1/53:53 7", kShut));
}

TEST(UserMode, SlirpIsAskedForEachPort) {
  EXPECT_THAT(slirp_arguments(7, ""), Not(Contains(HasSubstr("--api-socket"))));
  EXPECT_THAT(slirp_arguments(7, "/run/x.sock"), Contains("--api-socket=/run/x.sock"));
  EXPECT_EQ(slirp_port_question(published("127.0.0.1", 8080, 2), 1),
            R"({"execute":"add_hostfwd","arguments":{"proto":"tcp","host_addr":"127.0.0.1",)"
            R"("host_port":8081,"guest_port":8081}})");
  EXPECT_TRUE(understand_slirp_answer("{ \"return\": {\"id\": 42}}\n").ok());
  for (const char* answer : {"", "{}", R"({"error":{"desc":"bad request: add_hostfwd"}})", "\"return\""})
    EXPECT_FALSE(understand_slirp_answer(answer).ok()) << answer;
}

TEST(Attachments, LinksTellTheirOwner) {
  EXPECT_EQ(outer_name("0123456789ab", 35), "cv0123456789abz");
  EXPECT_LE(outer_name("0123456789ab", 0).size(), 15U);
  EXPECT_EQ(owner_of_link("cv0123456789ab0"), "0123456789ab");
  for (const char* name :
       {"cv0123456789ab", "xx0123456789ab0", "cv0123456789ag0", "cv0123456789ab00", "eth0"})
    EXPECT_FALSE(owner_of_link(name).has_value()) << name;
}

}  // namespace
}  // namespace cove::network

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "cni/call.h"
#include "cni/config.h"
#include "cni/list.h"
#include "cni/plugin.h"
#include "cni/result.h"

namespace cove::cni {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kConfig = R"({
  "cniVersion": "1.0.0", "name": "backnet", "type": "cove-cni", "network": "back",
  "capabilities": {"portMappings": true},
  "runtimeConfig": {
    "portMappings": [{"hostPort": 8080, "containerPort": 80, "protocol": "tcp"},
                     {"hostPort": 5353, "containerPort": 53, "protocol": "UDP", "hostIP": "127.0.0.1"}],
    "ips": ["10.77.0.9/24", "fd00::9"], "mac": "02:00:00:00:00:09"}})";

TEST(CniConfig, IsRead) {
  const auto config = parse_config(kConfig);
  ASSERT_TRUE(config.ok()) << config.error().message();
  EXPECT_EQ(config->network, "back");
  EXPECT_FALSE(config->chained);
  EXPECT_FALSE(config->valid.has_value());
  const auto request = request_of(*config);
  ASSERT_TRUE(request.ok()) << request.error().message();
  ASSERT_EQ(request->networks.size(), 1U);
  const network::EndpointRequest& endpoint = request->networks[0];
  EXPECT_EQ(network::print_address(endpoint.ipv4), "10.77.0.9");
  EXPECT_EQ(network::print_address(endpoint.ipv6), "fd00::9");
  EXPECT_EQ(network::print_mac(endpoint.mac), "02:00:00:00:00:09");
  ASSERT_EQ(request->ports.size(), 2U);
  EXPECT_EQ(network::print_port_request(request->ports[0]), "8080:80/tcp");
  EXPECT_EQ(network::print_port_request(request->ports[1]), "127.0.0.1:5353:53/udp");
}

TEST(CniConfig, IsRefusedWithTheField) {
  const auto refusal = [](std::string_view text) {
    const auto config = parse_config(text);
    return config.ok() ? std::string() : config.error().message();
  };
  EXPECT_THAT(refusal("[]"), HasSubstr("must be an object"));
  EXPECT_THAT(refusal(R"({"name":"a","type":"cove-cni"})"), HasSubstr("network"));
  EXPECT_THAT(refusal(R"({"name":"a/b","type":"cove-cni","network":"x"})"), HasSubstr("name"));
  EXPECT_THAT(refusal(R"({"name":"a","type":"cove-cni","network":"x","runRoot":"run"})"),
              HasSubstr("runRoot"));
  EXPECT_THAT(refusal(R"({"name":"a","type":"cove-cni","network":"x","runtimeConfig":{"portMappings":{}}})"),
              HasSubstr("portMappings"));
  const auto request = [](std::string_view mapping) {
    Config config;
    config.network = "x";
    config.ports.push_back({8080, 80, std::string(mapping), {}});
    return request_of(config).ok();
  };
  EXPECT_TRUE(request("tcp"));
  EXPECT_FALSE(request("sctp"));
  Config config;
  config.ports.push_back({70000, 80, "tcp", {}});
  EXPECT_THAT(request_of(config).error().message(), HasSubstr("hostPort"));
  config.ports.clear();
  config.ips = {"10.0.0.1", "10.0.0.2/24"};
  EXPECT_THAT(request_of(config).error().message(), HasSubstr("two of one version"));
}

TEST(CniConfig, KnowsAPreviousResultAndValidAttachments) {
  EXPECT_FALSE(parse_config(R"({"name":"a","type":"t","network":"x","prevResult":null})")->chained);
  EXPECT_TRUE(parse_config(R"({"name":"a","type":"t","network":"x","prevResult":{"ips":[]}})")->chained);
  const auto config = parse_config(
      R"({"name":"a","type":"t","network":"x","cni.dev/valid-attachments":[{"containerID":"c","ifname":"eth0"}]})");
  ASSERT_TRUE(config.ok() && config->valid && config->valid->size() == 1);
  EXPECT_EQ(config->valid->front().container, "c");
  EXPECT_TRUE(parse_config(R"({"name":"a","type":"t","network":"x","cni.dev/valid-attachments":[]})")->valid);
}

Variable variables(std::map<std::string, std::string, std::less<>> map) {
  return [map = std::move(map)](std::string_view name) -> std::optional<std::string_view> {
    const auto found = map.find(name);
    if (found == map.end()) return std::nullopt;
    return found->second;
  };
}

TEST(CniCall, IsRead) {
  const auto call =
      read_call(variables({{"CNI_COMMAND", "ADD"},
                           {"CNI_CONTAINERID", "c1"},
                           {"CNI_NETNS", "/run/netns/x"},
                           {"CNI_IFNAME", "net1"},
                           {"CNI_ARGS", "IgnoreUnknown=1;IP=10.77.0.9;K8S_POD_NAME=web-0;X=y"}}));
  ASSERT_TRUE(call.ok()) << call.error().message();
  EXPECT_EQ(call->command, Command::add);
  EXPECT_EQ(call->pod, "web-0");
  EXPECT_EQ(call->ip, "10.77.0.9");
  EXPECT_TRUE(
      read_call(variables({{"CNI_COMMAND", "DEL"}, {"CNI_CONTAINERID", "c1"}, {"CNI_IFNAME", "e"}})).ok());
  EXPECT_TRUE(read_call(variables({{"CNI_COMMAND", "STATUS"}})).ok());
}

TEST(CniCall, IsRefusedWithTheVariable) {
  const auto refusal = [](std::map<std::string, std::string, std::less<>> map) {
    const auto call = read_call(variables(std::move(map)));
    return call.ok() ? std::string() : call.error().message();
  };
  EXPECT_THAT(refusal({}), HasSubstr("CNI_COMMAND"));
  EXPECT_THAT(refusal({{"CNI_COMMAND", "add"}}), HasSubstr("CNI_COMMAND"));
  EXPECT_THAT(refusal({{"CNI_COMMAND", "ADD"}, {"CNI_CONTAINERID", "../x"}}), HasSubstr("CNI_CONTAINERID"));
  EXPECT_THAT(refusal({{"CNI_COMMAND", "ADD"}, {"CNI_CONTAINERID", "c"}, {"CNI_IFNAME", "a/b"}}),
              HasSubstr("CNI_IFNAME"));
  EXPECT_THAT(refusal({{"CNI_COMMAND", "ADD"}, {"CNI_CONTAINERID", "c"}, {"CNI_IFNAME", "e"}}),
              HasSubstr("CNI_NETNS"));
}

TEST(CniList, MakesWhatEachPluginReads) {
  const auto list = parse_list(R"({"cniVersion":"1.0.0","name":"lan","plugins":[
    {"type":"bridge","bridge":"br0","ipam":{"type":"host-local"},"prevResult":{}},
    {"type":"portmap","capabilities":{"portMappings":true,"ips":false}}]})");
  ASSERT_TRUE(list.ok()) << list.error().message();
  ASSERT_EQ(list->plugins.size(), 2U);
  EXPECT_THAT(list->plugins[1].capabilities, ElementsAre("portMappings"));
  const std::vector<network::PublishedPort> ports{
      {network::Protocol::udp, *network::parse_address("127.0.0.1"), 5353, {}, 53, 2}};
  EXPECT_EQ(
      execution_config(*list, list->plugins[0], ports, {}),
      R"({"cniVersion":"1.0.0","name":"lan","type":"bridge","bridge":"br0","ipam":{"type":"host-local"}})");
  const auto previous = json::parse(R"({"ips":[]})");
  EXPECT_EQ(
      execution_config(*list, list->plugins[1], ports, *previous),
      R"({"cniVersion":"1.0.0","name":"lan","type":"portmap","runtimeConfig":{"portMappings":[)"
      R"({"hostPort":5353,"containerPort":53,"protocol":"udp","hostIP":"127.0.0.1"},)"
      R"({"hostPort":5354,"containerPort":54,"protocol":"udp","hostIP":"127.0.0.1"}]},"prevResult":{"ips":[]}})");
  EXPECT_EQ(parse_list(R"({"cniVersion":"0.4.0","name":"one","type":"ptp"})")->plugins.size(), 1U);
}

TEST(CniList, IsRefusedWithTheField) {
  const auto refusal = [](std::string_view text) {
    const auto list = parse_list(text);
    return list.ok() ? std::string() : list.error().message();
  };
  EXPECT_THAT(refusal("{}"), HasSubstr("name: is missing"));
  EXPECT_THAT(refusal(R"({"name":"a"})"), HasSubstr("cniVersion"));
  EXPECT_THAT(refusal(R"({"name":"a","cniVersion":"1.0.0","plugins":[]})"), HasSubstr("at least one"));
  EXPECT_THAT(refusal(R"({"name":"a","cniVersion":"1.0.0","plugins":[{}]})"), HasSubstr("type: is missing"));
  EXPECT_THAT(refusal(R"({"name":"a","cniVersion":"1.0.0","plugins":[{"type":"../sh"}]})"),
              HasSubstr("no name of a plugin"));
  EXPECT_THAT(refusal(R"({"name":"a","cniVersion":"1.0.0","plugins":[{"type":"x","capabilities":1}]})"),
              HasSubstr("capabilities"));
}

Added added() {
  Added added;
  network::Endpoint endpoint;
  endpoint.outer = "cv0123456789ab0";
  endpoint.interface = "eth0";
  endpoint.mac = {2, 0, 0, 0, 0, 9};
  endpoint.ipv4 = *network::parse_address("10.77.0.9");
  endpoint.length4 = 24;
  endpoint.gateway4 = *network::parse_address("10.77.0.1");
  added.attachment.endpoints.push_back(endpoint);
  added.attachment.holder = network::ForeignHolder{"c1", "backnet", "/run/netns/x", 4, 7};
  added.bridge = "cove12345678";
  added.bridge_mac = "02:00:00:00:00:01";
  added.outer_mac = "02:00:00:00:00:02";
  return added;
}

TEST(CniResult, IsThatOfTheVersion) {
  constexpr std::string_view kRest = R"(  "interfaces": [
    {
      "name": "cove12345678",
      "mac": "02:00:00:00:00:01"
    },
    {
      "name": "cv0123456789ab0",
      "mac": "02:00:00:00:00:02"
    },
    {
      "name": "eth0",
      "mac": "02:00:00:00:00:09",
      "sandbox": "/run/netns/x"
    }
  ],
  "ips": [
    {
)";
  constexpr std::string_view kEnd = R"(      "address": "10.77.0.9/24",
      "gateway": "10.77.0.1",
      "interface": 2
    }
  ],
  "routes": [
    {
      "dst": "0.0.0.0/0",
      "gw": "10.77.0.1"
    }
  ],
  "dns": {}
}
)";
  EXPECT_EQ(print_result(added(), "1.0.0"),
            std::string("{\n  \"cniVersion\": \"1.0.0\",\n").append(kRest).append(kEnd));
  EXPECT_EQ(print_result(added(), "0.4.0"), std::string("{\n  \"cniVersion\": \"0.4.0\",\n")
                                                .append(kRest)
                                                .append("      \"version\": \"4\",\n")
                                                .append(kEnd));
}

TEST(CniPlugin, FailsWithTheNumbersOfTheSpecification) {
  const auto code = [](const Variable& variable, std::string_view config) {
    const Outcome outcome = run_plugin(variable, config);
    const size_t at = outcome.text.find("\"code\": ");
    return outcome.status == 0 || at == std::string::npos ? 0 : std::stoi(outcome.text.substr(at + 8));
  };
  const Variable add = variables({{"CNI_COMMAND", "ADD"},
                                  {"CNI_CONTAINERID", "c1"},
                                  {"CNI_NETNS", "/nowhere/at/all"},
                                  {"CNI_IFNAME", "eth0"}});
  EXPECT_EQ(code(variables({}), "{}"), 4);
  EXPECT_EQ(code(add, "{"), 6);
  EXPECT_EQ(code(add, R"({"cniVersion":"0.1.0","name":"a"})"), 1);
  EXPECT_EQ(code(add, R"({"cniVersion":"1.0.0","name":"a"})"), 7);
  EXPECT_EQ(code(add, R"({"cniVersion":"1.0.0","name":"a","type":"cove-cni","network":"x"})"), 4);
  EXPECT_EQ(code(variables({{"CNI_COMMAND", "STATUS"}}), R"({"cniVersion":"1.0.0","name":"a"})"), 1);
  const Outcome versions = run_plugin(variables({{"CNI_COMMAND", "VERSION"}}), "");
  EXPECT_EQ(versions.status, 0);
  EXPECT_THAT(versions.text, HasSubstr("\"1.1.0\""));
}

}  // namespace
}  // namespace cove::cni

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "diagram/draw.h"

namespace cove::diagram {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Topology small() {
  Topology topology;
  topology.uplinks = {{"up0", {"198.51.100.2/24", "2001:db8:1::2/64"}, {"198.51.100.1"}, true},
                      {"wlan0", {}, {""}, false}};
  topology.networks = {{"back",
                        "bridge",
                        "cove1234",
                        true,
                        false,
                        {"10.77.0.1/24", "fd00:77::1/64"},
                        {{"db", "eth0", {"10.77.0.9", "fd00:77::9"}, {}, {}},
                         {"web",
                          "eth0",
                          {"10.77.0.5"},
                          {"0.0.0.0:8080->80/tcp", "[::]:8080->80/tcp", "127.0.0.1:8443->443/tcp"},
                          {"inner"}}}},
                       {"inner",
                        "bridge",
                        "cove5678",
                        false,
                        true,
                        {"10.128.0.1/24"},
                        {{"web", "eth1", {"10.128.0.7"}, {}, {"back"}}}},
                       {"wire", "macvlan", "eth7", true, false, {"192.0.2.0/24"}, {}}};
  return topology;
}

TEST(Diagram, IsDrawnWithLines) {
  EXPECT_EQ(draw_text(small(), {.unicode = true}),
            R"(┌─ this machine ─────────────────────────────────────────────────────────┐
│ up0   198.51.100.2/24, 2001:db8:1::2/64, default route by 198.51.100.1 │
│ wlan0 default route, down                                              │
└─┬──────────────────────────────────────────────────────────────────────┘
  │
  ├─ back bridge cove1234, 10.77.0.1/24, fd00:77::1/64
  │  ├─ db  eth0, 10.77.0.9, fd00:77::9
  │  └─ web eth0, 10.77.0.5, also on inner, 0.0.0.0:8080->80/tcp,
  │         [::]:8080->80/tcp, 127.0.0.1:8443->443/tcp
  │
  ├─ inner bridge cove5678, 10.128.0.1/24, internal, not up
  │  └─ web eth1, 10.128.0.7, also on back
  │
  └─ wire macvlan eth7, 192.0.2.0/24
)");
}

TEST(Diagram, IsDrawnInAscii) {
  Topology topology = small();
  topology.networks.resize(1);
  topology.others = {{"0123456789ab", "pasta", {}, {"0.0.0.0:8081->80/tcp"}, {}}};
  EXPECT_EQ(draw_text(topology, {.unicode = false}),
            R"(+- this machine ---------------------------------------------------------+
| up0   198.51.100.2/24, 2001:db8:1::2/64, default route by 198.51.100.1 |
| wlan0 default route, down                                              |
+-+----------------------------------------------------------------------+
  |
  |- back bridge cove1234, 10.77.0.1/24, fd00:77::1/64
  |  |- db  eth0, 10.77.0.9, fd00:77::9
  |  `- web eth0, 10.77.0.5, also on inner, 0.0.0.0:8080->80/tcp,
  |         [::]:8080->80/tcp, 127.0.0.1:8443->443/tcp
  |
  `- carried by programs of their users
     `- 0123456789ab pasta, 0.0.0.0:8081->80/tcp
)");
}

TEST(Diagram, OfNothing) {
  EXPECT_EQ(draw_text({}, {.unicode = false}), R"(+- this machine ----------------+
| no interface but the loopback |
+-------------------------------+
)");
}

// Details are wrapped; only a word that is longer than the page sticks out.
TEST(Diagram, KeepsToThePage) {
  Topology topology = small();
  for (int i = 0; i < 40; ++i) {
    topology.networks[0].addresses.push_back("fd00:77:1234::1/64");
    topology.networks[0].guests[0].ports.push_back("127.0.0.1:10000-10999->10000-10999/udp");
    topology.uplinks[0].addresses.push_back("2001:db8:1::2/64");
  }
  const std::string text = draw_text(topology, {.unicode = false});
  size_t begin = 0;
  for (size_t end = text.find('\n'); end != std::string::npos; begin = end + 1, end = text.find('\n', begin))
    EXPECT_LE(end - begin, 80U) << text.substr(begin, end - begin);
}

TEST(Diagram, OfNamesThatAnybodyChose) {
  Topology topology = small();
  topology.networks[0].guests[0].name = "<script>\x1b[2J&\"'\n";
  topology.uplinks[0].name = "ü0";
  const std::string svg = draw_svg(topology);
  EXPECT_THAT(svg, HasSubstr("&lt;script&gt;?[2J&amp;&quot;&#39;?"));
  EXPECT_THAT(svg, HasSubstr(">??0</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("<script")));
  EXPECT_THAT(draw_text(topology, {}), HasSubstr("<script>?[2J&\"'? "));
}

TEST(Diagram, IsAPicture) {
  Topology topology;
  topology.uplinks = {{"up0", {"198.51.100.2/24"}, {}, true}};
  topology.networks = {
      {"back", "bridge", "cove1", true, true, {"10.77.0.1/24"}, {{"db", "eth0", {"10.77.0.9"}, {}, {}}}}};
  EXPECT_EQ(
      draw_svg(topology),
      R"(<svg xmlns="http://www.w3.org/2000/svg" width="524" height="122" viewBox="0 0 524 122" role="img">
<title>Networks of cove</title>
<style>text{font:13px monospace;fill:#222;white-space:pre}.title{font-weight:bold}rect{stroke:#555;rx:6px}.machine{fill:#e8eef7}.network{fill:#e6f4e6}.internal{fill:#f7e9e6}.guest{fill:#fff}.page{fill:#fff;stroke:none}path{fill:none;stroke:#555}</style>
<rect class="page" width="524" height="122"/>
<rect class="machine" x="20" y="29" width="156" height="64"/>
<text class="title" x="30" y="47">this machine</text>
<text x="30" y="65">up0</text>
<text x="30" y="83">  198.51.100.2/24</text>
<rect class="internal" x="236" y="20" width="116" height="82"/>
<text class="title" x="246" y="38">back</text>
<text x="246" y="56">bridge cove1</text>
<text x="246" y="74">10.77.0.1/24</text>
<text x="246" y="92">internal</text>
<path d="M176 61H206V61H236"/>
<rect class="guest" x="412" y="20" width="92" height="64"/>
<text class="title" x="422" y="38">db</text>
<text x="422" y="56">eth0</text>
<text x="422" y="74">10.77.0.9</text>
<path d="M352 52H412"/>
</svg>
)");
}

}  // namespace
}  // namespace cove::diagram

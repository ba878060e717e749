// What is expected of tables, templates and JSON is what the docker command (28.2) prints for the same
// containers.
#include "cli/format/list.h"

#include <gtest/gtest.h>

#include <array>

#include "cli/format/table.h"

namespace cove::cli::format {
namespace {

constexpr std::array kFields{Field{"ID", "CONTAINER ID"},
                             Field{.name = "Image", .header = "IMAGE", .flexible = true},
                             Field{.name = "Command", .header = "COMMAND", .flexible = true},
                             Field{"RunningFor", "CREATED"},
                             Field{.name = "Status", .header = "STATUS", .style = status_style},
                             Field{"Ports", "PORTS"},
                             Field{"Names", "NAMES"}};
constexpr ListSpec kSpec{
    .table = "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}",
    .fields = kFields};
constexpr Screen kPipe{};

std::vector<Value> rows() {
  return {Value::record({{"ID", "0123456789ab"},
                         {"Image", "nginx:latest"},
                         {"Command", "\"nginx -g 'daemon of…\""},
                         {"RunningFor", "12 months ago"},
                         {"Status", "Up 3 minutes"},
                         {"Ports", ""},
                         {"Names", "web"},
                         {"Label", Value::lookup({{"com.x.role-name", "front"}})}}),
          Value::record({{"ID", "ffff456789ab"},
                         {"Image", "a-very-long-image-name.example.com/foo/bar:1.2.3"},
                         {"Command", "\"sh\""},
                         {"RunningFor", "12 months ago"},
                         {"Status", "Exited (0) 2 hours ago"},
                         {"Ports", ""},
                         {"Names", "db"},
                         {"Label", Value::lookup()}})};
}

std::string list(const ListOptions& options, const Screen& screen = kPipe,
                 const std::vector<Value>& all = rows()) {
  const auto format = ListFormat::parse(kSpec, options);
  if (!format.ok()) return format.error().message();
  const auto out = format->print(all, screen);
  return out.ok() ? *out : out.error().message();
}

TEST(List, DefaultTableIsDockers) {
  const std::string_view expected =
      "CONTAINER ID   IMAGE                                              COMMAND                  CREATED    "
      "     STATUS "
      "                  PORTS     NAMES\n"
      "0123456789ab   nginx:latest                                       \"nginx -g 'daemon of…\"   12 "
      "months ago   Up 3 "
      "minutes                       web\n"
      "ffff456789ab   a-very-long-image-name.example.com/foo/bar:1.2.3   \"sh\"                     12 "
      "months ago   Exited "
      "(0) 2 hours ago             db\n";
  EXPECT_EQ(list({}), expected);
  EXPECT_EQ(list({.format = "table"}), expected);
}

TEST(List, WithoutRowsThereIsAHeading) {
  EXPECT_EQ(list({.format = "table {{.ID}}\\t{{.Nope}}"}, kPipe, {}), "CONTAINER ID   NOPE\n");
  EXPECT_EQ(list({.format = "{{.ID}}"}, kPipe, {}), "");
}

TEST(List, TableOfATemplate) {
  EXPECT_EQ(list({.format = R"(table {{.ID}}\t{{.Label "com.x.role-name"}}\t{{.Names}}\t{{lower .Status}})"}),
            "CONTAINER ID   role name   NAMES     STATUS\n"
            "0123456789ab   front       web       up 3 minutes\n"
            "ffff456789ab               db        exited (0) 2 hours ago\n");
  EXPECT_EQ(list({.format = "table{{.Names}}"}), "NAMES\nweb\ndb\n");
}

TEST(List, TemplatesAndJson) {
  EXPECT_EQ(list({.format = R"({{.ID}}\t{{.Names}})"}), "0123456789ab\tweb\nffff456789ab\tdb\n");
  EXPECT_EQ(
      list({.format = "json"}, kPipe, {rows()[1]}),
      R"({"Command":"\"sh\"","ID":"ffff456789ab","Image":"a-very-long-image-name.example.com/foo/bar:1.2.3",)"
      R"("Names":"db","Ports":"","RunningFor":"12 months ago","Status":"Exited (0) 2 hours ago"})"
      "\n");
  EXPECT_EQ(list({.format = "{{json .Names}}"}), "\"web\"\n\"db\"\n");
}

TEST(List, QuietGoesFirst) {
  EXPECT_EQ(list({.quiet = true}), "0123456789ab\nffff456789ab\n");
  EXPECT_EQ(list({.format = "json", .quiet = true}), "0123456789ab\nffff456789ab\n");
}

TEST(List, ErrorsListTheFields) {
  EXPECT_EQ(list({.format = "{{range}}"}),
            "failed to parse template: template: :1:7: missing value for range");
  const auto format = ListFormat::parse(kSpec, {.format = "{{.Name}}"});
  ASSERT_TRUE(format.ok());
  const auto out = format->print(rows(), kPipe);
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().hint(),
            "the fields here are: Command, ID, Image, Label, Names, Ports, RunningFor, Status");
}

TEST(List, KnowsWhatItShows) {
  const auto mentions = [](std::string format, std::string_view field) {
    const auto parsed = ListFormat::parse(kSpec, {.format = std::move(format)});
    return parsed.ok() && parsed->mentions(field);
  };
  EXPECT_TRUE(mentions("table {{.Size}}", "Size"));
  EXPECT_TRUE(mentions("json", "Size"));
  EXPECT_FALSE(mentions("", "Size"));
  EXPECT_FALSE(mentions("{{.ID}} Size", "Size"));
}

TEST(List, EscapesStandOutsideOfActionsOnly) {
  EXPECT_EQ(resolve_format_escapes(R"(a\tb\n{{join .X "\n"}}\t\x)"), "a\tb\n{{join .X \"\\n\"}}\t\\x");
}

TEST(List, NarrowTerminalsShortenWhatIsFlexible) {
  const Screen narrow{.terminal = true, .columns = 100};
  EXPECT_EQ(
      list({}, narrow),
      "CONTAINER ID   IMAGE         COMMAND        CREATED         STATUS                   PORTS     NAMES\n"
      "0123456789ab   nginx:late…   \"nginx -g '…   12 months ago   Up 3 minutes                       web\n"
      "ffff456789ab   a-very-lon…   \"sh\"           12 months ago   Exited (0) 2 hours ago             "
      "db\n");
  // As far as they go: a heading is never cut, nor anything below eight columns.
  EXPECT_EQ(list({.format = "table {{.Image}}\\t{{.Command}}"}, Screen{.terminal = true, .columns = 10}),
            "IMAGE      COMMAND\nnginx:l…   \"nginx …\na-very-…   \"sh\"\n");
  EXPECT_EQ(list({.no_trunc = true}, narrow), list({}));
  EXPECT_EQ(list({}, Screen{.terminal = true, .columns = 400}), list({}));
}

TEST(List, ColoursOnlyWhereTheyAreWanted) {
  const Screen colours{.terminal = true, .colours = true};
  EXPECT_EQ(list({.format = "table {{.Status}}\\t{{.Names}}"}, colours),
            "STATUS                   NAMES\n"
            "\x1b[32mUp 3 minutes\x1b[0m             web\n"
            "\x1b[2mExited (0) 2 hours ago\x1b[0m   db\n");
}

TEST(List, WhatContainersChoseIsMadeHarmless) {
  const std::vector<Value> evil{Value::record({{"ID", "1"}, {"Names", "a\x1b[2J\tb\nc\xc2\x9bz\xff"}})};
  EXPECT_EQ(list({.format = "table {{.ID}}\\t{{.Names}}"}, kPipe, evil),
            "CONTAINER ID   NAMES\n1              a\\x1b[2J\\tb\\nc\\u009bz\xef\xbf\xbd\n");
  EXPECT_EQ(list({.format = "{{.Names}}"}, Screen{.terminal = true}, evil),
            "a\\x1b[2J\\tb\\nc\\u009bz\xef\xbf\xbd\n");
  EXPECT_EQ(list({.format = "{{.Names}}"}, kPipe, evil), "a\x1b[2J\tb\nc\xc2\x9bz\xff\n");
  EXPECT_EQ(list({.format = "json"}, Screen{.terminal = true}, evil),
            "{\"ID\":\"1\",\"Names\":\"a\\u001b[2J\\tb\\nc\\u009bz\\ufffd\"}\n");
}

TEST(Inspect, IsAnArrayOrATemplateForEach) {
  const std::vector<Value> objects{Value::record(
      {{"Id", "1"}, {"State", Value::record({{"Pid", 5}})}, {"Args", Array()}, {"Labels", Value::map()}})};
  const auto inspect = [&objects](std::string_view format) {
    const auto out = print_inspect(objects, format, kPipe);
    return out.ok() ? *out : out.error().message();
  };
  EXPECT_EQ(inspect(""),
            "[\n    {\n        \"Id\": \"1\",\n        \"State\": {\n            \"Pid\": 5\n        },\n"
            "        \"Args\": [],\n        \"Labels\": {}\n    }\n]\n");
  EXPECT_EQ(inspect("json"), "[{\"Id\":\"1\",\"State\":{\"Pid\":5},\"Args\":[],\"Labels\":{}}]\n");
  EXPECT_EQ(inspect("{{.State.Pid}}"), "5\n");
  EXPECT_EQ(inspect("{{index .Labels \"x\"}}|{{.Labels.x}}"), "|<no value>\n");
  EXPECT_EQ(print_inspect({}, "", kPipe).value(), "[]\n");
}

TEST(Table, ColumnsAreThoseOfLinesNextToEachOther) {
  EXPECT_EQ(lay_out_table("a\tb\nlong long long\tx\nalone\nc\td\n", {}, kPipe),
            "a                b\nlong long long   x\nalone\nc         d\n");
  EXPECT_EQ(lay_out_table("a\t\tb\n", {}, kPipe), "a                   b\n");
  EXPECT_EQ(lay_out_table("", {}, kPipe), "");
}

TEST(Table, WideCharactersTakeTwoColumns) {
  EXPECT_EQ(lay_out_table("NAME\tX\n日本語日本\t1\ncafe\u0301\t2\n", {}, kPipe),
            "NAME         X\n日本語日本   1\ncafe\u0301         2\n");
}

TEST(Screen, ColoursFollowTheUsualSigns) {
  const auto colours = [](ColourChoice choice, std::optional<std::string_view> no_color) {
    return find_screen(-1, choice, no_color, "xterm").colours;
  };
  EXPECT_FALSE(colours(ColourChoice::automatic, std::nullopt));  // no terminal
  EXPECT_TRUE(colours(ColourChoice::always, "1"));
  EXPECT_FALSE(colours(ColourChoice::never, std::nullopt));
  EXPECT_EQ(find_screen(-1, ColourChoice::automatic, std::nullopt, "xterm").columns, 0U);
  EXPECT_EQ(parse_colour_choice("red").error().hint(), "choose auto, always or never");
}

TEST(Screen, StylesOfStates) {
  EXPECT_EQ(status_style("Up 3 minutes (healthy)"), Style::green);
  EXPECT_EQ(status_style("Up 3 minutes (Paused)"), Style::yellow);
  EXPECT_EQ(status_style("Up 3 minutes (unhealthy)"), Style::red);
  EXPECT_EQ(status_style("Exited (1) 2 days ago"), Style::dim);
  EXPECT_EQ(status_style("Created"), Style::dim);
  EXPECT_EQ(status_style("Dead"), Style::red);
  EXPECT_EQ(status_style(""), Style::plain);
}

}  // namespace
}  // namespace cove::cli::format

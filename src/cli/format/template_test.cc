// Expected results are those of Go's text/template (1.19, with Docker's functions) for the same data; where a
// message differs from Go's it is in the words of ours.
#include "cli/format/template.h"

#include <gtest/gtest.h>

namespace cove::cli::format {
namespace {

struct Case {
  std::string_view text;
  std::string_view expected;
};

Value data() {
  const Value bind = Value::map({{"Type", "bind"}, {"Source", "/a"}, {"Destination", "/b"}});
  const Value volume = Value::map({{"Type", "volume"}, {"Source", "/c"}, {"Destination", "/d"}});
  return Value::map({
      {"ID", "0123456789ab"},
      {"Name", "web"},
      {"N", 3},
      {"Z", 0},
      {"Neg", -5},
      {"Big", UINT64_MAX},
      {"F", 1.5},
      {"F0", 0},
      {"T", true},
      {"U", false},
      {"Nil", nullptr},
      {"Empty", ""},
      {"S", Value::strings({"a", "b", "c"})},
      {"E", Array()},
      {"L", Array{1, "x", nullptr, Array{1, 2}, Value::map({{"k", 2}})}},
      {"Labels", Value::map({{"z", "1"}, {"a", "2"}, {"com.x", "3"}})},
      {"M", Value::map({{"one", 1}, {"two", Value::map({{"deep", "x"}})}, {"nil", nullptr}})},
      {"Html", "<a href=\"x\">'&\"</a>"},
      {"Uni", "héllo wörld €"},
      {"Q", "a\"b\\\n"},
      {"State", Value::map({{"Running", true}, {"Pid", 12}, {"Health", nullptr}, {"ExitCode", 0}})},
      {"Mounts", Array{bind, volume}},
      {"Big6", 1234567},
      {"Ff", 1234567.0},
      {"Emp", Value::map()},
  });
}

std::string run(std::string_view text, const Value& root) {
  const auto parsed = Template::parse(text);
  if (!parsed.ok()) return parsed.error().message();
  const auto out = parsed->execute(root);
  return out.ok() ? *out : out.error().message();
}

constexpr Case kResults[] = {
    Case{"{{.ID}}", "0123456789ab"},
    Case{"{{ .ID }}x", "0123456789abx"},
    Case{"{{.Missing}}", "<no value>"},
    Case{"{{.Missing.Deep.Er}}", "<no value>"},
    Case{"{{.Nil}}", "<no value>"},
    Case{"{{.State.Health}}", "<no value>"},
    Case{"{{.M.two.deep}}", "x"},
    Case{"{{$.ID}}{{$.State.Pid}}", "0123456789ab12"},
    Case{"{{$x := .N}}{{$x}}", "3"},
    Case{"{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}", "2"},
    Case{"{{$x := 1}}{{if true}}{{$x := 2}}{{end}}{{$x}}", "1"},
    Case{"{{json .State}}", "{\"ExitCode\":0,\"Health\":null,\"Pid\":12,\"Running\":true}"},
    Case{"{{json .S | printf \"%s!\"}}", "[\"a\",\"b\",\"c\"]!"},
    Case{"{{.Name | printf \"%-5s|%5s|\" \"q\"}}", "q    |  web|"},
    Case{"{{printf \"%q %v %d %x\" .Name .S .N 255}}", "\"web\" [a b c] 3 ff"},
    Case{"{{index .S 1}} {{index .Labels \"a\"}} {{index .Labels \"nope\"}}| {{index .M \"two\" \"deep\"}} "
         "{{index .L 3 1}}",
         "b 2 | x 2"},
    Case{"{{index .M \"nope\"}}", "<no value>"},
    Case{"{{index .Name 0}}", "119"},
    Case{"{{slice .Name 1}} {{slice .Name 0 2}} {{slice .S 1 3}} {{slice .S 1 2 3}}", "eb we [b c] [b]"},
    Case{"{{len .Name}} {{len .S}} {{len .Labels}} {{len .E}} {{len .Uni}}", "3 3 3 0 17"},
    Case{"{{range .S}}{{.}},{{end}}", "a,b,c,"},
    Case{"{{range $e := .S}}{{$e}}{{.}},{{end}}", "aa,bb,cc,"},
    Case{"{{range $i, $e := .S}}{{$i}}={{$e}} {{end}}", "0=a 1=b 2=c "},
    Case{"{{range $k, $v := .Labels}}{{$k}}={{$v}} {{end}}", "a=2 com.x=3 z=1 "},
    Case{"{{range .E}}x{{else}}none{{end}}", "none"},
    Case{"{{range .Nil}}x{{else}}none{{end}}", "none"},
    Case{"{{range .Missing}}x{{else}}none{{end}}", "none"},
    Case{"{{range .S}}{{if eq . \"b\"}}{{break}}{{end}}{{.}}{{end}}", "a"},
    Case{"{{range .S}}{{if eq . \"b\"}}{{continue}}{{end}}{{.}}{{end}}", "ac"},
    Case{"{{range .Mounts}}{{.Type}}:{{.Source}}->{{.Destination}} {{end}}", "bind:/a->/b volume:/c->/d "},
    Case{"{{range $i, $_ := .Mounts}}{{if $i}}, {{end}}{{.Type}}{{end}}", "bind, volume"},
    Case{"{{$i := 0}}{{$e := 0}}{{range $i, $e = .S}}{{end}}{{$i}}{{$e}}", "2c"},
    Case{"{{$e := 0}}{{range $e = .S}}{{end}}{{$e}}", "c"},
    Case{"{{if .T}}yes{{else}}no{{end}}", "yes"},
    Case{"{{if .U}}yes{{else if .N}}mid{{else}}no{{end}}", "mid"},
    Case{"{{if .U}}yes{{else if .Z}}mid{{else}}no{{end}}", "no"},
    Case{"{{if .Empty}}a{{end}}{{if .E}}b{{end}}{{if .Nil}}c{{end}}{{if .Missing}}d{{end}}{{if "
         ".Emp}}e{{end}}{{if .F}}f{{end}}",
         "f"},
    Case{"{{with .State}}{{.Pid}} {{$.ID}}{{end}}", "12 0123456789ab"},
    Case{"{{with .Nil}}x{{else}}y{{end}}", "y"},
    Case{"{{with $x := .Name}}{{$x}}{{.}}{{end}}", "webweb"},
    Case{"{{if $x := .Name}}{{$x}}{{else}}{{$x}}{{end}}", "web"},
    Case{"{{if and .T .N}}both{{end}} {{and .T .Z .N}} {{or .Z .Empty .Name}} {{or .Z .Empty}}| {{and 1 2 "
         "3}} {{not .T}} {{not .Nil}}",
         "both 0 web | 3 false true"},
    Case{"{{or .T (index .S 99)}}", "true"},
    Case{"{{and .U (index .S 99)}}", "false"},
    Case{"{{eq .N 3}} {{eq .N 1 2 3}} {{ne .N 3}} {{lt .N 5}} {{le .N 3}} {{gt .N 3}} {{ge .N 3}} {{eq .Name "
         "\"web\"}} {{lt \"a\" \"b\"}} {{eq .F 1.5}}",
         "true true false true true false true true true true"},
    Case{"{{eq .Nil nil}}", "true"},
    Case{"{{eq .Nil .Nil}} {{eq .Nil 1}} {{eq 1 .Nil}} {{eq .Missing 1}}", "true false false false"},
    Case{"{{eq .T true}} {{eq .T .U}}", "true false"},
    Case{"{{eq 1 1 \"x\"}}", "true"},
    Case{"{{print 1 2 \"a\" \"b\" 3 .Nil .S}} {{println \"x\" 1}}{{print}}", "1 2ab3 <nil> [a b c] x 1\n"},
    Case{"{{html .Html}} {{js .Html}} {{urlquery .Uni}} {{.Html}} {{html .Html .N 3}}",
         "&lt;a href=&#34;x&#34;&gt;&#39;&amp;&#34;&lt;/a&gt; \\u003Ca "
         "href\\u003D\\\"x\\\"\\u003E\\'\\u0026\\\"\\u003C/a\\u003E h%C3%A9llo+w%C3%B6rld+%E2%82%AC <a "
         "href=\"x\">'&\"</a> &lt;a href=&#34;x&#34;&gt;&#39;&amp;&#34;&lt;/a&gt;3 3"},
    Case{"{{js \"\\x01é\\u2028=&\"}}", "\\u0001é\\u2028\\u003D\\u0026"},
    Case{"{{join .S \",\"}} {{split \"a,b\" \",\"}} {{title \"hello world foo-bar it's\"}} {{lower \"ABC\"}} "
         "{{upper .Name}} {{pad .Name 2 3}}| {{truncate .ID 4}} {{truncate .Name 10}}",
         "a,b,c [a b] Hello World Foo-Bar It'S abc WEB   web   | 0123 web"},
    Case{"{{split \"abc\" \"\"}}", "[a b c]"},
    Case{"{{json .Q}} {{printf \"%q\" .Q}} {{.Q}}", "\"a\\\"b\\\\\\n\" \"a\\\"b\\\\\\n\" a\"b\\\n"},
    Case{"{{1}} {{1.5}} {{1e3}} {{0x1F}} {{0b11}} {{0o17}} {{017}} {{1_000}} {{'a'}} {{'\\n'}} {{'é'}} "
         "{{-3}} {{+4}} {{.5}} {{1e6}} {{1e21}} {{0x1p4}} {{100000000}} {{123456789.0}}",
         "1 1.5 1000 31 3 15 15 1000 97 10 233 -3 4 0.5 1e+06 1e+21 16 100000000 1.23456789e+08"},
    Case{"{{true}} {{false}}", "true false"},
    Case{"{{\"a\\tb\\u00e9\\x41\\101\\\"\"}} {{`raw\\n`}}", "a\tbéAA\" raw\\n"},
    Case{"{{- .ID -}}  x", "0123456789abx"},
    Case{"a   {{- .ID}} b", "a0123456789ab b"},
    Case{"a {{.ID -}}   b", "a 0123456789abb"},
    Case{"a {{- /* c */ -}} b", "ab"},
    Case{"{{/* c */}}x", "x"},
    Case{"{{- 3}} {{-3}}", "3 -3"},
    Case{"{{3 -}} x", "3x"},
    Case{"{{.ID}}}", "0123456789ab}"},
    Case{"}}", "}}"},
    Case{"{{3 | printf \"%d\"}}", "3"},
    Case{"{{(.ID)}} {{(.State).Pid}} {{(index .Mounts 0).Type}} {{len (slice .S 1)}} {{(.N)}}",
         "0123456789ab 12 bind 2 3"},
    Case{"{{$.Missing}}", "<no value>"},
    Case{"{{$x := 1 | print}}{{$x}}", "1"},
    Case{"{{$x := .State}}{{$x.Pid}} {{$x.Nope}}", "12 <no value>"},
    Case{"{{define \"a\"}}[{{.}}]{{end}}{{template \"a\" .N}}{{template \"a\"}}", "[3][<no value>]"},
    Case{"{{block \"c\" .N}}<{{.}}>{{end}}", "<3>"},
    Case{"{{define \"a\"}}{{$.ID}}{{end}}{{template \"a\" .}}", "0123456789ab"},
    Case{"{{template \"a\" .N}}{{define \"a\"}}late {{.}}{{end}}", "late 3"},
    Case{"{{.é}}", "<no value>"},
    Case{"{{\"a\" | printf \"%s-%s\" \"b\" | upper | printf \"<%s>\"}}", "<B-A>"},
    Case{"{{print .L}} {{.M}} {{printf \"%v\" .Nil}} {{printf \"%v\" .Missing}} {{print nil}}",
         "[1 x <nil> [1 2] map[k:2]] map[nil:<nil> one:1 two:map[deep:x]] <nil> <nil> <nil>"},
    Case{"{{printf \"%d%%\" 5}} {{printf \"%5.2f\" 3.14159}} {{printf \"%t\" true}} {{printf \"%s\"}} "
         "{{printf \"%d\" \"x\"}} {{printf \"x\" 1}}",
         "5%  3.14 true %!s(MISSING) %!d(string=x) x%!(EXTRA int=1)"},
    Case{"{{.Ff}} {{.F}} {{.F0}} {{.Big6}}", "1.234567e+06 1.5 0 1234567"},
    Case{"{{len \"é\"}} {{printf \"%c\" 8364}} {{printf \"%U\" 8364}}", "2 € U+20AC"},
    Case{"{{with .State}}{{with .Pid}}{{.}}{{end}}{{.Running}}{{end}}", "12true"},
    Case{"{{if (and (gt .N 1) (lt .N 5))}}in{{end}}", "in"},
    Case{"{{if not .T}}a{{else}}b{{end}}", "b"},
    Case{"{{if .T}}a{{end}}b{{if .U}}c{{end}}d", "abd"},
    Case{"{{.ID\n}}", "0123456789ab"},
    Case{"{{print `a\nb`}}", "a\nb"},
    Case{"{{\"%\"|printf}}", "%!(NOVERB)"},
    Case{"{{.ID|len}}", "12"},
    Case{"{{.Name|len|print}}", "3"},
    Case{"{{(.Name | len)}}", "3"},
    Case{"{{index .S}}", "[a b c]"},
    Case{"{{(.Labels).a}} {{.Labels.z}} {{.Labels.nope}} {{.Emp.x}} {{index .Emp \"x\"}}|",
         "2 1 <no value> <no value> |"},
    Case{"{{with $v := index .Labels \"com.x\"}}{{$v}}{{end}}", "3"},
    Case{"{{range .L}}{{.}};{{end}}", "1;x;<no value>;[1 2];map[k:2];"},
    Case{"{{range $k, $v := .M}}{{$k}}={{$v}};{{end}}", "nil=<no value>;one=1;two=map[deep:x];"},
    Case{"{{.ID | printf \"%s\" | len}}", "12"},
    Case{"{{- /* a */ -}}{{- \"x\" -}}", "x"},
    Case{"{{/* a */ -}}   y", "y"},
    Case{"{{range .S -}} {{.}} {{- end}}", "abc"},
    Case{"{{and .T .Missing}} {{or .Missing .Nil}}", "<no value> <no value>"},
    Case{"{{eq \"a\" \"b\" \"a\"}} {{eq 1.5 2.5 1.5}} {{lt 1.5 2.5}} {{eq true true}}",
         "true true true true"},
    Case{"{{print 'a' \"b\" 'c'}}", "97b99"},
    Case{"{{print 1.5 2 true false}}", "1.5 2 true false"},
    Case{"{{$x := \"a\"}}{{$x = print $x \"b\"}}{{$x}}", "ab"},
    Case{"{{range 3}}{{.}}{{end}}", "012"},                 // since Go 1.22
    Case{"{{with .U}}a{{else with .N}}{{.}}{{end}}", "3"},  // since Go 1.23
    Case{"{{eq .Big 18446744073709551615}} {{lt .Neg 18446744073709551615}}", "true true"},
};

TEST(Template, PrintsWhatGoPrints) {
  const Value root = data();
  for (const Case& example : kResults) EXPECT_EQ(run(example.text, root), example.expected) << example.text;
}

TEST(Template, RecordsAreStrictAndKeepTheirOrder) {
  const Value row = Value::record({{"ID", "1"},
                                   {"Names", "web"},
                                   {"Label", Value::lookup({{"a.b", "x"}})},
                                   {"Net", Value::record({{"Mode", "host"}})}});
  EXPECT_EQ(run("{{json .}}", row), R"({"ID":"1","Names":"web","Net":{"Mode":"host"}})");
  EXPECT_EQ(run("{{.Net}} {{printf \"%+v\" .Net}}", row), "{host} {Mode:host}");
  EXPECT_EQ(run("{{if .Net}}y{{end}}{{.Net.Mode}}", row), "yhost");
  EXPECT_EQ(run("{{.Label \"a.b\"}}|{{.Label \"c\"}}|{{\"a.b\" | .Label}}|{{len (.Label \"a.b\")}}", row),
            "x||x|1");
  EXPECT_EQ(
      run("{{.Label}}", row),
      "failed to execute template: template: :1:2: executing \"\" at <.Label>: wrong number of args for "
      "Label: want 1 got 0");
  const auto parsed = Template::parse("{{.Net.Name}}");
  ASSERT_TRUE(parsed.ok());
  const auto out = parsed->execute(row);
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().message(),
            "failed to execute template: template: :1:2: executing \"\" at <.Net.Name>: there is no field "
            "'Name' here");
  EXPECT_EQ(out.error().hint(), "the fields here are: Mode");
}

TEST(Template, AFieldOfNilIsAnError) {
  const Value root = Value::record({{"State", Value::record({{"Health", nullptr}})}});
  EXPECT_EQ(run("{{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}}", root), "none");
  EXPECT_EQ(
      run("{{.State.Health.Status}}", root),
      "failed to execute template: template: :1:2: executing \"\" at <.State.Health.Status>: nil pointer "
      "evaluating "
      "field Status");
}

TEST(Template, HeadingsNameTheFields) {
  const Value names = Value::record({{"ID", "CONTAINER ID"}, {"Names", "NAMES"}});
  const auto heading = [&names](std::string_view text) {
    const auto parsed = Template::parse(text);
    EXPECT_TRUE(parsed.ok()) << text;
    return parsed.ok() ? parsed->execute_heading(names) : std::string();
  };
  EXPECT_EQ(heading("{{.ID}}\t{{.Names}}"), "CONTAINER ID\tNAMES");
  EXPECT_EQ(heading("{{.Nope}} {{.State.ExitCode}} {{.Names.First}}"), "NOPE STATE.EXITCODE NAMES.FIRST");
  EXPECT_EQ(heading("{{lower .ID}} {{json .Names}} {{truncate .ID 3}} {{join .Names \",\"}} {{.ID | title}}"),
            "CONTAINER ID NAMES CONTAINER ID NAMES CONTAINER ID");
  EXPECT_EQ(heading("{{.Label \"com.example.my-role_name\"}}"), "my role name");
  EXPECT_EQ(heading("{{.ID}} {{range .Names}}x{{end}}"), "CONTAINER ID ");
}

}  // namespace
}  // namespace cove::cli::format

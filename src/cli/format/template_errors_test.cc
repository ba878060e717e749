// What is no template, or cannot be carried out: where, and what is wrong.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "cli/format/template.h"

namespace cove::cli::format {
namespace {

struct Case {
  std::string_view text;
  std::string_view expected;  // behind "failed to parse template: template: ", or "to execute"
};

constexpr Case kErrors[] = {
    Case{"{{.ID.X}}", ":1:2: executing \"\" at <.ID.X>: can't evaluate field X in type string"},
    Case{"{{if .T}}{{$y := 2}}{{end}}{{$y}}", ":1:29: undefined variable \"$y\""},
    Case{"{{index .S 3}}",
         ":1:2: executing \"\" at <index .S 3>: error calling index: index out of range: 3"},
    Case{"{{index .S -1}}",
         ":1:2: executing \"\" at <index .S -1>: error calling index: index out of range: -1"},
    Case{"{{index .S \"x\"}}",
         ":1:2: executing \"\" at <index .S \"x\">: error calling index: cannot index slice/array with type "
         "string"},
    Case{"{{index .Nil 1}}",
         ":1:2: executing \"\" at <index .Nil 1>: error calling index: index of untyped nil"},
    Case{"{{index .Missing \"x\"}}",
         ":1:2: executing \"\" at <index .Missing \"x\">: error calling index: index of untyped nil"},
    Case{"{{slice .Name 5}}",
         ":1:2: executing \"\" at <slice .Name 5>: error calling slice: index out of range: 5"},
    Case{"{{slice .Name 2 1}}",
         ":1:2: executing \"\" at <slice .Name 2 1>: error calling slice: invalid slice index: 2 > 1"},
    Case{"{{slice .N}}",
         ":1:2: executing \"\" at <slice .N>: error calling slice: can't slice item of type int"},
    Case{"{{len .N}}", ":1:2: executing \"\" at <len .N>: error calling len: len of type int"},
    Case{"{{len .Nil}}", ":1:2: executing \"\" at <len .Nil>: error calling len: len of nil pointer"},
    Case{"{{range .Name}}x{{end}}",
         ":1:8: executing \"\" at <.Name>: range can't iterate over a value of type string"},
    Case{"{{break}}", ":1:2: {{break}} outside {{range}}"},
    Case{"{{if .T}}{{continue}}{{end}}", ":1:11: {{continue}} outside {{range}}"},
    Case{"{{and}}", ":1:2: executing \"\" at <and>: wrong number of args for and: want at least 1 got 0"},
    Case{"{{eq .N \"3\"}}",
         ":1:2: executing \"\" at <eq .N \"3\">: error calling eq: incompatible types for comparison: int "
         "and string"},
    Case{"{{eq .F 1}}",
         ":1:2: executing \"\" at <eq .F 1>: error calling eq: incompatible types for comparison: float64 "
         "and int"},
    Case{"{{eq .S .S}}", ":1:2: executing \"\" at <eq .S .S>: error calling eq: uncomparable type array"},
    Case{"{{lt .T .U}}",
         ":1:2: executing \"\" at <lt .T .U>: error calling lt: invalid type for comparison: bool"},
    Case{"{{lt .N \"x\"}}",
         ":1:2: executing \"\" at <lt .N \"x\">: error calling lt: incompatible types for comparison: int "
         "and string"},
    Case{"{{lt .Nil 1}}",
         ":1:2: executing \"\" at <lt .Nil 1>: error calling lt: invalid type for comparison: nil"},
    Case{"{{eq .N}}", ":1:2: executing \"\" at <eq>: wrong number of args for eq: want at least 2 got 1"},
    Case{"{{eq 1 2 \"x\"}}",
         ":1:2: executing \"\" at <eq 1 2 \"x\">: error calling eq: incompatible types for comparison: int "
         "and string"},
    Case{"{{ne 1 2 3}}", ":1:2: executing \"\" at <ne>: wrong number of args for ne: want 2 got 3"},
    Case{"{{join .Name \",\"}}",
         ":1:2: executing \"\" at <join .Name \",\">: error calling join: wrong type for value; expected a "
         "list of strings; got string"},
    Case{"{{upper .N}}",
         ":1:2: executing \"\" at <upper .N>: error calling upper: wrong type for value; expected string; "
         "got int"},
    Case{"{{nil}}", ":1:2: executing \"\" at <nil>: nil is not a command"},
    Case{"{{.N.X}}", ":1:2: executing \"\" at <.N.X>: can't evaluate field X in type int"},
    Case{"{{\"bad\\q\"}}", ":1:2: bad constant '\"bad\\q\"'"},
    Case{"{{\"unclosed}}", ":1:2: unterminated quoted string"},
    Case{"{{`unclosed}}", ":1:2: unterminated quoted string"},
    Case{"{{'ab'}}", ":1:2: bad constant ''ab''"},
    Case{"{{''}}", ":1:2: bad constant ''''"},
    Case{"{{99999999999999999999}}", ":1:2: bad constant '99999999999999999999'"},
    Case{"{{1x}}", ":1:2: bad constant '1x'"},
    Case{"{{08}}", ":1:2: bad constant '08'"},
    Case{"{{1__0}}", ":1:2: bad constant '1__0'"},
    Case{"{{/* c }}", ":1:0: unclosed comment"},
    Case{"{{ /* c */}}", ":1:3: unexpected '/' in an action"},
    Case{"{{-.ID}}", ":1:2: bad constant '-.ID'"},
    Case{"{{.ID-}}", ":1:5: unexpected '-' behind '.ID'"},
    Case{"{{}}", ":1:2: missing value for command"},
    Case{"{{ }}", ":1:3: missing value for command"},
    Case{"{{.ID", ":1:0: unclosed action"},
    Case{"{{.ID}", ":1:5: unexpected '}' behind '.ID'"},
    Case{"{{if}}x{{end}}", ":1:4: missing value for if"},
    Case{"{{if .T}}x", ":1:2: {{if}} without {{end}}"},
    Case{"{{end}}", ":1:2: unexpected {{end}}"},
    Case{"{{else}}", ":1:2: unexpected {{else}}"},
    Case{"{{if .T}}{{else}}{{else}}{{end}}", ":1:19: expected {{end}}; found {{else}}"},
    Case{"{{if .T}}x{{end", ":1:10: unclosed action"},
    Case{"{{range}}{{end}}", ":1:7: missing value for range"},
    Case{"{{foo}}", ":1:2: function \"foo\" not defined"},
    Case{"{{foo .ID}}", ":1:2: function \"foo\" not defined"},
    Case{"{{.ID | foo}}", ":1:8: function \"foo\" not defined"},
    Case{"{{.ID | 3}}", ":1:8: non executable command in pipeline stage 2"},
    Case{"{{.ID |}}", ":1:6: missing command behind '|' in command"},
    Case{"{{| .ID}}", ":1:2: missing value for command"},
    Case{"{{.ID .Name}}", ":1:2: executing \"\" at <.ID>: ID has arguments but is no method"},
    Case{"{{.ID | .Name}}", ":1:8: executing \"\" at <.Name>: Name has arguments but is no method"},
    Case{"{{3 4}}", ":1:4: executing \"\" at <4>: can't give argument to non-function"},
    Case{"{{\"a\" \"b\"}}", ":1:6: executing \"\" at <\"b\">: can't give argument to non-function"},
    Case{"{{(.ID}}", ":1:6: unclosed left paren"},
    Case{"{{.ID)}}", ":1:5: unexpected right paren"},
    Case{"{{()}}", ":1:3: missing value for parenthesized pipeline"},
    Case{"{{(print 1)x}}", ":1:11: unexpected 'x' in command"},
    Case{"{{(print 1) 2}}", ":1:12: executing \"\" at <2>: can't give argument to non-function"},
    Case{"{{.ID.}}", ":1:5: unexpected '.' in command"},
    Case{"{{..ID}}", ":1:3: unexpected . after term '.'"},
    Case{"{{. .}}", ":1:4: executing \"\" at <.>: can't give argument to non-function"},
    Case{"{{.ID .}}", ":1:2: executing \"\" at <.ID>: ID has arguments but is no method"},
    Case{"{{$x}}", ":1:2: undefined variable \"$x\""},
    Case{"{{$x = 1}}", ":1:5: undefined variable \"$x\""},
    Case{"{{$x := }}", ":1:8: missing value for command"},
    Case{"{{$x, $y := .S}}", ":1:2: too many declarations in command"},
    Case{"{{range $x, $y, $z := .S}}{{end}}", ":1:14: unexpected ',' in range"},
    Case{"{{template \"b\"}}", ":1:2: template 'b' not defined"},
    Case{"{{if .T}}{{define \"x\"}}{{end}}{{end}}",
         ":1:11: unexpected {{define}}: it may not stand in another construct"},
    Case{"{{define x}}{{end}}", ":1:9: unexpected 'x' in define clause"},
    Case{"{{define \"x\"}}", ":1:2: {{define}} without {{end}}"},
    Case{"{{template .N}}", ":1:11: unexpected '.N' in template clause"},
    Case{"{{$x := 5}}{{define \"q\"}}{{$x}}{{end}}", ":1:27: undefined variable \"$x\""},
    Case{"{{range .S}}{{block \"z\" .}}{{break}}{{end}}{{end}}", ":1:29: {{break}} outside {{range}}"},
    Case{"{{.ID,}}", ":1:5: unexpected ',' in command"},
    Case{"{{.ID@}}", ":1:5: unexpected '@' behind '.ID'"},
    Case{"{{@}}", ":1:2: unexpected '@' in an action"},
    Case{"{{printf 1}}",
         ":1:2: executing \"\" at <printf 1>: error calling printf: wrong type for value; expected string; "
         "got int"},
    Case{"{{printf}}",
         ":1:2: executing \"\" at <printf>: wrong number of args for printf: want at least 1 got 0"},
    Case{"{{range $i, $c := slice .Name 0 2}}{{end}}",
         ":1:8: executing \"\" at <$i, $c := slice .Name 0 2>: range can't iterate over a value of type "
         "string"},
    Case{"line1\n{{.ID}}\n{{.Bad | foo}}", ":3:9: function \"foo\" not defined"},
    Case{"{{print \"a\n\"}}", ":1:8: unterminated quoted string"},
    Case{"{{index}}",
         ":1:2: executing \"\" at <index>: wrong number of args for index: want at least 1 got 0"},
    Case{"{{not}}", ":1:2: executing \"\" at <not>: wrong number of args for not: want 1 got 0"},
    Case{"{{not 1 2}}", ":1:2: executing \"\" at <not>: wrong number of args for not: want 1 got 2"},
    Case{"{{true.x}}", ":1:6: unexpected . after term 'true'"},
    Case{"{{nil.x}}", ":1:5: unexpected . after term 'nil'"},
    Case{"{{\"a\".x}}", ":1:5: unexpected . after term '\"a\"'"},
    Case{"{{1.x}}", ":1:2: bad constant '1.x'"},
    Case{"{{print.x}}", ":1:2: executing \"\" at <print.x>: can't evaluate field x in type string"},
    Case{"{{/* a */.ID}}", ":1:9: comment ends before closing delimiter }}"},
    Case{"{{range .S}}{{else}}{{break}}{{end}}", ":1:22: {{break}} outside {{range}}"},
    Case{"{{if true}}{{else if}}{{end}}", ":1:20: missing value for if"},
    Case{"{{if true}}{{else foo}}{{end}}", ":1:18: unexpected 'foo' in else"},
    Case{"{{with .U}}a{{else if true}}b{{end}}", ":1:19: unexpected 'if' in else"},
    Case{"{{end .}}", ":1:6: unexpected '.' in end"},
    Case{"{{if .T}}{{end .}}", ":1:15: unexpected '.' in end"},
    Case{"{{break x}}", ":1:2: {{break}} outside {{range}}"},
    Case{"{{.ID}}{{", ":1:7: unclosed action"},
    Case{"{{.ID}}{{/*", ":1:7: unclosed comment"},
};

Value data() {
  return Value::map({{"ID", "0123456789ab"},
                     {"Name", "web"},
                     {"N", 3},
                     {"F", 1.5},
                     {"T", true},
                     {"U", false},
                     {"Nil", nullptr},
                     {"S", Value::strings({"a", "b", "c"})}});
}

std::string failure(std::string_view text, const Value& root) {
  const auto parsed = Template::parse(text);
  if (!parsed.ok()) {
    EXPECT_EQ(parsed.error().code(), ErrorCode::invalid_argument);
    return parsed.error().message();
  }
  const auto out = parsed->execute(root);
  return out.ok() ? "no error but: " + *out : out.error().message();
}

TEST(TemplateErrors, SayWhereAndWhat) {
  const Value root = data();
  for (const Case& example : kErrors) {
    const bool executing = example.expected.find("executing") != std::string_view::npos;
    EXPECT_EQ(failure(example.text, root), fmt::format("failed to {} template: template: {}",
                                                       executing ? "execute" : "parse", example.expected))
        << example.text;
  }
}

TEST(TemplateErrors, AForgottenPointIsTold) {
  const auto parsed = Template::parse("{{ID}}");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().hint(), "a field begins with a point: {{.ID}}");
}

std::string repeat(std::string_view text, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(TemplateErrors, BoundSizeAndDepth) {
  EXPECT_TRUE(Template::parse(std::string(size_t{64} << 10, 'x')).ok());
  EXPECT_FALSE(Template::parse(std::string((size_t{64} << 10) + 1, 'x')).ok());
  const auto nested = [](size_t depth) {
    return Template::parse(repeat("{{if 1}}", depth) + repeat("{{end}}", depth)).ok();
  };
  EXPECT_TRUE(nested(100));
  EXPECT_FALSE(nested(101));
  const auto parentheses = [](size_t depth) {
    return Template::parse("{{" + repeat("(", depth) + "1" + repeat(")", depth) + "}}").ok();
  };
  EXPECT_TRUE(parentheses(100));
  EXPECT_FALSE(parentheses(101));
  EXPECT_FALSE(Template::parse(repeat("{{if 0}}{{else ", 101) + "}}" + repeat("{{end}}", 101)).ok());
}

TEST(TemplateErrors, BoundWhatIsDone) {
  const Value root;
  EXPECT_NE(
      failure("{{define \"a\"}}{{template \"a\" .}}{{end}}{{template \"a\" .}}", root).find("too deeply"),
      std::string::npos);
  EXPECT_NE(
      failure("{{$x := \"0123456789\"}}{{range 100}}{{$x = print $x $x}}{{end}}", root).find("too much text"),
      std::string::npos);
  EXPECT_NE(failure("{{range 99999999999}}{{end}}", root).find("too long"), std::string::npos);
}

TEST(TemplateErrors, AreOneLine) {
  EXPECT_EQ(failure("{{index `a\nb` 9}}", Value()).find('\n'), std::string::npos);
}

}  // namespace
}  // namespace cove::cli::format

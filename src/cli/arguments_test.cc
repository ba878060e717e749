#include "cli/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "cli/spelling.h"

namespace cove::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Target {
  std::string memory;
  std::vector<std::string> env;
  bool tty = false;
  bool interactive = false;
  bool init = true;
};

Status set_memory(Target& target, std::string_view value) {
  if (value == "bad") return Error(ErrorCode::invalid_argument, "not a size");
  target.memory = value;
  return {};
}

Status add_env(Target& target, std::string_view value) {
  target.env.emplace_back(value);
  return {};
}

constexpr std::array kFirst{
    Option{.name = "memory", .letter = 'm', .placeholder = "BYTES", .help = "h", .set = setter<&set_memory>},
    Option{.name = "env",
           .letter = 'e',
           .alias = "environment",
           .placeholder = "K=V",
           .help = "h",
           .use = Use::repeat,
           .set = setter<&add_env>},
};
constexpr std::array kSecond{
    Option{.name = "tty", .letter = 't', .help = "h", .set = flag<&Target::tty>},
    Option{.name = "interactive", .letter = 'i', .help = "h", .set = flag<&Target::interactive>},
    Option{.name = "init", .help = "h", .set = flag<&Target::init>},
};
constexpr OptionGroup kFirstGroup{"First", kFirst};
constexpr OptionGroup kSecondGroup{"Second", kSecond};
constexpr std::array kGroups{&kFirstGroup, &kSecondGroup};

struct Outcome {
  Target target;
  std::vector<std::string> operands;
  bool help = false;
  std::string error;
  std::string hint;
};

Outcome parse(std::vector<std::string> words, Operands operands = Operands::command,
              Grammar grammar = Grammar::docker) {
  std::vector<char*> arguments;
  arguments.reserve(words.size());
  for (std::string& word : words) arguments.push_back(word.data());
  Outcome outcome;
  const auto parsed = parse_arguments(Syntax{"run", kGroups, operands, grammar}, arguments, &outcome.target);
  if (!parsed.ok()) {
    EXPECT_EQ(parsed.error().code(), ErrorCode::invalid_argument);
    outcome.error = parsed.error().message();
    outcome.hint = parsed.error().hint();
    return outcome;
  }
  outcome.operands.assign(parsed->operands.begin(), parsed->operands.end());
  outcome.help = parsed->help;
  return outcome;
}

TEST(Arguments, AValueMayFollowOrBeAttached) {
  EXPECT_EQ(parse({"--memory", "1g", "x"}).target.memory, "1g");
  EXPECT_EQ(parse({"--memory=1g", "x"}).target.memory, "1g");
  EXPECT_EQ(parse({"--memory==", "x"}).target.memory, "=");
  EXPECT_EQ(parse({"-m", "1g", "x"}).target.memory, "1g");
  EXPECT_EQ(parse({"-m1g", "x"}).target.memory, "1g");
  EXPECT_EQ(parse({"-m=1g", "x"}).target.memory, "1g");
  EXPECT_EQ(parse({"-m", "-1", "x"}).target.memory, "-1");
}

TEST(Arguments, RepeatedOptionsKeepTheirOrder) {
  EXPECT_THAT(parse({"-e", "A=1", "--env=B=2", "--environment", "C=3", "x"}).target.env,
              ElementsAre("A=1", "B=2", "C=3"));
}

TEST(Arguments, FlagsMayBeGroupedNegatedAndEndWithAValue) {
  const Outcome grouped = parse({"-itm", "1g", "x"});
  EXPECT_EQ(grouped.error, "");
  EXPECT_TRUE(grouped.target.tty);
  EXPECT_TRUE(grouped.target.interactive);
  EXPECT_EQ(grouped.target.memory, "1g");
  EXPECT_FALSE(parse({"--init=false", "x"}).target.init);
  EXPECT_FALSE(parse({"--init=0", "x"}).target.init);
  EXPECT_FALSE(parse({"-t=F", "x"}).target.tty);
  // Unlike a value, the truth of a flag never follows.
  EXPECT_THAT(parse({"--init", "false"}).operands, ElementsAre("false"));
}

TEST(Arguments, TheFirstOperandEndsTheOptions) {
  const Outcome outcome = parse({"-t", "ls", "-m", "1g"});
  EXPECT_THAT(outcome.operands, ElementsAre("ls", "-m", "1g"));
  EXPECT_EQ(outcome.target.memory, "");
  EXPECT_THAT(parse({"--", "-t"}).operands, ElementsAre("-t"));
  EXPECT_THAT(parse({"-", "-t"}).operands, ElementsAre("-", "-t"));
  EXPECT_THAT(parse({"a", "--", "b"}).operands, ElementsAre("a", "--", "b"));
}

TEST(Arguments, HelpWinsOverWhatFollows) {
  EXPECT_TRUE(parse({"--help"}).help);
  EXPECT_TRUE(parse({"-th"}).help);
  EXPECT_TRUE(parse({"-t", "--help", "--nonsense"}).help);
  EXPECT_FALSE(parse({"ls", "--help"}).help);
}

TEST(Arguments, UnknownOptionsNameTheNearest) {
  EXPECT_EQ(parse({"--memroy", "1g"}).error, "unknown option '--memroy'; did you mean --memory?");
  EXPECT_EQ(parse({"--memroy=1g"}).error, "unknown option '--memroy'; did you mean --memory?");
  EXPECT_EQ(parse({"--inter"}).error, "unknown option '--inter'; did you mean --interactive?");
  EXPECT_EQ(parse({"--zzzzzz"}).error, "unknown option '--zzzzzz'");
  EXPECT_EQ(parse({"--zzzzzz"}).hint, "`cove run --help` lists the options");
  EXPECT_EQ(parse({"--=x"}).error, "unknown option '--'");
  EXPECT_EQ(parse({"-z"}).error, "unknown option '-z'");
  EXPECT_EQ(parse({"-tz"}).error, "unknown option '-z' in '-tz'");
  EXPECT_EQ(parse({"-init"}).error, "unknown option '-n' in '-init'; did you mean --init?");
}

TEST(Arguments, MissingAndEmptyValuesAreErrors) {
  EXPECT_EQ(parse({"--memory"}).error, "--memory needs a value: --memory BYTES");
  EXPECT_EQ(parse({"-m"}).error, "-m needs a value: -m BYTES");
  EXPECT_EQ(parse({"--memory", "--tty", "x"}).error, "--memory needs a value: --memory BYTES");
  EXPECT_EQ(parse({"--memory", "--tty", "x"}).hint, "if '--tty' is the value, write --memory=--tty");
  EXPECT_EQ(parse({"--memory", "", "x"}).error, "--memory: the value is empty");
  EXPECT_EQ(parse({"--memory="}).error, "--memory: the value is empty");
  EXPECT_EQ(parse({"--memory="}).hint, "give a value, --memory BYTES, or leave the option out");
}

TEST(Arguments, ErrorsOfASetterNameOptionAndValue) {
  EXPECT_EQ(parse({"--memory", "bad"}).error, "--memory 'bad': not a size");
  EXPECT_EQ(parse({"-mbad"}).error, "-m 'bad': not a size");
  EXPECT_EQ(parse({"--tty=maybe"}).error, "--tty 'maybe': neither true nor false");
}

TEST(Arguments, OnceMeansOnce) {
  EXPECT_EQ(parse({"-m", "1g", "--memory=2g", "x"}).error, "--memory is given twice");
  EXPECT_EQ(parse({"-tt", "x"}).error, "-t is given twice");
  EXPECT_EQ(parse({"-e", "A=1", "-e", "A=1", "x"}).error, "");
}

TEST(Arguments, OperandsAreAsTheCommandWantsThem) {
  EXPECT_EQ(parse({"-t"}).error, "cove run needs a command to run");
  EXPECT_EQ(parse({"--"}).error, "cove run needs a command to run");
  EXPECT_THAT(parse({}, Operands::none).operands, IsEmpty());
  EXPECT_EQ(parse({"x"}, Operands::none).error, "cove run takes no argument, but got 'x'");
  EXPECT_THAT(parse({"x"}, Operands::optional).operands, ElementsAre("x"));
}

Outcome parse_runc(std::vector<std::string> words, Operands operands = Operands::optional) {
  return parse(std::move(words), operands, Grammar::runc);
}

TEST(ArgumentsOfRunc, AValueMayBeginWithADashOrBeEmpty) {
  EXPECT_EQ(parse_runc({"--memory", "-1", "x"}).target.memory, "-1");
  EXPECT_EQ(parse_runc({"--memory", "--tty", "x"}).target.memory, "--tty");
  EXPECT_FALSE(parse_runc({"--memory", "--tty", "x"}).target.tty);
  const Outcome empty = parse_runc({"--memory", "", "x"});
  EXPECT_EQ(empty.error, "");
  EXPECT_EQ(empty.target.memory, "");
  EXPECT_EQ(parse_runc({"--memory=", "x"}).error, "");
  EXPECT_EQ(parse_runc({"--memory"}).error, "--memory needs a value: --memory BYTES");
}

TEST(ArgumentsOfRunc, TheLastOfTwoCounts) {
  const Outcome outcome = parse_runc({"-m", "1g", "--memory=2g", "--tty", "--tty=false", "x"});
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.target.memory, "2g");
  EXPECT_FALSE(outcome.target.tty);
}

TEST(ArgumentsOfRunc, OneDashDoesForALongName) {
  EXPECT_EQ(parse_runc({"-memory", "1g", "x"}).target.memory, "1g");
  EXPECT_EQ(parse_runc({"-memory=1g", "x"}).target.memory, "1g");
  EXPECT_FALSE(parse_runc({"-init=false", "x"}).target.init);
  // A letter is still one, alone and with its value.
  EXPECT_TRUE(parse_runc({"-t", "x"}).target.tty);
  EXPECT_EQ(parse_runc({"-m1g", "x"}).target.memory, "1g");
}

TEST(ArgumentsOfRunc, OptionsMayStandBetweenTheOperands) {
  const Outcome outcome = parse_runc({"box", "--memory", "1g", "KILL", "-t"});
  EXPECT_THAT(outcome.operands, ElementsAre("box", "KILL"));
  EXPECT_EQ(outcome.target.memory, "1g");
  EXPECT_TRUE(outcome.target.tty);
  EXPECT_THAT(parse_runc({"box", "--", "-t"}).operands, ElementsAre("box", "-t"));
  // Not behind those of a command that is run inside.
  const Outcome command = parse_runc({"-t", "box", "ls", "-m", "1g"}, Operands::command);
  EXPECT_THAT(command.operands, ElementsAre("box", "ls", "-m", "1g"));
  EXPECT_EQ(command.target.memory, "");
}

TEST(ArgumentsOfRunc, UnknownOptionsAreErrorsThereToo) {
  EXPECT_EQ(parse_runc({"box", "--memroy", "1g"}).error, "unknown option '--memroy'; did you mean --memory?");
  EXPECT_EQ(parse_runc({"box", "-z"}).error, "unknown option '-z'");
}

TEST(Spelling, CountsEdits) {
  EXPECT_EQ(spelling_distance("memory", "memory"), 0U);
  EXPECT_EQ(spelling_distance("memroy", "memory"), 1U);
  EXPECT_EQ(spelling_distance("", "abc"), 3U);
  EXPECT_EQ(spelling_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(spelling_distance(std::string(50, 'a'), "a"), 40U);
}

TEST(Spelling, FarWordsAreNotOffered) {
  NearestWord nearest("rnu");
  nearest.consider("explain");
  EXPECT_EQ(nearest.word(), "");
  nearest.consider("run");
  EXPECT_EQ(nearest.word(), "run");
}

}  // namespace
}  // namespace cove::cli

// The tables of all commands, and what is made of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/completion.h"
#include "cli/documents.h"
#include "cli/help.h"
#include "cli/text_layout.h"
#include "sys/file.h"

namespace cove::cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

bool ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

void expect_sound(const Option& option) {
  EXPECT_TRUE(ascii(option.name) && !option.name.empty() && !option.name.starts_with('-')) << option.name;
  EXPECT_EQ(option.name.find_first_of(" =_"), std::string_view::npos) << option.name;
  EXPECT_NE(option.name, "help");
  EXPECT_TRUE(ascii(option.help) && !option.help.empty() && !option.help.ends_with('.')) << option.name;
  EXPECT_TRUE(ascii(option.placeholder)) << option.name;
  EXPECT_NE(option.set, nullptr) << option.name;
  EXPECT_TRUE(!option.is_flag() || option.use == Use::once) << option.name;
}

TEST(Commands, TheirTablesAreSound) {
  std::set<std::string_view> commands;
  for (const Command* each : every_command()) {
    const Command& command = *each;
    EXPECT_TRUE(commands.insert(command.name).second) << command.name;
    EXPECT_TRUE(ascii(command.summary) && !command.summary.ends_with('.') && !command.summary.empty());
    EXPECT_EQ(command.run == nullptr, command.subcommands != nullptr);
    if (command.subcommands != nullptr) {
      for (const Command& sub : command.subcommands->commands)
        EXPECT_TRUE(sub.name.starts_with(std::string(command.name) + ' ') && sub.subcommands == nullptr);
    }
    std::set<std::string_view> names;
    std::set<char> letters;
    for (const OptionGroup* group : command.groups) {
      EXPECT_FALSE(group->title.empty());
      const auto by_name = [](const Option& a, const Option& b) { return a.name < b.name; };
      EXPECT_TRUE(std::is_sorted(group->options.begin(), group->options.end(), by_name)) << group->title;
      for (const Option& option : group->options) {
        expect_sound(option);
        EXPECT_TRUE(names.insert(option.name).second) << option.name;
        EXPECT_TRUE(option.alias.empty() || names.insert(option.alias).second) << option.alias;
        EXPECT_TRUE(option.letter == 0 || letters.insert(option.letter).second) << option.letter;
      }
    }
    EXPECT_LE(names.size(), 128U) << "the parser's bitset";
  }
}

TEST(Commands, HelpFitsAndNamesEveryOption) {
  for (const Command* each : every_command()) {
    const Command& command = *each;
    std::string help = command_help(command);
    for (const OptionGroup* group : command.groups) {
      for (const Option& option : group->options) EXPECT_THAT(help, HasSubstr(option_synopsis(option)));
    }
    std::string_view rest = help;
    while (const auto line = next_line(rest)) EXPECT_LE(line->size(), kTextWidth) << *line;
  }
  EXPECT_THAT(
      command_help(*find_command("run")),
      AllOf(StartsWith("Usage: cove run [OPTIONS] [--] COMMAND [ARG...]\n\nRun a command in a sandbox\n"),
            HasSubstr("  -m, --memory BYTES           Memory; beyond it"), HasSubstr("\nValues:\n")));
  EXPECT_EQ(usage_line(*find_command("help")), "cove help [COMMAND]");
}

TEST(Commands, TheOverviewListsWhatIsForPeople) {
  EXPECT_THAT(overview_text(),
              AllOf(HasSubstr("\n  run "), HasSubstr("\n  doctor "), Not(HasSubstr("\n  man "))));
}

TEST(Commands, UnknownOnesSuggestANeighbour) {
  EXPECT_EQ(known_command("rnu").error().message(), "unknown command 'rnu'; did you mean run?");
  EXPECT_EQ(known_command("bash").error().message(), "unknown command 'bash'");
  EXPECT_THAT(known_command("bash").error().hint(), HasSubstr("cove run -- COMMAND"));
  EXPECT_TRUE(known_command("explain").ok());
}

TEST(TextLayout, BreaksAtBlanks) {
  std::string out;
  append_wrapped(out, "one two  three", 0, 2, 8);
  EXPECT_EQ(out, "one two\n  three");
  out.clear();
  append_wrapped(out, "abcdefghijkl m", 0, 0, 8);
  EXPECT_EQ(out, "abcdefghijkl\nm");
  out.clear();
  append_paragraphs(out, "a b c\n\n  d e f", 3);
  EXPECT_EQ(out, "a b\nc\n\n  d e f\n");
}

TEST(Completion, OffersTheFixedWordsOfAPlaceholder) {
  EXPECT_THAT(fixed_words("none|host|ns:PATH|pid:N"), ElementsAre("none", "host", "ns:", "pid:"));
  EXPECT_THAT(fixed_words("monotonic=TIME|boottime=TIME"), ElementsAre("monotonic=", "boottime="));
  EXPECT_THAT(fixed_words("BYTES"), IsEmpty());
  EXPECT_THAT(fixed_words("2..262144"), IsEmpty());
  EXPECT_THAT(fixed_words(""), IsEmpty());
}

TEST(Completion, TakesItsSourceFromThePlaceholder) {
  const Syntax run = find_command("run")->syntax();
  EXPECT_EQ(value_source(*find_option(run, "rootfs")), ValueSource::directory);
  EXPECT_EQ(value_source(*find_option(run, "workdir")), ValueSource::none);
  EXPECT_EQ(value_source(*find_option(run, "env-file")), ValueSource::file);
  EXPECT_EQ(value_source(*find_option(run, "volume")), ValueSource::file);
  EXPECT_EQ(value_source(*find_option(run, "network")), ValueSource::words);
  EXPECT_EQ(value_source(*find_option(run, "memory")), ValueSource::none);
}

TEST(Documents, TheReferenceInDocsIsUpToDate) {
  const auto committed = sys::read_file(COVE_SOURCE_DIR "/docs/reference.md");
  ASSERT_TRUE(committed.ok());
  EXPECT_TRUE(*committed == reference_text()) << "write it anew: cove reference > docs/reference.md";
}

TEST(Documents, TheManPageHoldsEveryOption) {
  const std::string page = man_sections();
  EXPECT_THAT(page, AllOf(HasSubstr(".SS Root file system\n"),
                          HasSubstr("\\fB\\-\\-storage\\-size\\fR \\fIBYTES\\fR\n")));
  std::string_view rest = page;
  while (const auto line = next_line(rest)) {
    EXPECT_FALSE(line->starts_with('\'')) << *line;
    if (!line->starts_with('.')) continue;
    EXPECT_THAT(line->substr(0, 3), testing::AnyOf(".SH", ".SS", ".TP", ".PP", ".nf", ".fi"));
  }
}

}  // namespace
}  // namespace cove::cli

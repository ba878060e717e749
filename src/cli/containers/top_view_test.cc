#include "cli/containers/top_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/containers/top_terminal.h"
#include "cli/format/text_width.h"

namespace cove::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

Sample sample(const std::string& name, double cpu, uint64_t memory) {
  Sample sample;
  sample.id = sample.name = name;
  sample.condition = engine::Condition::running;
  sample.cpu_percent = cpu;
  sample.usage.memory_bytes = memory;
  sample.usage.memory_limit = 1000;
  return sample;
}

TEST(TopBar, IsFullAtOneAndNeverFuller) {
  EXPECT_EQ(top_bar(0, 10), "[        ]");
  EXPECT_EQ(top_bar(0.5, 10), "[####    ]");
  EXPECT_EQ(top_bar(7, 10), "[########]");
  EXPECT_EQ(top_bar(-1, 10), "[        ]");
}

TEST(TopSort, TheGreatestFirstAndNamesInOrder) {
  std::vector<Sample> samples{sample("b", 1, 5), sample("a", 1, 1), sample("c", 9, 1)};
  sort_samples(samples, TopSort::cpu);
  EXPECT_EQ(samples[0].name + samples[1].name + samples[2].name, "cab");
  sort_samples(samples, TopSort::memory);
  EXPECT_EQ(samples[0].name, "b");
  sort_samples(samples, TopSort::name);
  EXPECT_EQ(samples[0].name, "a");
}

TEST(TopView, FitsItsTerminal) {
  TopView view;
  for (int i = 0; i < 50; ++i) view.samples.push_back(sample("container" + std::to_string(i), 150, 500));
  view.samples[49].name = "evil\x1b[2J";
  view.selected = 49;
  view.log_pane = true;
  view.log = {"one", "two \x1b[31m"};
  for (const TopSize size : {TopSize{24, 80}, TopSize{50, 200}, TopSize{4, 20}, TopSize{1, 1}}) {
    const auto lines = render_top(view, size);
    EXPECT_EQ(lines.size(), size.rows);
    for (std::string line : lines) {
      for (const std::string_view style : {"\x1b[7m", "\x1b[27m"}) {
        if (const size_t at = line.find(style); at != std::string::npos) line.erase(at, style.size());
      }
      EXPECT_THAT(line, Not(HasSubstr("\x1b")));
      EXPECT_LE(format::text_columns(line), size.columns);
    }
  }
  // The selected one is seen, and all columns of a row are at 80.
  const auto lines = render_top(view, {24, 80});
  EXPECT_THAT(lines[1], HasSubstr("PIDS"));
  EXPECT_THAT(lines[12], HasSubstr("evil"));
  EXPECT_THAT(lines[12], HasSubstr("--"));
  EXPECT_THAT(lines[15], HasSubstr("two"));
}

TEST(TopKeys, AreTakenOneByOne) {
  std::string bytes = "q\x1b[A\x1bOB\x1b[15~\x03\x1b[";
  EXPECT_EQ(take_key(bytes)->character, 'q');
  EXPECT_EQ(take_key(bytes)->key, Key::up);
  EXPECT_EQ(take_key(bytes)->key, Key::down);
  EXPECT_EQ(take_key(bytes)->key, Key::quit);
  EXPECT_FALSE(take_key(bytes).has_value());
  bytes += "A";
  EXPECT_EQ(take_key(bytes)->key, Key::up);
}

}  // namespace
}  // namespace cove::cli

#include "cli/containers/process_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace cove::cli {
namespace {

using testing::HasSubstr;
using namespace std::string_view_literals;

constexpr std::string_view kStat =
    "4242 (a) b) S 17 4242 4242 34818 4242 4194560 100 0 0 0 6005 500 0 0 20 0 3 0 360000 8192000 250 "
    "18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0";
constexpr std::string_view kStatus = "Name:\ta) b\nPid:\t4242\nUid:\t1\t0\t0\t0\nGid:\t0\t0\t0\t0\n";
constexpr std::string_view kCommand = "sleep\0a\tb\0\0"sv;
// The process is as old as 10 minutes.
constexpr Clocks kClocks{.now = 1'764'000'000'000'000'000, .uptime = 4200, .memory = uint64_t{1} << 30};

std::string table(const std::vector<std::string_view>& options, const ProcessRow& row) {
  const auto columns = parse_columns(options);
  if (!columns.ok()) return columns.error().message();
  return process_table({&row, 1}, *columns, kClocks);
}

TEST(ProcessTable, ReadsAProcess) {
  const auto row = parse_process(kStat, kStatus, kCommand);
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ(row->pid, 4242);
  EXPECT_EQ(row->parent, 17);
  EXPECT_EQ(row->uid, 0U);
  EXPECT_EQ(row->name, "a) b");
  EXPECT_EQ(row->command, "sleep a\tb");
  EXPECT_EQ(row->cpu_ticks, 6505U);
  EXPECT_EQ(row->threads, 3U);
  EXPECT_EQ(row->virtual_bytes, 8192000U);
  EXPECT_EQ(parse_process(kStat, kStatus, "")->command, "[a) b]");
}

TEST(ProcessTable, WhatIsNoProcess) {
  EXPECT_FALSE(parse_process("", kStatus, kCommand).has_value());
  EXPECT_FALSE(parse_process("4242 (x) S 1 2", kStatus, kCommand).has_value());
  EXPECT_FALSE(parse_process("4242 )x( S 1 2", kStatus, kCommand).has_value());
  EXPECT_FALSE(parse_process(kStat, "Name:\tx\n", kCommand).has_value());
}

TEST(ProcessTable, KeywordsOfPs) {
  const ProcessRow row = *parse_process(kStat, kStatus, kCommand);
  EXPECT_EQ(table({"-o", "pid,ppid,args"}, row),
            "PID                 PPID                COMMAND\n"
            "4242                17                  sleep a\\tb\n");
  for (const std::vector<std::string_view>& options : {std::vector{"-o"sv, "pid"sv},
                                                       {"-opid"sv},
                                                       {"-eo"sv, "pid"sv},
                                                       {"-e"sv, "-o"sv, "pid"sv},
                                                       {"o"sv, "pid"sv}})
    EXPECT_EQ(table(options, row), "PID\n4242\n");
  EXPECT_EQ(
      table({"-o", "tty", "-o", "time,etime,c,rss,vsz"}, row),
      "TT                  TIME                ELAPSED             C                   RSS                 "
      "VSZ\n"
      "pts/2               00:01:05            10:00               10                  1000                "
      "8000\n");
}

TEST(ProcessTable, TheUsualColumns) {
  const ProcessRow row = *parse_process(kStat, kStatus, kCommand);
  for (const auto& options : {std::vector<std::string_view>(), {"-ef"}}) {
    EXPECT_THAT(
        table(options, row),
        HasSubstr("UID                 PID                 PPID                C                   STIME "
                  "              TTY                 TIME                CMD\n"));
  }
  EXPECT_THAT(table({"aux"}, row), HasSubstr("%MEM"));
}

TEST(ProcessTable, WhatIsNotKnownIsSaid) {
  const ProcessRow row = *parse_process(kStat, kStatus, kCommand);
  EXPECT_THAT(table({"--forest"}, row), HasSubstr("'--forest' is no option of ps that is known here"));
  EXPECT_THAT(table({"-o", "pid,nope"}, row), HasSubstr("-o 'nope' is not known"));
  EXPECT_THAT(table({"-o"}, row), HasSubstr("no option of ps"));
}

}  // namespace
}  // namespace cove::cli

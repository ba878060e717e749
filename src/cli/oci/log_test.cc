#include "cli/oci/log.h"

#include <errno.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "cli/oci/tables.h"
#include "sys/file.h"

namespace cove::cli::oci {
namespace {

using testing::MatchesRegex;

constexpr const char* kTime = "20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z";

class LogFile : public testing::Test {
 protected:
  void SetUp() override {
    path = testing::TempDir() + "cove_log_test." + std::to_string(::getpid());
    static_cast<void>(::unlink(path.c_str()));
    ASSERT_TRUE(log.open(path).ok());
  }
  void TearDown() override { static_cast<void>(::unlink(path.c_str())); }
  [[nodiscard]] std::string text() const {
    const Result<std::string> text = sys::read_file(path.c_str());
    return text ? *text : text.error().message();
  }

  std::string path;
  Log log;
};

TEST_F(LogFile, JsonIsAnObjectALine) {
  log.set_format(Log::Format::json);
  log.write(Log::Level::warning, "a \"b\"\n");
  log.write(Log::Level::error, "c");
  EXPECT_THAT(text(),
              MatchesRegex(std::string(R"(\{"level":"warning","msg":"a \\"b\\"\\n","time":")") + kTime +
                           "\"\\}\n" + R"(\{"level":"error","msg":"c","time":")" + kTime + "\"\\}\n"));
}

TEST_F(LogFile, TextIsAsLogrusHasIt) {
  log.write(Log::Level::error, "no \"such\" thing");
  EXPECT_THAT(text(), MatchesRegex(std::string("time=\"") + kTime +
                                   R"(" level=error msg="no \\"such\\" thing")" + "\n"));
}

TEST_F(LogFile, DebugIsAskedFor) {
  log.write(Log::Level::debug, "quiet");
  EXPECT_EQ(text(), "");
  log.set_debug(true);
  log.write(Log::Level::debug, "loud");
  EXPECT_THAT(text(), MatchesRegex(".*level=debug msg=\"loud\"\n"));
}

TEST_F(LogFile, WhatEndsTheProgramHasTheKernelsWordsAndTheHint) {
  Error error(ErrorCode::not_found, "exec of 'x'", ENOENT);
  error.set_hint("install it");
  log.set_format(Log::Format::json);
  testing::internal::CaptureStderr();
  log.fatal(error);
  const std::string shown = testing::internal::GetCapturedStderr();
  EXPECT_EQ(shown, "exec of 'x': no such file or directory; hint: install it\n");
  EXPECT_THAT(text(), MatchesRegex(".*\"level\":\"error\",\"msg\":\"exec of 'x': no such file or directory; "
                                   "hint: install it\".*\n"));
}

TEST(Log, AFileThatCannotBeMadeIsAnError) {
  Log log;
  const Status status = log.open("/proc/no/such/file");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().sys_errno(), ENOENT);
}

}  // namespace
}  // namespace cove::cli::oci

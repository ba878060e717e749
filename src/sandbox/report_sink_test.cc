#include "sandbox/report_sink.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/file.h"

namespace cove::sandbox {
namespace {

using testing::HasSubstr;

class Sink : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/cove-report-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    directory = name;
  }
  void TearDown() override {
    ::chmod(directory.c_str(), 0700);
    const auto names = sys::list_directory(AT_FDCWD, directory.c_str());
    ASSERT_TRUE(names.ok());
    for (const std::string& name : *names) ::unlink((directory + "/" + name).c_str());
    ::rmdir(directory.c_str());
  }
  [[nodiscard]] std::string path(std::string_view name) const { return directory + "/" + std::string(name); }
  [[nodiscard]] static std::string content(const std::string& file) {
    const auto text = sys::read_file(file.c_str());
    return text.ok() ? *text : text.error().message();
  }
  static void put(const std::string& file, std::string_view text) {
    ASSERT_TRUE(sys::replace_file(file.c_str(), text, 0600).ok());
  }

  std::string directory;
};

TEST_F(Sink, ReplacesAFileOnlyWhenItIsWritten) {
  put(path("r"), "old");
  auto sink = ReportSink::open(path("r"));
  ASSERT_TRUE(sink.ok());
  EXPECT_EQ(content(path("r")), "old");
  ASSERT_TRUE(sink->write("new").ok());
  EXPECT_EQ(content(path("r")), "new");
  EXPECT_EQ(sys::list_directory(AT_FDCWD, directory.c_str())->size(), 1U);
}

TEST_F(Sink, OpeningLeavesNothingBehind) {
  ASSERT_TRUE(ReportSink::open(path("r")).ok());
  EXPECT_EQ(sys::list_directory(AT_FDCWD, directory.c_str())->size(), 0U);
}

TEST_F(Sink, RefusesBeforeTheStartWhatCannotBeWritten) {
  auto sink = ReportSink::open(path("missing/r"));
  ASSERT_FALSE(sink.ok());
  EXPECT_EQ(sink.error().sys_errno(), ENOENT);
  EXPECT_THAT(sink.error().message(), HasSubstr("missing/r"));
  EXPECT_EQ(ReportSink::open(directory).error().sys_errno(), EISDIR);
  EXPECT_EQ(ReportSink::open("").error().code(), ErrorCode::invalid_argument);
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(ReportSink::open(path("fifo")).error().sys_errno(), ENXIO);
}

TEST_F(Sink, RefusesADirectoryWithoutPermission) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  ::chmod(directory.c_str(), 0500);
  EXPECT_EQ(ReportSink::open(path("r")).error().sys_errno(), EACCES);
}

TEST_F(Sink, RefusesAFileSystemThatLetsNobodyCreateFiles) {
  const auto sink = ReportSink::open("/proc/cove-report.json");  // no O_TMPFILE there
  ASSERT_FALSE(sink.ok());
  EXPECT_THAT(sink.error().message(), HasSubstr("/proc/cove-report.json"));
}

TEST_F(Sink, SymbolicLinkKeepsAndItsTargetIsReplaced) {
  put(path("target"), "old");
  ASSERT_EQ(::symlink("target", path("link").c_str()), 0);
  auto sink = ReportSink::open(path("link"));
  ASSERT_TRUE(sink.ok());
  ASSERT_TRUE(sink->write("new").ok());
  EXPECT_EQ(content(path("target")), "new");
  struct stat info {};
  ASSERT_EQ(::lstat(path("link").c_str(), &info), 0);
  EXPECT_TRUE(S_ISLNK(info.st_mode));
}

TEST_F(Sink, WritesIntoWhatIsNoRegularFile) {
  auto pipe = sys::make_pipe();
  ASSERT_TRUE(pipe.ok());
  auto sink = ReportSink::open("/dev/fd/" + std::to_string(pipe->write_end.get()));
  ASSERT_TRUE(sink.ok());
  ASSERT_TRUE(sink->write("report\n").ok());
  char buffer[16] = {};
  EXPECT_EQ(::read(pipe->read_end.get(), buffer, sizeof buffer), 7);
  EXPECT_TRUE(ReportSink::open("/dev/null")->write("x").ok());
}

}  // namespace
}  // namespace cove::sandbox

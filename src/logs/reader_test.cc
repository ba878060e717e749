#include "logs/reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "logs/compress.h"
#include "logs/print.h"
#include "logs/test_directory.h"
#include "logs/writer.h"
#include "sys/file.h"
#include "sys/notice.h"

namespace cove::logs {
namespace {

constexpr int64_t kTime = 1'500'000'000'000'000'000;

class Reading : public testing::TestWithParam<Driver> {
 protected:
  LogWriter writer(uint64_t max_size = kDefaultMaxSize, uint32_t max_files = 1000) {
    options.driver = GetParam();
    options.max_size = max_size;
    options.max_files = max_files;
    return LogWriter::open(directory.duplicate(), options, {}).value();
  }
  ReadOptions everything() const {
    ReadOptions read;
    read.driver = GetParam();
    return read;
  }
  ReadOptions tail(uint64_t lines) const {
    ReadOptions read = everything();
    read.tail = lines;
    return read;
  }
  LogReader reader(const ReadOptions& read) const { return LogReader::open(directory.fd(), read).value(); }
  // What there is now, with "e:" before each line of stderr.
  static std::string take(LogReader& reader) {
    std::string out;
    while (const auto piece = reader.next().value()) {
      if (piece->begins && piece->channel == Channel::err) out += "e:";
      out += piece->text;
      if (piece->ends) out += '\n';
    }
    return out;
  }
  std::string read(const ReadOptions& read) const {
    LogReader opened = reader(read);
    std::string out = take(opened);
    EXPECT_FALSE(opened.wait().value());
    damaged = opened.damaged();
    return out;
  }
  std::string log_name() const { return current_name(GetParam()); }

  TestDirectory directory;
  LogOptions options;
  mutable uint64_t damaged = 0;
};

TEST_P(Reading, GivesTheLinesOfBothStreamsInTheirOrder) {
  LogWriter log = writer();
  EXPECT_EQ(read(everything()), "");
  log.append_at(Channel::out, "one\n\ntwo\n", kTime);
  log.append_at(Channel::err, "three\n", kTime);
  log.append_at(Channel::out, "four", kTime);
  log.end(Channel::out);
  EXPECT_EQ(read(everything()), "one\n\ntwo\ne:three\nfour");
}

TEST_P(Reading, PiecesOfALineBelongTogether) {
  LogWriter log = writer();
  const std::string line(100'000, 'x');
  log.append_at(Channel::out, line, kTime);
  log.append_at(Channel::out, "y\n", kTime + 1);
  LogReader opened = reader(everything());
  std::string text;
  size_t begins = 0;
  bool ended = false;
  while (const auto piece = opened.next().value()) {
    EXPECT_FALSE(ended);
    EXPECT_EQ(piece->time_ns, kTime);
    begins += piece->begins ? 1 : 0;
    ended = piece->ends;
    text += piece->text;
  }
  EXPECT_TRUE(ended);
  EXPECT_EQ(begins, 1U);
  EXPECT_EQ(text, line + "y");
}

TEST_P(Reading, AnyBytesThatAreTextComeBack) {
  LogWriter log = writer(3000);
  using namespace std::string_literals;
  const std::string text = "nul \0 bell \a escape \x1b[31m tab \t quote \" back \\ €😀 <&>\r\n\n\n"s;
  std::string sent;
  for (int i = 0; i < 50; ++i) {
    log.append_at(Channel::out, text, kTime);
    sent += text;
  }
  EXPECT_EQ(read(everything()), sent);
}

// Each line is numbered, so that a gap or a repetition shows.
class Numbered : public Reading {
 protected:
  void write(LogWriter& log, int from, int to) {
    for (int i = from; i < to; ++i) {
      const std::string line = "line " + std::to_string(i) + "\n";
      log.append_at(i % 3 == 0 ? Channel::err : Channel::out, line, kTime + i);
    }
  }
  static std::string expected(int from, int to) {
    std::string out;
    for (int i = from; i < to; ++i) out += (i % 3 == 0 ? "e:line " : "line ") + std::to_string(i) + "\n";
    return out;
  }
};

TEST_P(Numbered, AllFilesAreReadCompressedOrNot) {
  LogWriter log = writer(2000);
  write(log, 0, 500);
  EXPECT_GT(directory.names().size(), 5U);
  EXPECT_EQ(read(everything()), expected(0, 500));
  options.compress = true;
  ASSERT_TRUE(compress_rotated(directory.fd(), options).ok());
  EXPECT_EQ(directory.names().count(log_name() + ".1"), 0U);
  EXPECT_EQ(read(everything()), expected(0, 500));
  write(log, 500, 600);
  EXPECT_EQ(read(everything()), expected(0, 600));
}

TEST_P(Numbered, TailsAreExact) {
  LogWriter log = writer(20'000);
  write(log, 0, 1000);
  for (int pass = 0; pass < 2; ++pass) {
    for (int lines : {0, 1, 2, 3, 10, 100, 333, 999, 1000, 1001, 5000})
      EXPECT_EQ(read(tail(static_cast<uint64_t>(lines))), expected(std::max(0, 1000 - lines), 1000)) << lines;
    options.compress = true;
    ASSERT_TRUE(compress_rotated(directory.fd(), options).ok());
  }
}

TEST_P(Numbered, TailsOfALargeFileStartCloseToItsEnd) {
  LogWriter log = writer(kUnlimited - 1);
  write(log, 0, 8000);
  const UniqueFd fd = sys::open_at(directory.fd(), log_name().c_str(), O_RDONLY).value();
  const uint64_t size = directory.largest();
  ASSERT_GT(size, 200'000U);
  const auto start = find_tail(fd.get(), GetParam(), 100);
  ASSERT_TRUE(start.ok());
  EXPECT_GE(start->lines, 100U);
  EXPECT_GT(start->offset, size - 140'000);
  EXPECT_EQ(read(tail(100)), expected(7900, 8000));
  EXPECT_EQ(read(tail(7999)), expected(1, 8000));
}

TEST_P(Reading, TailsCountLinesNotPieces) {
  LogWriter log = writer();
  log.append_at(Channel::out, "first\n", kTime);
  const std::string line(200'000, 'x');
  log.append_at(Channel::out, line + "\n", kTime);
  log.append_at(Channel::err, "last\n", kTime);
  EXPECT_EQ(read(tail(1)), "e:last\n");
  EXPECT_EQ(read(tail(3)), "first\n" + line + "\ne:last\n");
  EXPECT_EQ(read(tail(2)), line + "\ne:last\n");
}

TEST_P(Reading, ATailThatBeginsWithinALineLeavesItOut) {
  LogWriter log = writer();
  log.append_at(Channel::out, "begun ", kTime);
  log.append_at(Channel::err, "between\n", kTime);
  log.append_at(Channel::out, "ended\nnext\n", kTime);
  EXPECT_EQ(read(tail(1)), "next\n");
}

TEST_P(Numbered, TimesAreLimits) {
  LogWriter log = writer(5000);
  write(log, 0, 300);
  ReadOptions read_options = everything();
  read_options.since = kTime + 100;
  EXPECT_EQ(read(read_options), expected(100, 300));
  read_options.until = kTime + 199;
  EXPECT_EQ(read(read_options), expected(100, 200));
  read_options.tail = 150;
  EXPECT_EQ(read(read_options), expected(150, 200));
}

TEST_P(Numbered, FollowingGoesAcrossRotations) {
  LogWriter log = writer(1500, 1000);
  write(log, 0, 5);
  const UniqueFd ended = sys::make_event_fd().value();
  ReadOptions follow = tail(2);
  follow.follow = true;
  follow.ended_fd = ended.get();
  LogReader opened = reader(follow);
  EXPECT_EQ(take(opened), expected(3, 5));
  int written = 5;
  for (int more : {1, 10, 200, 3, 100}) {
    write(log, written, written + more);
    ASSERT_TRUE(opened.wait().value());
    EXPECT_EQ(take(opened), expected(written, written + more));
    written += more;
  }
  options.compress = true;
  write(log, written, written + 100);  // while the compressor works on them
  ASSERT_TRUE(compress_rotated(directory.fd(), options).ok());
  ASSERT_TRUE(opened.wait().value());
  EXPECT_EQ(take(opened), expected(written, written + 100));
  written += 100;
  write(log, written, written + 1);
  const uint64_t one = 1;
  ASSERT_EQ(::write(ended.get(), &one, sizeof one), 8);
  ASSERT_TRUE(opened.wait().value());
  EXPECT_EQ(take(opened), expected(written, written + 1));
  EXPECT_FALSE(opened.wait().value());
}

TEST_P(Numbered, FollowingALogThatDropsFilesGoesOnWithWhatIsLeft) {
  LogWriter log = writer(1500, 2);
  ReadOptions follow = everything();
  follow.follow = true;
  LogReader opened = reader(follow);
  EXPECT_EQ(take(opened), "");
  write(log, 0, 1000);
  ASSERT_TRUE(opened.wait().value());
  const std::string got = take(opened);
  EXPECT_TRUE(got.starts_with(expected(0, 10)));  // the file that it had open
  EXPECT_TRUE(got.ends_with(expected(990, 1000)));
  EXPECT_LT(got.size(), expected(0, 1000).size() / 2);
}

TEST_P(Numbered, FollowingBeginsBeforeThereIsALog) {
  ReadOptions follow = everything();
  follow.follow = true;
  LogReader opened = reader(follow);
  EXPECT_EQ(take(opened), "");
  LogWriter log = writer();
  write(log, 0, 3);
  ASSERT_TRUE(opened.wait().value());
  EXPECT_EQ(take(opened), expected(0, 3));
}

TEST_P(Reading, FollowingEndsAtTheTimeGiven) {
  LogWriter log = writer();
  ReadOptions follow = everything();
  follow.follow = true;
  follow.until = kTime;  // long ago
  LogReader opened = reader(follow);
  log.append_at(Channel::out, "in time\n", kTime);
  log.append_at(Channel::out, "late\n", kTime + 1);
  EXPECT_EQ(take(opened), "in time\n");
  EXPECT_FALSE(opened.wait().value());
}

// The last record is torn off at every byte.
TEST_P(Reading, ATornEndIsReadUpToTheTear) {
  {
    LogWriter log = writer();
    log.append_at(Channel::out, "first\n", kTime);
    log.append_at(Channel::out, "second\n", kTime);
  }
  const std::string whole = directory.content(log_name());
  const size_t first_ends =
      GetParam() == Driver::local ? kFileHeaderSize + kRecordHeaderSize + 6 : whole.find('\n') + 1;
  for (size_t size = 0; size < whole.size(); ++size) {
    directory.put(log_name(), whole.substr(0, size));
    EXPECT_EQ(read(everything()), size < first_ends ? "" : "first\n") << size;
    EXPECT_EQ(read(tail(1)), size < first_ends ? "" : "first\n") << size;
    EXPECT_EQ(damaged, 0U);
  }
}

TEST_P(Numbered, DamageIsLeftOutAndCounted) {
  LogWriter log = writer();
  write(log, 0, 3000);
  std::string content = directory.content(log_name());
  const size_t at = content.find("line 1000\n") != std::string::npos ? content.find("line 1000\n")
                                                                     : content.find("line 1000");
  content[at] = '\1';
  directory.put(log_name(), content);
  const std::string got = read(everything());
  EXPECT_EQ(damaged, 1U);
  EXPECT_TRUE(got.starts_with(expected(0, 1000)));
  EXPECT_TRUE(got.ends_with(expected(2500, 3000)));
  EXPECT_EQ(got.find("line 1000\n"), std::string::npos);
}

TEST_P(Numbered, ADamagedCompressedFileDoesNotStopTheReader) {
  LogWriter log = writer(4000);
  write(log, 0, 400);
  options.compress = true;
  ASSERT_TRUE(compress_rotated(directory.fd(), options).ok());
  std::string content = directory.content(log_name() + ".2.gz");
  directory.put(log_name() + ".2.gz", content.substr(0, content.size() / 2));
  directory.put(log_name() + ".3.gz", "not gzip");
  const std::string got = read(everything());
  EXPECT_EQ(damaged, 2U);
  EXPECT_TRUE(got.starts_with(expected(0, 30)));
  EXPECT_TRUE(got.ends_with(expected(390, 400)));
}

TEST_P(Reading, AnUnfinishedLineEndsWhereTheNextRunBegins) {
  {
    LogWriter log = writer();
    log.append_at(Channel::out, "killed in the mid", kTime);
    log.end(Channel::out);
  }
  LogWriter log = writer();
  log.append_at(Channel::out, "started again\n", kTime);
  // Docker's format has no way to say it.
  EXPECT_EQ(read(everything()), GetParam() == Driver::local ? "killed in the mid\nstarted again\n"
                                                            : "killed in the midstarted again\n");
}

class Printing : public Reading {
 protected:
  static std::string drain(int fd) {
    std::string text(65536, '\0');
    const ssize_t got = ::read(fd, text.data(), text.size());
    text.resize(got < 0 ? 0 : static_cast<size_t>(got));
    return text;
  }
};

TEST_P(Printing, StreamsGoToTheirDescriptorsWithTimestamps) {
  LogWriter log = writer();
  log.append_at(Channel::out, "a\nb\n", kTime);
  log.append_at(Channel::err, "c\n", kTime + 1);
  sys::PipePair out = sys::make_pipe(O_NONBLOCK).value();
  sys::PipePair err = sys::make_pipe(O_NONBLOCK).value();
  LogReader opened = reader(everything());
  ASSERT_TRUE(
      print_log(opened, {.timestamps = true, .out_fd = out.write_end.get(), .err_fd = err.write_end.get()})
          .ok());
  EXPECT_EQ(drain(out.read_end.get()),
            "2017-07-14T02:40:00.000000000Z a\n2017-07-14T02:40:00.000000000Z b\n");
  EXPECT_EQ(drain(err.read_end.get()), "2017-07-14T02:40:00.000000001Z c\n");
}

TEST_P(Printing, OnePlaceKeepsTheOrder) {
  LogWriter log = writer();
  log.append_at(Channel::out, "a\n", kTime);
  log.append_at(Channel::err, "b\n", kTime);
  log.append_at(Channel::out, "c", kTime);
  log.end(Channel::out);
  sys::PipePair pipe = sys::make_pipe(O_NONBLOCK).value();
  LogReader opened = reader(everything());
  ASSERT_TRUE(print_log(opened, {.out_fd = pipe.write_end.get(), .err_fd = pipe.write_end.get()}).ok());
  EXPECT_EQ(drain(pipe.read_end.get()), "a\nb\nc");
}

INSTANTIATE_TEST_SUITE_P(Files, Reading, testing::Values(Driver::local, Driver::json_file),
                         [](const auto& of) { return of.param == Driver::local ? "local" : "json"; });
INSTANTIATE_TEST_SUITE_P(Files, Numbered, testing::Values(Driver::local, Driver::json_file),
                         [](const auto& of) { return of.param == Driver::local ? "local" : "json"; });
INSTANTIATE_TEST_SUITE_P(Files, Printing, testing::Values(Driver::local, Driver::json_file),
                         [](const auto& of) { return of.param == Driver::local ? "local" : "json"; });

TEST(LogDrivers, WithoutFilesAreReadElsewhere) {
  TestDirectory directory;
  const auto journald =
      LogReader::open(directory.fd(), {.driver = Driver::journald, .identity = {.id = "abc"}});
  ASSERT_FALSE(journald.ok());
  EXPECT_EQ(journald.error().code(), ErrorCode::unsupported);
  EXPECT_EQ(journald.error().hint(), "the journal has it: journalctl CONTAINER_ID_FULL=abc");
  const auto none = LogReader::open(directory.fd(), {.driver = Driver::none});
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().message(), "the log driver none keeps no log that could be read here");
}

// Docker's own file, with attributes: written by `docker run --log-opt tag=x`.
TEST(DockersFile, IsRead) {
  TestDirectory directory;
  directory.put("container-json.log",
                R"({"log":"hello\n","stream":"stdout","attrs":{"tag":"x"},"time":"2026-11-24T15:21:41.5Z"})"
                "\n"
                R"({"log":"world\n","stream":"stderr","time":"2026-11-24T15:21:41.5Z"})"
                "\n");
  LogReader reader = LogReader::open(directory.fd(), {.driver = Driver::json_file}).value();
  EXPECT_EQ(reader.next().value()->text, "hello");
  EXPECT_EQ(reader.next().value()->channel, Channel::err);
  EXPECT_FALSE(reader.next().value().has_value());
}

}  // namespace
}  // namespace cove::logs

#include "logs/writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "base/strings.h"
#include "logs/compress.h"
#include "logs/file_names.h"
#include "logs/local_format.h"
#include "logs/test_directory.h"
#include "sys/file.h"
#include "sys/mount.h"

namespace {
uint64_t allocations = 0;
}  // namespace

// NOLINTBEGIN: counts what the program allocates
void* operator new(size_t size) {
  ++allocations;
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, size_t) noexcept {
  std::free(memory);
}
// NOLINTEND

namespace cove::logs {
namespace {

constexpr int64_t kTime = 1'500'000'000'000'000'000;

LogOptions options_for(Driver driver, uint64_t max_size = kDefaultMaxSize, uint32_t max_files = 5) {
  LogOptions options;
  options.driver = driver;
  options.max_size = max_size;
  options.max_files = max_files;
  return options;
}

class Writing : public testing::Test {
 protected:
  LogWriter open(const LogOptions& options) {
    auto writer = LogWriter::open(directory.duplicate(), options, {});
    EXPECT_TRUE(writer.ok());
    return std::move(*writer);
  }
  std::string content(const char* name) { return directory.content(name); }
  // All records of a file, as "<stream><flags>:text" joined by "|".
  std::string records(const char* name) {
    const std::string all = content(name);
    std::string out;
    EXPECT_TRUE(is_local_file_header(all));
    for (size_t start = 0; start < all.size(); start += kBlockSize) {
      const std::string_view block = std::string_view(all).substr(start, kBlockSize);
      ParsedRecord parsed;
      for (size_t at = start == 0 ? kFileHeaderSize : 0; at < block.size(); at = parsed.next) {
        parsed = parse_record(block, at);
        if (parsed.found != Found::record) {
          if (parsed.found != Found::block_end) out += "!";
          break;
        }
        const Chunk& chunk = parsed.chunk;
        if (!out.empty()) out += '|';
        out += chunk.channel == Channel::out ? "o" : "e";
        out += chunk.continues ? "+" : "";
        out += chunk.note ? "#" : "";
        out += ':';
        out += chunk.text;
      }
    }
    return out;
  }

  TestDirectory directory;
};

TEST_F(Writing, LocalKeepsBytesAsTheyCome) {
  LogWriter writer = open(options_for(Driver::local));
  writer.append_at(Channel::out, "a\nb", kTime);
  writer.append_at(Channel::err, "x\n", kTime);
  writer.append_at(Channel::out, "c\n", kTime);
  EXPECT_EQ(records("container.log"), "o:a\nb|e:x\n|o+:c\n");
}

TEST_F(Writing, JsonFileHasDockersLines) {
  LogWriter writer = open(options_for(Driver::json_file));
  writer.append_at(Channel::out, "a\nb", kTime);
  writer.append_at(Channel::err, "<\"\n", kTime + 1);
  writer.append_at(Channel::out, "c\nend", kTime + 10);
  writer.end(Channel::out);
  const std::string all = content("container-json.log");
  EXPECT_EQ(all.substr(0, all.rfind(",\"time\"")),
            "{\"log\":\"a\\n\",\"stream\":\"stdout\",\"time\":\"2017-07-14T02:40:00Z\"}\n"
            "{\"log\":\"\\u003c\\\"\\n\",\"stream\":\"stderr\",\"time\":\"2017-07-14T02:40:00.000000001Z\"}\n"
            "{\"log\":\"bc\\n\",\"stream\":\"stdout\",\"time\":\"2017-07-14T02:40:00.00000001Z\"}\n"
            "{\"log\":\"end\",\"stream\":\"stdout\"");
}

TEST_F(Writing, ALineLongerThan16KiBComesInPieces) {
  LogWriter writer = open(options_for(Driver::json_file));
  writer.append_at(Channel::out, std::string(40000, 'x') + "\n", kTime);
  std::string all = content("container-json.log");
  std::vector<size_t> sizes;
  for (std::string_view rest = all; !rest.empty();) {
    const size_t end = rest.find('\n');
    std::string line(rest.substr(0, end));
    const auto chunk = parse_json_line(line.data(), line.size());
    ASSERT_TRUE(chunk.has_value());
    sizes.push_back(chunk->text.size());
    rest.remove_prefix(end + 1);
  }
  EXPECT_EQ(sizes, (std::vector<size_t>{16384, 16384, 40001 - 2 * 16384}));
}

TEST_F(Writing, RecordsFillBlocksWithoutCrossingThem) {
  LogWriter writer = open(options_for(Driver::local));
  std::string sent;
  for (size_t size = 1; size < 9000; size += 97) {
    const std::string data(size, static_cast<char>('a' + size % 26));
    writer.append_at(Channel::out, data, kTime);
    sent += data;
  }
  std::string got = records("container.log");
  EXPECT_EQ(got.find('!'), std::string::npos);
  std::string text;
  for (size_t at = 0; at < got.size();) {
    const size_t begin = got.find(':', at) + 1;
    const size_t end = std::min(got.find('|', begin), got.size());
    text += got.substr(begin, end - begin);
    at = end;
  }
  EXPECT_EQ(text, sent);
}

// For each driver with files: a writer that is given everything, whatever it is.
class Floods : public Writing, public testing::WithParamInterface<Driver> {};

TEST_P(Floods, TheDiskUsedStaysBelowTheCap) {
  constexpr uint64_t kSize = 5000;
  LogWriter writer = open(options_for(GetParam(), kSize, 3));
  std::string data;
  for (int i = 0; i < 256; ++i) data += static_cast<char>(i);
  data += std::string(500, '\n') + std::string(10000, '\0') + std::string(3000, 'x');
  for (int i = 0; i < 10; ++i) {
    writer.append_at(i % 2 == 0 ? Channel::out : Channel::err, data, kTime);
    EXPECT_LE(directory.largest(), kSize);
    EXPECT_LE(directory.names().size(), 3U);
  }
  EXPECT_TRUE(writer.take_rotated());
  EXPECT_FALSE(writer.take_rotated());
  EXPECT_EQ(writer.lost_bytes(), 0U);
}

TEST_P(Floods, NothingIsAllocatedWhateverComes) {
  LogWriter writer = open(options_for(GetParam(), 50'000, 3));
  const std::array<std::string, 5> floods{std::string(16384, 'x'), std::string(16384, '\n'),
                                          std::string(16384, '\0'), std::string(16384, '\xff'),
                                          std::string(16384, '\x1b')};
  const uint64_t before = allocations;
  for (int i = 0; i < 6; ++i) {
    for (const std::string& flood : floods) writer.append_at(Channel::err, flood, kTime);
    writer.append_at(Channel::out, "x", kTime);
  }
  EXPECT_EQ(allocations, before);
  EXPECT_LE(directory.largest(), 50'000U);
  EXPECT_EQ(directory.names().size(), 3U);
  EXPECT_EQ(writer.lost_bytes(), 0U);
}

TEST_P(Floods, TheSmallestCapHoldsTheLongestEscapes) {
  LogWriter writer = open(options_for(GetParam(), kSmallestMaxSize, 2));
  for (int i = 0; i < 10; ++i) writer.append_at(Channel::out, std::string(5000, '\1'), kTime);
  EXPECT_LE(directory.largest(), kSmallestMaxSize);
  EXPECT_EQ(directory.names().size(), 2U);
}

TEST_P(Floods, OneFileIsCappedToo) {
  LogWriter writer = open(options_for(GetParam(), 2000, 1));
  for (int i = 0; i < 100; ++i) writer.append_at(Channel::out, "something to say\n", kTime);
  EXPECT_LE(directory.largest(), 2000U);
  EXPECT_EQ(directory.names().size(), 1U);
  EXPECT_FALSE(writer.take_rotated());
}

TEST_P(Floods, NumbersGoOnAndOldFilesGoWhenReopened) {
  {
    LogWriter writer = open(options_for(GetParam(), 1024, 4));
    for (int i = 0; i < 20; ++i) writer.append_at(Channel::out, std::string(900, 'x') + "\n", kTime);
  }
  const auto before = list_rotated(directory.fd(), GetParam());
  ASSERT_TRUE(before.ok());
  ASSERT_EQ(before->size(), 3U);
  LogWriter writer = open(options_for(GetParam(), 1024, 2));
  const auto after = list_rotated(directory.fd(), GetParam());
  ASSERT_TRUE(after.ok());
  ASSERT_EQ(after->size(), 1U);
  EXPECT_EQ(after->front().number, before->back().number);
  writer.append_at(Channel::out, std::string(900, 'x') + "\n", kTime);
  writer.append_at(Channel::out, std::string(900, 'x') + "\n", kTime);
  EXPECT_GT(list_rotated(directory.fd(), GetParam())->front().number, before->back().number);
}

// A writer that was killed at any byte of its write.
TEST_P(Floods, ATornEndIsRepaired) {
  const char* name = current_name(GetParam());
  {
    LogWriter writer = open(options_for(GetParam()));
    writer.append_at(Channel::out, "first\n", kTime);
    writer.append_at(Channel::out, "second\n", kTime);
  }
  const std::string whole = content(name);
  for (size_t size = 0; size <= whole.size(); ++size) {
    ASSERT_EQ(::truncate(directory.path(name).c_str(), 0), 0);
    directory.put(name, whole.substr(0, size));
    LogWriter writer = open(options_for(GetParam()));
    writer.append_at(Channel::err, "third\n", kTime);
    const std::string now = content(name);
    EXPECT_TRUE(now.find("third") != std::string::npos);
    EXPECT_EQ(now.find("first") != std::string::npos, now.find("third") > now.find("first")) << size;
    EXPECT_TRUE(size < whole.size() || now.starts_with(whole));
    EXPECT_TRUE(GetParam() == Driver::json_file || records(name).find('!') == std::string::npos) << size;
    EXPECT_TRUE(GetParam() == Driver::local || now.starts_with('{')) << size;
    directory.remove_rotated_files();
  }
}

TEST_P(Floods, AVanishedDirectoryDoesNotStopIt) {
  LogWriter writer = open(options_for(GetParam(), 1024, 2));
  directory.remove_all();
  for (int i = 0; i < 10; ++i) writer.append_at(Channel::out, std::string(700, 'x') + "\n", kTime);
  EXPECT_GT(writer.lost_bytes(), 0U);
}

TEST_P(Floods, AFileThatSomebodyRemovedIsMadeAgain) {
  LogWriter writer = open(options_for(GetParam(), 1024, 2));
  ASSERT_EQ(::unlinkat(directory.fd(), current_name(GetParam()), 0), 0);
  for (int i = 0; i < 3; ++i) writer.append_at(Channel::out, std::string(700, 'x') + "\n", kTime);
  EXPECT_EQ(directory.names().count(current_name(GetParam())), 1U);
  EXPECT_EQ(writer.lost_bytes(), 0U);
}

// The sum of the bytes that the notes name.
uint64_t told_losses(std::string_view content) {
  uint64_t sum = 0;
  for (size_t at = content.find("cove: "); at != std::string_view::npos;
       at = content.find("cove: ", at + 1)) {
    sum += std::stoul(std::string(content.substr(at + 6, 20)));
    EXPECT_NE(content.substr(at).find("bytes of output lost: No space left on device"),
              std::string_view::npos);
  }
  return sum;
}

// The bytes of output in a file whose lines are made of "l" but for the first, the last and the notes.
uint64_t output_in(Driver driver, std::string_view content) {
  uint64_t size = 0;
  if (driver == Driver::local) {
    ParsedRecord parsed;
    for (size_t at = kFileHeaderSize; at < content.size(); at = parsed.next) {
      parsed = parse_record(content, at);
      if (parsed.found != Found::record) break;
      if (parsed.chunk.text.find_first_not_of("l\n") == std::string_view::npos)
        size += parsed.chunk.text.size();
    }
    return size;
  }
  while (auto line = next_line(content)) {
    std::string copy(*line);
    const auto chunk = parse_json_line(copy.data(), copy.size());
    if (chunk && chunk->text.find_first_not_of("l\n") == std::string_view::npos) size += chunk->text.size();
  }
  return size;
}

// On a file system of 48 KiB that belongs to nobody else: a detached tmpfs.
TEST_P(Floods, AFullDiskIsToldOfOnceThereIsRoomAgain) {
  auto context = sys::fs_open("tmpfs");
  if (!context) GTEST_SKIP() << "needs CAP_SYS_ADMIN: " << context.error().message();
  ASSERT_TRUE(sys::fs_set_string(context->get(), "size", "48k").ok());
  auto mount = sys::fs_mount(context->get(), "tmpfs", 0);
  ASSERT_TRUE(mount.ok());
  auto writer = LogWriter::open(sys::duplicate_fd(mount->get()).value(), options_for(GetParam()), {});
  ASSERT_TRUE(writer.ok());
  writer->append_at(Channel::out, "before\n", kTime);
  {
    const UniqueFd filler = sys::open_at(mount->get(), "filler", O_WRONLY | O_CREAT, 0600).value();
    const std::string much(65536, 'x');
    while (::write(filler.get(), much.data(), much.size()) > 0) {
    }
  }
  // To the last byte: of shorter and shorter lines more and more are lost, until there is no room for a note
  // of it.
  uint64_t sent = 0;
  for (const size_t size : {1000, 100, 10, 2, 2, 2}) {
    for (uint64_t before = writer->lost_bytes(); writer->lost_bytes() == before; sent += size)
      writer->append_at(Channel::out, std::string(size - 1, 'l') + "\n", kTime);
  }
  ASSERT_LT(sent, 49152U);
  ASSERT_EQ(::unlinkat(mount->get(), "filler", 0), 0);
  const uint64_t lost = writer->lost_bytes();
  writer->append_at(Channel::out, "after\n", kTime);
  EXPECT_EQ(writer->lost_bytes(), lost);
  const std::string all = *sys::read_file_at(mount->get(), current_name(GetParam()));
  EXPECT_LT(all.find("before"), all.find("cove: "));
  EXPECT_GT(all.find("after"), all.rfind("cove: "));
  // What is there and what is said to be lost is what was sent.
  EXPECT_EQ(told_losses(all), lost);
  EXPECT_EQ(output_in(GetParam(), all), sent - lost);
}

// In a process of its own, whose files may have 3000 bytes at most. The size is checked by the parent.
TEST_P(Floods, ALimitOnTheSizeOfFilesDoesNotStopIt) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    static_cast<void>(::signal(SIGXFSZ, SIG_IGN));
    const struct rlimit limit { 3000, 3000 };
    ::setrlimit(RLIMIT_FSIZE, &limit);
    auto writer = LogWriter::open(directory.duplicate(), options_for(GetParam()), {});
    if (!writer) ::_exit(1);
    for (int i = 0; i < 5; ++i) writer->append_at(Channel::out, std::string(700, 'x') + "\n", kTime);
    ::_exit(writer->lost_bytes() == 0 || writer->lost_bytes() % 701 != 0 ? 2 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_LE(directory.largest(), 3000U);
  EXPECT_GT(directory.largest(), 2000U);
}

TEST_P(Floods, RotatedFilesAreCompressedAndNoneIsLeftBeyondTheCap) {
  LogOptions options = options_for(GetParam(), 4000, 3);
  options.compress = true;
  LogWriter writer = open(options);
  for (int i = 0; i < 60; ++i) writer.append_at(Channel::out, std::string(400, 'x') + "\n", kTime);
  directory.put(std::string(current_name(GetParam())) + ".1.gz", "left by a killed run");
  directory.put(std::string(current_name(GetParam())) + ".2.gz.tmp", "left by a killed run");
  ASSERT_TRUE(compress_rotated(directory.fd(), options).ok());
  const auto files = list_rotated(directory.fd(), GetParam());
  ASSERT_TRUE(files.ok());
  ASSERT_EQ(files->size(), 2U);
  for (const RotatedFile& file : *files) {
    EXPECT_TRUE(file.compressed);
    EXPECT_FALSE(file.plain || file.temporary);
  }
  EXPECT_EQ(directory.names().size(), 3U);
}

INSTANTIATE_TEST_SUITE_P(Files, Floods, testing::Values(Driver::local, Driver::json_file),
                         [](const auto& of) { return of.param == Driver::local ? "local" : "json"; });

TEST_F(Writing, NoneKeepsNothing) {
  LogWriter writer = open(options_for(Driver::none));
  writer.append_at(Channel::out, "x\n", kTime);
  writer.end(Channel::out);
  EXPECT_FALSE(writer.take_rotated());
  EXPECT_TRUE(directory.names().empty());
}

TEST_F(Writing, AFileOfAnotherKindIsPutAside) {
  directory.put("container.log", "not a log of cove's, or of a later version");
  LogWriter writer = open(options_for(Driver::local));
  writer.append_at(Channel::out, "x\n", kTime);
  EXPECT_EQ(records("container.log"), "o:x\n");
  EXPECT_EQ(content("container.log.1"), "not a log of cove's, or of a later version");
}

TEST_F(Writing, ADamagedRecordInTheLastBlockIsLeftBehind) {
  {
    LogWriter writer = open(options_for(Driver::local));
    writer.append_at(Channel::out, "first\n", kTime);
    writer.append_at(Channel::out, "second\n", kTime);
  }
  std::string all = content("container.log");
  all[all.find("second")] = 'S';
  directory.put("container.log", all);
  LogWriter writer = open(options_for(Driver::local));
  writer.append_at(Channel::out, "third\n", kTime);
  EXPECT_EQ(records("container.log"), "o:first\n!|o:third\n");
  EXPECT_GT(content("container.log").find("third"), kBlockSize);
}

}  // namespace
}  // namespace cove::logs

// Archives there and back, and what is refused. The form is compared with GNU tar's and bsdtar's in
// tests/engine/cp.sh.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "archive/pack.h"
#include "archive/unpack.h"
#include "sys/file.h"

namespace cove::archive {
namespace {

using testing::HasSubstr;

Reader reader_of(const std::string& text, const Limits& limits = {}) {
  size_t at = 0;
  return Reader(
      [text, at](char* buffer, size_t size) mutable -> Result<size_t> {
        const size_t part = std::min(size, text.size() - at);
        text.copy(buffer, part, at);
        at += part;
        return part;
      },
      limits);
}

const std::string kEnd(2 * kBlock, '\0');

std::string file_entry(const std::string& path, const std::string& content) {
  Entry entry;
  entry.path = path;
  entry.mode = 0644;
  entry.size = content.size();
  return print_header(entry) + content + std::string(padded(content.size()) - content.size(), '\0');
}

class ArchiveTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/cove-archive-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    home = pattern;
    home_fd = UniqueFd(::open(home.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  void TearDown() override { std::filesystem::remove_all(home); }

  Status unpack(const std::string& text, UnpackOptions options = {}) {
    Reader reader = reader_of(text);
    Unpacker unpacker(home_fd.get(), std::move(options));
    return unpacker.add_all(reader);
  }
  std::string content(const std::string& name) { return *sys::read_file((home + "/" + name).c_str()); }

  std::string home;
  UniqueFd home_fd;
};

TEST(Header, KeepsWhatItIsGiven) {
  Entry entry;
  entry.path = std::string(300, 'p') + "/ü";
  entry.mode = 06755;
  entry.uid = 4'000'000'000;
  entry.gid = 3'000'000'000;
  entry.size = uint64_t{1} << 40;
  entry.time = {-2, 250'000'000};
  entry.attributes = {{"user.a", std::string("x\0\n=", 4)}};
  Reader reader = reader_of(print_header(entry));
  const auto read = reader.next();
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(**read, entry);
  for (const Type type :
       {Type::hard_link, Type::symlink, Type::character, Type::block, Type::directory, Type::fifo}) {
    Entry other;
    other.type = type;
    other.path = "name";
    if (type == Type::hard_link || type == Type::symlink) other.link = std::string(120, 'l');
    if (type == Type::character || type == Type::block) other.device_major = 8, other.device_minor = 300;
    Reader again = reader_of(print_header(other));
    EXPECT_EQ(**again.next(), other);
  }
}

TEST(Header, ReadsGnusNumbersAndNames) {
  Entry entry;
  entry.path = "short";
  Block block;
  print_header(entry).copy(block.data(), block.size());
  const std::string size("\x80\0\0\0\0\0\0\0\0\0\x01\0", 12);
  size.copy(block.data() + 124, size.size());
  unsigned sum = 0;
  std::string("        ").copy(block.data() + 148, 8);
  for (const char c : block) sum += static_cast<unsigned char>(c);
  fmt::format("{:06o}", sum).copy(block.data() + 148, 6);
  block[154] = '\0';
  const auto header = parse_header(block);
  ASSERT_TRUE(header.ok()) << header.error().message();
  EXPECT_EQ(header->entry.size, 256U);
  block[0] = 'S';
  EXPECT_THAT(parse_header(block).error().message(), HasSubstr("checksum"));
}

TEST(Pax, MalformedRecordsAreRefused) {
  for (const std::string text :
       {"x", "5 a=b", "6 a=b\n6", "99 a=b\n", "4 =\n", "5 ab\n", "3 a", "12 size=-12\n", "10 mtime=\n",
        "22 GNU.sparse.major=2\n", "0 a=b\n", "2 \n"}) {
    Overrides overrides;
    EXPECT_FALSE(parse_pax(text, overrides).ok()) << text;
  }
  Overrides overrides;
  ASSERT_TRUE(parse_pax("6 a=b\n12 path=a\nb\n16 mtime=-0.500\n", overrides).ok());
  EXPECT_EQ(overrides.path, "a\nb");
  EXPECT_EQ(overrides.time, (sys::FileTime{-1, 500'000'000}));
}

TEST(Reader, EndsWhereTheArchiveDoes) {
  Reader whole = reader_of(file_entry("a", "content") + kEnd + "rest");
  ASSERT_TRUE(whole.next()->has_value());
  std::string buffer(20, '\0');
  EXPECT_EQ(*whole.read(buffer.data(), buffer.size()), 7U);
  EXPECT_EQ(*whole.read(buffer.data(), buffer.size()), 0U);
  EXPECT_FALSE(whole.next()->has_value());
  EXPECT_FALSE(reader_of("").next().ok());
  EXPECT_FALSE(reader_of("text").next().ok());
  Reader cut = reader_of(file_entry("a", std::string(600, 'x')).substr(0, 1000));
  ASSERT_TRUE(cut.next().ok());
  EXPECT_EQ(cut.next().error().message(), "the archive ends early");
}

TEST(Reader, HoldsToItsLimits) {
  const std::string text = file_entry("a", "1234") + file_entry("b", "5678") + kEnd;
  Limits few;
  few.entries = 1;
  Reader entries = reader_of(text, few);
  ASSERT_TRUE(entries.next().ok());
  EXPECT_EQ(entries.next().error().message(), "more than 1 entries");
  Limits small;
  small.bytes = 7;
  Reader bytes = reader_of(text, small);
  ASSERT_TRUE(bytes.next().ok());
  EXPECT_THAT(bytes.next().error().message(), HasSubstr("more than 7 bytes"));
  Entry bomb;
  bomb.path = std::string(5000, 'p');
  EXPECT_THAT(reader_of(print_header(bomb)).next().error().message(), HasSubstr("path of more than"));
}

TEST_F(ArchiveTest, NothingLeavesTheDirectory) {
  EXPECT_THAT(unpack(file_entry("a/../../b", "") + kEnd).error().message(), HasSubstr("leads out"));
  ASSERT_TRUE(unpack(file_entry("/etc/absolute", "inside") + kEnd).ok());
  EXPECT_EQ(content("etc/absolute"), "inside");
  Entry link;
  link.type = Type::symlink;
  link.path = "out";
  link.link = "/tmp";
  EXPECT_FALSE(unpack(print_header(link) + file_entry("out/cove-escaped", "") + kEnd).ok());
  EXPECT_FALSE(sys::exists("/tmp/cove-escaped"));
  Entry hard;
  hard.type = Type::hard_link;
  hard.path = "passwd";
  hard.link = "out/../etc/passwd";
  EXPECT_FALSE(unpack(print_header(hard) + kEnd).ok());
  hard.link = "../../etc/passwd";
  EXPECT_FALSE(unpack(print_header(hard) + kEnd).ok());
  // A file of the same name is replaced, not written through.
  ASSERT_TRUE(unpack(file_entry("out", "mine") + kEnd).ok());
  EXPECT_EQ(content("out"), "mine");
}

TEST_F(ArchiveTest, TheFirstPartCanBeRenamedOrDropped) {
  Entry hard;
  hard.type = Type::hard_link;
  hard.path = "dir/second";
  hard.link = "dir/first";
  const std::string text = file_entry("dir/first", "1") + print_header(hard) + kEnd;
  UnpackOptions renamed;
  renamed.rename_first = "other";
  ASSERT_TRUE(unpack(text, renamed).ok());
  EXPECT_EQ(content("other/second"), "1");
  UnpackOptions dropped;
  dropped.drop_first = true;
  ASSERT_TRUE(unpack(text, dropped).ok());
  EXPECT_EQ(content("second"), "1");
}

TEST_F(ArchiveTest, ATreeComesBack) {
  const std::string tree = home + "/tree";
  std::filesystem::create_directories(tree + "/sub/closed");
  ASSERT_TRUE(
      sys::write_all(UniqueFd(::open((tree + "/file").c_str(), O_WRONLY | O_CREAT, 04751)).get(), "text", "")
          .ok());
  ASSERT_EQ(::chmod((tree + "/file").c_str(), 04751), 0);
  std::filesystem::create_hard_link(tree + "/file", tree + "/sub/hard");
  std::filesystem::create_symlink("../nowhere", tree + "/sub/soft");
  ASSERT_EQ(::mkfifo((tree + "/fifo").c_str(), 0600), 0);
  const UniqueFd sparse(::open((tree + "/sparse").c_str(), O_WRONLY | O_CREAT, 0600));
  ASSERT_EQ(::pwrite(sparse.get(), "end", 3, 1 << 20), 3);
  ASSERT_EQ(::chmod((tree + "/sub/closed").c_str(), 0500), 0);
  const UniqueFd out(::open((home + "/archive").c_str(), O_RDWR | O_CREAT, 0600));
  Writer writer(out.get());
  Packer packer(writer, {});
  ASSERT_TRUE(packer.add(home_fd.get(), "tree", "tree").ok());
  ASSERT_TRUE(writer.finish().ok());
  const std::string text = *sys::read_file((home + "/archive").c_str(), size_t{4} << 20);
  UnpackOptions options;
  options.rename_first = "copy";
  ASSERT_TRUE(unpack(text, options).ok());
  EXPECT_EQ(content("copy/sub/hard"), "text");
  EXPECT_EQ(sys::stat_at(home_fd.get(), "copy/file")->st_mode & 07777, 0751U)
      << "no set-user-ID unless asked for";
  EXPECT_EQ(sys::stat_at(home_fd.get(), "copy/file")->st_ino,
            sys::stat_at(home_fd.get(), "copy/sub/hard")->st_ino);
  EXPECT_EQ(*sys::read_link_at(home_fd.get(), "copy/sub/soft"), "../nowhere");
  EXPECT_TRUE(S_ISFIFO(sys::stat_at(home_fd.get(), "copy/fifo")->st_mode));
  EXPECT_EQ(sys::stat_at(home_fd.get(), "copy/sub/closed")->st_mode & 07777, 0500U);
  const struct stat copied = *sys::stat_at(home_fd.get(), "copy/sparse");
  EXPECT_EQ(copied.st_size, (1 << 20) + 3);
  EXPECT_LT(copied.st_blocks * 512, 1 << 19);
  EXPECT_EQ(copied.st_mtim.tv_nsec, sys::stat_at(home_fd.get(), "tree/sparse")->st_mtim.tv_nsec);
}

}  // namespace
}  // namespace cove::archive

#include "kernel/procfs/mountinfo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/strings.h"
#include "sys/file.h"

namespace cove::procfs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Mountinfo, ReadsEveryField) {
  const auto mount = parse_mount(
      "36 35 98:4294967295 /mnt1 /mnt\\0402 rw,noatime shared:1 master:2 - ext3.sub /dev/root "
      "rw,errors=continue");
  ASSERT_TRUE(mount.ok());
  EXPECT_EQ(mount->id, 36U);
  EXPECT_EQ(mount->parent_id, 35U);
  EXPECT_EQ(mount->major, 98U);
  EXPECT_EQ(mount->minor, 4294967295U);
  EXPECT_EQ(mount->root, "/mnt1");
  EXPECT_EQ(mount->mount_point, "/mnt\\0402");
  EXPECT_EQ(unescape(mount->mount_point), "/mnt 2");
  EXPECT_EQ(mount->options, "rw,noatime");
  EXPECT_EQ(mount->optional_fields, "shared:1 master:2");
  EXPECT_EQ(mount->fs_type, "ext3.sub");
  EXPECT_EQ(mount->source, "/dev/root");
  EXPECT_EQ(mount->super_options, "rw,errors=continue");
}

TEST(Mountinfo, OddButRealLines) {
  // No optional fields; an empty source; a namespace file; a mount point called "-"; a super option with a
  // space.
  EXPECT_EQ(parse_mount("1 0 0:1 / / rw - rootfs rootfs rw")->optional_fields, "");
  EXPECT_EQ(parse_mount("1 0 0:1 / /a rw - tmpfs  rw")->source, "");
  EXPECT_EQ(parse_mount("1 0 0:4 net:[4026531840] /run/netns/x rw shared:2 - nsfs nsfs rw")->root,
            "net:[4026531840]");
  EXPECT_EQ(parse_mount("1 0 0:1 / /- rw - tmpfs - rw")->source, "-");
  EXPECT_EQ(parse_mount("1 0 0:1 / /a rw - fuse s3 rw,opt=a b")->super_options, "rw,opt=a b");
}

TEST(Mountinfo, RefusesBrokenLinesAndSaysWhy) {
  const std::vector<std::pair<const char*, const char*>> cases{
      {"", "ids"},
      {"1 0 0 / / rw - t s rw", "ids"},
      {"1 0 0:x / / rw - t s rw", "ids"},
      {"-1 0 0:1 / / rw - t s rw", "ids"},
      {"4294967296 0 0:1 / / rw - t s rw", "ids"},
      {"1 0 0:1 root / rw - t s rw", "root"},
      {"1 0 0:1 / point rw - t s rw", "mount point"},
      {"1 0 0:1 / /a\\40 rw - t s rw", "mount point"},
      {"1 0 0:1 / /a\\400 rw - t s rw", "mount point"},
      {"1 0 0:1 / /a", "mount options"},
      {"1 0 0:1 / /a rw t s rw", "\" - \""},
      {"1 0 0:1 / /a rw  - t s rw", "\" - \""},
      {"1 0 0:1 / /a rw -", "file system type"},
      {"1 0 0:1 / /a rw - t", "source"},
      {"1 0 0:1 / /a rw - t s\\9 rw", "source"},
      {"1 0 0:1 / /a rw - t s", "superblock options"},
  };
  for (const auto& [line, why] : cases) {
    const auto mount = parse_mount(line);
    ASSERT_FALSE(mount.ok()) << line;
    EXPECT_THAT(mount.error().message(), HasSubstr(why)) << line;
  }
}

TEST(Mountinfo, Unescape) {
  EXPECT_EQ(unescape("a\\040b\\011c\\012d\\134e\\043f"), "a b\tc\nd\\e#f");
  EXPECT_EQ(unescape("\\134040"), "\\040");
  EXPECT_EQ(unescape("\\377"), "\xff");
}

TEST(Mountinfo, Options) {
  EXPECT_TRUE(has_option("rw,cpu,cpuacct", "cpu"));
  EXPECT_FALSE(has_option("rw,cpuacct", "cpu"));
  EXPECT_FALSE(has_option("", "cpu"));
}

TEST(Mountinfo, ReadsThisMachinesTable) {
  const auto text = sys::read_file("/proc/self/mountinfo", size_t{64} << 20);
  ASSERT_TRUE(text.ok());
  std::string_view rest = *text;
  size_t lines = 0;
  while (const auto line = next_line(rest)) {
    const auto mount = parse_mount(*line);
    EXPECT_TRUE(mount.ok()) << mount.error().message();
    ++lines;
  }
  EXPECT_GT(lines, 0U);
}

// Cuts `text` into blocks of `size` bytes and collects the lines.
std::vector<std::string> lines_in_blocks(std::string_view text, size_t size, std::string& rest) {
  LineSplitter splitter;
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size(); at += size) {
    splitter.feed(text.substr(at, size));
    std::string_view line;
    while (splitter.next(line)) lines.emplace_back(line);
  }
  rest = splitter.rest();
  return lines;
}

TEST(LineSplitter, GivesTheSameLinesForEveryBlockSize) {
  for (size_t size = 1; size < 20; ++size) {
    std::string rest;
    EXPECT_THAT(lines_in_blocks("one\n\nthree 3\nlast", size, rest), ElementsAre("one", "", "three 3"))
        << size;
    EXPECT_EQ(rest, "last") << size;
  }
}

}  // namespace
}  // namespace cove::procfs

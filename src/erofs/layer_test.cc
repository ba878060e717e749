// Layers of images, in each form: whiteouts, what replaces what, and sparse files. With real archives of GNU
// tar: tests/images/layers.sh.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "archive/whiteout.h"
#include "erofs/test_archive.h"

namespace cove::erofs {
namespace {

using archive::Block;
using archive::Limits;
using archive::padded;
using archive::print_header;
using testing::HasSubstr;

class LayerTest : public testing::TestWithParam<Form> {
 protected:
  void SetUp() override {
    layer = home_.make_directory("layer");
    if (GetParam() != Form::image) return;
    if (const std::string why = why_no_images(); !why.empty()) GTEST_SKIP() << why;
  }

  Status unpack(const std::string& text, const Limits& limits = {}) {
    if (GetParam() != Form::image) return unpack_to_directory(text, limits, GetParam(), layer.get());
    const UniqueFd file = home_.make_file("image");
    COVE_TRY(unpack_to_image(text, limits, file.get()));
    layer = COVE_TRY(open_image(home + "/image"));
    return {};
  }
  // "-" nothing, "w" a whiteout, "o" an opaque directory, "d" a directory, else a file's content.
  std::string at(const std::string& name) {
    const auto info = sys::stat_at(layer.get(), name.c_str(), AT_SYMLINK_NOFOLLOW);
    if (!info) return "-";
    if (archive::is_whiteout(*info)) return "w";
    if (S_ISLNK(info->st_mode)) return "->" + *sys::read_link_at(layer.get(), name.c_str());
    if (!S_ISDIR(info->st_mode)) return *sys::read_file_at(layer.get(), name.c_str());
    return archive::is_opaque(sys::open_at(layer.get(), name.c_str(), O_RDONLY)->get()) ? "o" : "d";
  }

 private:
  Home home_;

 protected:
  UniqueFd layer;
  std::string home = home_.path();
};

TEST_P(LayerTest, WhiteoutsBecomeOverlays) {
  ASSERT_TRUE(unpack(directory("etc") + file("etc/.wh.passwd") + file(".wh.gone") + directory("var/") +
                     file("var/.wh..wh..opq") + file("var/kept", "kept") + file(".wh..wh.plnk/1.2", "x") +
                     file(".wh..wh.aufs"))
                  .ok());
  EXPECT_EQ(at("etc"), "d");
  EXPECT_EQ(at("etc/passwd"), "w");
  EXPECT_EQ(at("gone"), "w");
  EXPECT_EQ(at("var"), "o");
  EXPECT_EQ(at("var/kept"), "kept");
  EXPECT_EQ(at(".wh..wh.aufs"), "-");
}

TEST_P(LayerTest, AWhiteoutHidesLowerLayersOnly) {
  ASSERT_TRUE(
      unpack(file("a", "mine") + file(".wh.a") + directory("d") + file("d/x", "x") + file(".wh.d")).ok());
  EXPECT_EQ(at("a"), "mine");
  EXPECT_EQ(at("d"), "o");
  EXPECT_EQ(at("d/x"), "x");
}

TEST_P(LayerTest, WhatFollowsAWhiteoutTakesItsPlace) {
  ASSERT_TRUE(unpack(file(".wh.a") + file("a", "new") + file(".wh.d") + directory("d") + file("d/x", "x") +
                     file(".wh.e") + file("e/deep/y", "y") + file("f", "file") + file("f/z", "z"))
                  .ok());
  EXPECT_EQ(at("a"), "new");
  EXPECT_EQ(at("d"), "o");
  EXPECT_EQ(at("d/x"), "x");
  EXPECT_EQ(at("e"), "o");
  EXPECT_EQ(at("e/deep/y"), "y");
  EXPECT_EQ(at("f"), "o");
  EXPECT_EQ(at("f/z"), "z");
}

TEST_P(LayerTest, TheLaterEntryCounts) {
  ASSERT_TRUE(unpack(directory("d") + file("d/sub/x", "x") + file("d", "file") + file("a", "1") +
                     link(Type::symlink, "a", "d") + file("n/a", "n") + file("n", "gone") + file("n/b", "b"))
                  .ok());
  EXPECT_EQ(at("d"), "file");
  EXPECT_EQ(at("a"), "->d");
  EXPECT_EQ(at("n/a"), "-");
  EXPECT_EQ(at("n/b"), "b");
}

TEST_P(LayerTest, WhiteoutTricksAreRefused) {
  for (const std::string name : {".wh.", "d/.wh..", "d/.wh..."}) {
    const Status made = unpack(directory("d") + file(name));
    ASSERT_FALSE(made.ok()) << name;
    EXPECT_THAT(made.error().message(), HasSubstr("a whiteout of")) << name;
  }
  EXPECT_FALSE(unpack(file("../.wh.x")).ok());
  EXPECT_FALSE(unpack(file(".wh.x") + link(Type::hard_link, "y", "x")).ok());
  Entry device = entry_of(Type::character, "null");
  ASSERT_TRUE(unpack(directory("./") + print_header(device)).ok());
  EXPECT_EQ(at("null"), "-");
}

TEST_P(LayerTest, LinksStayInTheLayer) {
  std::filesystem::create_directory(home + "/outside");
  ASSERT_TRUE(unpack(link(Type::symlink, "abs", "/outside") + file("abs/x", "x") +
                     link(Type::symlink, "up", "../outside") + file("up/y", "y") + directory("outside"))
                  .ok() == false);
  EXPECT_TRUE(std::filesystem::is_empty(home + "/outside"));
  ASSERT_TRUE(unpack(directory("usr") + link(Type::symlink, "lib", "/usr") + file("lib/x", "x")).ok());
  EXPECT_EQ(at("usr/x"), "x");
  EXPECT_FALSE(unpack(link(Type::hard_link, "h", "../outside")).ok());
  EXPECT_FALSE(unpack(link(Type::hard_link, "h", "/etc/passwd")).ok());
  EXPECT_FALSE(unpack(link(Type::hard_link, "h", "usr")).ok());
}

TEST_P(LayerTest, ModesAndTimes) {
  Entry root = entry_of(Type::directory, "./");
  root.mode = 0711;
  root.time = {1000, 0};
  Entry closed = entry_of(Type::directory, "closed");
  closed.mode = 01555;
  Entry program = entry_of(Type::file, "closed/su");
  program.mode = 04755;
  program.time = {12345, 678};
  ASSERT_TRUE(unpack(print_header(root) + print_header(closed) + print_header(program)).ok());
  const auto top = *sys::stat_fd(layer.get());
  EXPECT_EQ(top.st_mode & 07777U, 0711U);
  EXPECT_EQ(top.st_mtim.tv_sec, 1000);
  EXPECT_EQ(sys::stat_at(layer.get(), "closed")->st_mode & 07777U, 01555U);
  const auto su = *sys::stat_at(layer.get(), "closed/su");
  EXPECT_EQ(su.st_mode & 07777U, 04755U);
  EXPECT_EQ(su.st_mtim.tv_nsec, 678);
}

TEST_P(LayerTest, OverlaysOwnAttributesAreNotTaken) {
  Entry entry = entry_of(Type::directory, "d");
  entry.attributes = {
      {"user.overlay.opaque", "y"}, {"user.note", "kept"}, {"trusted.overlay.redirect", "/etc"}};
  ASSERT_TRUE(unpack(print_header(entry)).ok());
  EXPECT_EQ(at("d"), "d");
}

// Access lists as the kernel has them (acl(5), linux/posix_acl_xattr.h): user 77 may read.
TEST_P(LayerTest, AccessListsAreKept) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  const std::string list(
      "\2\0\0\0\1\0\6\0\xff\xff\xff\xff\2\0\4\0\x4d\0\0\0\4\0\4\0\xff\xff\xff\xff"
      "\x10\0\4\0\xff\xff\xff\xff\x20\0\4\0\xff\xff\xff\xff",
      44);
  Entry dir = entry_of(Type::directory, "d");
  dir.attributes = {{"system.posix_acl_default", list}};
  Entry entry = entry_of(Type::file, "d/listed");
  entry.attributes = {{"system.posix_acl_access", list}};
  ASSERT_TRUE(unpack(print_header(dir) + print_header(entry) + file("d/plain")).ok());
  const auto attribute = [&](const char* path, const char* name) {
    return *sys::get_attribute(sys::open_at(layer.get(), path, O_RDONLY)->get(), name, 100);
  };
  if (!attribute("d/listed", "system.posix_acl_access")) GTEST_SKIP() << "a file system without access lists";
  EXPECT_EQ(attribute("d/listed", "system.posix_acl_access"), list);
  EXPECT_EQ(attribute("d", "system.posix_acl_default"), list);
  // Nothing was inherited while it was unpacked.
  EXPECT_FALSE(attribute("d/plain", "system.posix_acl_access"));
}

TEST_P(LayerTest, LimitsHold) {
  std::string deep;
  for (int i = 0; i < 600; ++i) deep += "d/";
  EXPECT_THAT(unpack(directory(deep)).error().message(), HasSubstr("directories within each other"));
  Limits limits;
  limits.entries = 2;
  EXPECT_THAT(unpack(file("a") + file("b") + file("c"), limits).error().message(),
              HasSubstr("more than 2 entries"));
  limits = {};
  limits.bytes = 5;
  EXPECT_THAT(unpack(file("a", "123456"), limits).error().message(), HasSubstr("more than 5 bytes"));
}

// What pax says of the entry behind it.
std::string pax(const std::vector<std::string>& records) {
  std::string text;
  for (const std::string& record : records) {
    size_t length = record.size() + 4;
    while (fmt::format("{} {}\n", length, record).size() > length) ++length;
    text += fmt::format("{} {}\n", length, record);
  }
  Entry entry = entry_of(Type::file, "pax");
  entry.size = text.size();
  Block block{};
  std::string header = print_header(entry);
  header.copy(block.data(), block.size());
  block[156] = 'x';
  unsigned sum = 0;
  std::string("        ").copy(block.data() + 148, 8);
  for (const char c : block) sum += static_cast<unsigned char>(c);
  fmt::format("{:06o}", sum).copy(block.data() + 148, 6);
  block[154] = '\0';
  return std::string(block.data(), block.size()) + text +
         std::string(padded(text.size()) - text.size(), '\0');
}

TEST_P(LayerTest, SparseFilesOfPax) {
  const std::string zeros(1000, '\0');
  // Forms 0.0, 0.1 and 1.0.
  ASSERT_TRUE(unpack(pax({"GNU.sparse.size=2006", "GNU.sparse.numblocks=2", "GNU.sparse.offset=1000",
                          "GNU.sparse.numbytes=3", "GNU.sparse.offset=2003", "GNU.sparse.numbytes=3"}) +
                     file("a", "onetwo"))
                  .ok());
  EXPECT_EQ(at("a"), zeros + "one" + zeros + "two");
  ASSERT_TRUE(unpack(pax({"GNU.sparse.size=2000", "GNU.sparse.name=b", "GNU.sparse.map=0,3,1000,3"}) +
                     file("GNUSparse.0/b", "onetwo"))
                  .ok());
  EXPECT_EQ(at("b"), "one" + std::string(997, '\0') + "two" + std::string(997, '\0'));
  std::string map = "2\n1000\n3\n2003\n3\n";
  map.resize(512);
  ASSERT_TRUE(unpack(pax({"GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=c",
                          "GNU.sparse.realsize=2006"}) +
                     file("GNUSparse.0/c", map + "onetwo") + file("d", "next"))
                  .ok());
  EXPECT_EQ(at("c"), zeros + "one" + zeros + "two");
  EXPECT_EQ(at("d"), "next");
}

TEST_P(LayerTest, SparseMapsThatDoNotFitAreRefused) {
  for (const std::string map : {"0,3,2,3", "0,7", "1000,3,0,3", "0,3,1999,3", "0,3,1000", "x,3", "0,3"}) {
    EXPECT_FALSE(unpack(pax({"GNU.sparse.size=2000", "GNU.sparse.map=" + map}) + file("b", "onetwo")).ok())
        << map;
  }
  EXPECT_FALSE(
      unpack(pax({"GNU.sparse.major=1", "GNU.sparse.realsize=9"}) + file("c", "no map here at all")).ok());
}

INSTANTIATE_TEST_SUITE_P(Files, LayerTest, testing::Values(Form::at_once, Form::last, Form::image),
                         [](const auto& form) {
                           if (form.param == Form::image) return "Image";
                           return form.param == Form::last ? "Last" : "AtOnce";
                         });

}  // namespace
}  // namespace cove::erofs

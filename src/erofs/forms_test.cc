// Both forms of a layer are the same tree: what archive/unpack.h makes of an archive in a directory, and the
// mount of what erofs/unpack.h makes of it. And fsck.erofs(1) finds nothing wrong with the image.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "archive/whiteout.h"
#include "erofs/test_archive.h"

namespace cove::erofs {
namespace {

using archive::print_header;
using testing::HasSubstr;

std::string describe_attributes(int fd) {
  std::string text;
  auto names = *sys::list_attributes(fd);
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    const auto value = sys::get_attribute(fd, name, 70'000);
    text +=
        fmt::format(" {}={}", name, value && *value ? fmt::format("{}:{}", (*value)->size(), **value) : "?");
  }
  return text;
}

// `times`: of directories, too.
void describe(int dir_fd, const std::string& path, bool times, std::string& text) {
  auto names = *sys::list_directory(dir_fd, ".");
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    const struct stat info = *sys::stat_at(dir_fd, name.c_str(), AT_SYMLINK_NOFOLLOW);
    text += fmt::format("{}/{} {:o} {}:{} {:x}", path, name, info.st_mode, info.st_uid, info.st_gid,
                        info.st_rdev);
    const bool directory = S_ISDIR(info.st_mode);
    if (!directory) text += fmt::format(" x{} {}", info.st_nlink, info.st_size);
    if (!archive::is_whiteout(info) && (!directory || times))
      text += fmt::format(" {}.{}", info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
    if (S_ISLNK(info.st_mode)) text += " -> " + *sys::read_link_at(dir_fd, name.c_str());
    if (S_ISREG(info.st_mode) || directory) {
      const auto fd = sys::open_at(dir_fd, name.c_str(), O_RDONLY | O_NOFOLLOW);
      text += describe_attributes(fd->get());
      if (!directory)
        text += fmt::format(" #{:x}", std::hash<std::string>()(*sys::read_all(fd->get(), name, 1 << 28)));
    }
    text += '\n';
    if (!directory) continue;
    const auto below = sys::open_at(dir_fd, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    describe(below->get(), path + "/" + name, times, text);
  }
}

std::string describe(int fd, bool times) {
  std::string text = describe_attributes(fd) + "\n";
  describe(fd, "", times, text);
  return text;
}

class FormsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = why_no_images(); !why.empty()) GTEST_SKIP() << why;
  }
  // What became of an archive, as text; the error's begins with "error".
  std::string in_directory(const std::string& text, bool times) {
    const std::string name = fmt::format("layer-{}", ++count_);
    const UniqueFd layer = home_.make_directory(name);
    const Status made = unpack_to_directory(text, {}, Form::at_once, layer.get());
    return made ? describe(layer.get(), times) : "error: " + made.error().message();
  }
  std::string in_image(const std::string& text, bool times, bool checked = true) {
    const UniqueFd file = home_.make_file("image");
    const Status made = unpack_to_image(text, {}, file.get());
    if (!made) return "error: " + made.error().message();
    if (checked) check_image();
    const auto layer = open_image(home_.path() + "/image");
    EXPECT_TRUE(layer.ok()) << layer.error().message();
    return layer ? describe(layer->get(), times) : "not mounted";
  }
  void check_image() const {
    static const bool there = std::system("command -v fsck.erofs >/dev/null") == 0;
    if (!there) return;
    const std::string command = fmt::format("fsck.erofs {0}/image >{0}/told 2>&1", home_.path());
    if (std::system(command.c_str()) != 0) ADD_FAILURE() << *sys::read_file((home_.path() + "/told").c_str());
  }
  void expect_same(const std::string& text, bool times = true) {
    const std::string expected = in_directory(text, times);
    ASSERT_THAT(expected, testing::Not(testing::StartsWith("error")));
    EXPECT_EQ(in_image(text, times), expected);
  }

 private:
  Home home_;
  unsigned count_ = 0;
};

std::string pattern(size_t size, unsigned seed) {
  std::string text(size, '\0');
  std::minstd_rand random(seed + 1);
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

TEST_F(FormsTest, ContentsOfAllSizes) {
  std::string text = directory("d");
  unsigned number = 0;
  for (const size_t size : {0UL, 1UL, 31UL, 100UL, 4031UL, 4032UL, 4033UL, 4095UL, 4096UL, 4097UL, 8191UL,
                            8192UL, 65535UL, 65536UL, 65537UL, 262143UL, 3000000UL}) {
    text += file(fmt::format("d/{}", size), pattern(size, ++number));
  }
  text += file("zeros", std::string(1 << 20, '\0')) + file("behind", "x");
  text += file("mixed", pattern(70'000, 1) + std::string(200'000, '\0') + pattern(10, 2));
  expect_same(text, false);
}

TEST_F(FormsTest, ManyNames) {
  std::string text = directory("many");
  for (int i = 0; i < 3000; ++i) text += file(fmt::format("many/{}", (i * 7919) % 3000), "x");
  for (int i = 0; i < 40; ++i) text += file(fmt::format("many/{}{}", i, std::string(250, 'n')));
  // Before and behind "." and "..".
  for (const char* name : {"!", "-", ".a", "..a", "/0", "..."})
    text += file(fmt::format("many/{}", name), name);
  for (int i = 0; i < 300; ++i) text += file(fmt::format("deep/{}/{}/x", i % 20, i), "y");
  expect_same(text, false);
}

TEST_F(FormsTest, AllThatBelongsToFiles) {
  std::string text;
  Entry root = entry_of(Type::directory, "./");
  root.mode = 0711;
  root.time = {1000, 5};
  root.attributes = {{"user.note", std::string(3000, 'r')}};
  text += print_header(root);
  Entry entry = entry_of(Type::file, "owned");
  entry.uid = 4'000'000;
  entry.gid = 77;
  entry.mode = 06711;
  entry.time = {-5, 999'999'999};
  entry.attributes = {
      {"user.a", "b"}, {"user.empty", ""}, {"trusted.overlay.opaque", "y"}, {"user.a", "later"}};
  text += print_header(entry);
  entry.path = "large-attribute";
  entry.attributes = {{"user.large", pattern(3500, 3)}};
  text += print_header(entry);
  Entry directory = entry_of(Type::directory, "d");
  directory.mode = 03751;
  directory.time = {1'700'000'000'000, 1};
  directory.attributes = {{"user.d", "e"}};
  text += print_header(directory) + file("d/x", "x");
  for (const Type type : {Type::character, Type::block, Type::fifo}) {
    Entry device = entry_of(type, fmt::format("special-{}", static_cast<int>(type)));
    device.device_major = 259;
    device.device_minor = 70'000;
    device.time = {77, 8};
    text += print_header(device);
  }
  text += link(Type::symlink, "s", "../../nowhere") + link(Type::symlink, "long", std::string(4000, 'l')) +
          link(Type::symlink, "longest", std::string(4095, 'l'));
  text += link(Type::hard_link, "h", "owned") + link(Type::hard_link, "d/h", "h") +
          link(Type::hard_link, "hs", "s");
  text += link(Type::hard_link, "x2", "d/x") + file("x2", "other");
  text += file("d/.wh.gone") + file("d/.wh..wh..opq");
  expect_same(text, false);
}

// What is said of a directory once more counts.
TEST_F(FormsTest, DirectoriesTwice) {
  Entry first = entry_of(Type::directory, "d");
  first.mode = 0700;
  first.time = {1, 0};
  Entry later = entry_of(Type::directory, "d/");
  later.mode = 0711;
  later.time = {2, 0};
  const std::string text = print_header(first) + file("d/x") + print_header(later);
  expect_same(text);
  EXPECT_THAT(in_image(text, true), HasSubstr("/d 40711 0:0 0 2.0"));
}

TEST_F(FormsTest, TooMuchForAnImage) {
  Entry entry = entry_of(Type::file, "x");
  entry.attributes = {{"user.a", std::string(65'536, 'a')}};
  EXPECT_THAT(in_image(print_header(entry), true), HasSubstr("too large"));
  EXPECT_THAT(in_image(file(std::string(256, 'n')), true), HasSubstr("File name too long"));
  entry.attributes = {};
  for (int i = 0; i < 8; ++i)
    entry.attributes.emplace_back(fmt::format("user.{}", i), std::string(30'000, static_cast<char>('a' + i)));
  const std::string made = in_image(print_header(entry), true);
  EXPECT_THAT(made, HasSubstr("user.7=30000:hhh"));
}

// Few names, so that they meet: the forms must agree on what replaces and hides what, and on what is refused.
std::string random_archive(std::minstd_rand& random) {
  const auto pick = [&](const std::vector<std::string>& from) { return from[random() % from.size()]; };
  const std::vector<std::string> parts{"a", "b", "c", "l"};
  const auto path = [&] {
    std::string text = pick(parts);
    for (unsigned i = random() % 3; i > 0; --i) text += "/" + pick(parts);
    return text;
  };
  std::string text;
  for (unsigned i = 2 + random() % 14; i > 0; --i) {
    switch (random() % 8) {
      case 0:
      case 1:
        text += file(path(), pattern(random() % 9000, i));
        break;
      case 2:
        text += directory(path());
        break;
      case 3:
        text += link(Type::symlink, path(), pick({"a", "/b", "..", ".", "../a/b", "/l", "c/", "nowhere"}));
        break;
      case 4:
        text += link(Type::hard_link, path(), path());
        break;
      case 5: {
        const std::string gone = path();
        const size_t slash = gone.rfind('/') + 1;
        text += file(gone.substr(0, slash) + ".wh." + gone.substr(slash));
        break;
      }
      case 6:
        text += file(path() + "/.wh..wh..opq");
        break;
      default:
        text += print_header(entry_of(Type::fifo, path()));
    }
  }
  return text;
}

TEST_F(FormsTest, AgreeOnWhateverComes) {
  std::minstd_rand random(20);
  unsigned made = 0;
  for (int round = 0; round < 400; ++round) {
    const std::string text = random_archive(random);
    std::string expected = in_directory(text, false);
    std::string found = in_image(text, false, round % 20 == 0);
    for (std::string* result : {&expected, &found}) {
      if (result->starts_with("error")) *result = "error";
    }
    if (expected != "error") ++made;
    ASSERT_EQ(found, expected) << "round " << round;
  }
  // Neither of them refuses everything.
  EXPECT_GT(made, 100U);
}

}  // namespace
}  // namespace cove::erofs

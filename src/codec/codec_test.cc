#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "codec/decompress.h"
#include "codec/deflate.h"
#include "codec/inflate.h"
#include "codec/sha256.h"

namespace cove::codec {
namespace {

// Gives `step` bytes at a time, so that headers and trailers are cut everywhere.
Source source_of(const std::string& text, size_t step) {
  return [&text, step, at = size_t{0}](char* buffer, size_t size) mutable -> Result<size_t> {
    const size_t part = std::min({step, size, text.size() - at});
    text.copy(buffer, part, at);
    at += part;
    return part;
  };
}

Result<std::string> inflate_all(const std::string& text, size_t step, const InflateLimits& limits = {}) {
  Decompressor stream(source_of(text, step), limits);
  std::string out;
  std::string buffer(1000, '\0');
  while (const size_t got = COVE_TRY(stream.read(buffer.data(), buffer.size()))) out.append(buffer, 0, got);
  return out;
}

std::string gzip_of(std::string_view text) {
  std::string out;
  auto writer = make_gzip_writer([&](std::string_view bytes) -> Status {
    out += bytes;
    return {};
  });
  EXPECT_TRUE((*writer)->write(text).ok());
  EXPECT_TRUE((*writer)->finish().ok());
  return out;
}

std::string sample(size_t size) {
  std::mt19937 random(7);  // NOLINT: the same each time
  std::string text;
  while (text.size() < size) text += std::to_string(random() % 5000) + (random() % 3 == 0 ? "\n" : " word ");
  return text;
}

TEST(Codec, Sha256) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Sha256 hash;
  hash.update("a");
  hash.update("bc");
  EXPECT_EQ(hash.finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  hash.update("abc");
  EXPECT_EQ(hash.finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Codec, GzipThereAndBackHoweverItIsCut) {
  const std::string text = sample(300'000);
  const std::string packed = gzip_of(text);
  EXPECT_LT(packed.size(), text.size() / 2);
  for (const size_t step : {size_t{1}, size_t{7}, size_t{4096}, packed.size()}) {
    const auto back = inflate_all(packed, step);
    ASSERT_TRUE(back.ok()) << back.error().message();
    EXPECT_EQ(*back, text);
  }
}

TEST(Codec, MembersThatFollowEachOtherAreOneText) {
  const std::string packed =
      gzip_of("first ") + gzip_of("") + gzip_of(sample(100'000)) + std::string(700, '\0');
  for (const size_t step : {size_t{1}, size_t{11}, packed.size()}) {
    const auto back = inflate_all(packed, step);
    ASSERT_TRUE(back.ok()) << back.error().message();
    EXPECT_EQ(*back, "first " + sample(100'000));
  }
}

TEST(Codec, ZlibReadsAndWritesTheSame) {
  const std::string text = sample(200'000);
  std::string packed;
  auto writer = gzip_writer_by_zlib([&](std::string_view bytes) -> Status {
    packed += bytes;
    return {};
  });
  ASSERT_TRUE((*writer)->write(text).ok());
  ASSERT_TRUE((*writer)->finish().ok());
  EXPECT_EQ(*inflate_all(packed, 999), text);
  auto inflater = gzip_by_zlib();
  std::string out(text.size() + 1, '\0');
  const auto progress = (*inflater)->step(gzip_of(text), out.data(), out.size());
  ASSERT_TRUE(progress.ok());
  EXPECT_TRUE(progress->whole);
  EXPECT_EQ(out.substr(0, progress->made), text);
}

TEST(Codec, ZstdFramesAndSkippableOnes) {
  // printf hello | zstd
  const std::string frame("\x28\xb5\x2f\xfd\x04\x58\x29\x00\x00hello\xa3\x6d\x9f\x88", 18);
  const std::string skipped("\x53\x2a\x4d\x18\x02\x00\x00\x00xy", 10);
  for (const size_t step : {size_t{1}, size_t{5}, size_t{100}}) {
    const auto text = inflate_all(frame + skipped + frame, step);
    ASSERT_TRUE(text.ok()) << text.error().message();
    EXPECT_EQ(*text, "hellohello");
  }
  EXPECT_FALSE(inflate_all(frame.substr(0, 15), 4).ok());
  std::string damaged = frame;
  damaged[10] ^= 1;
  EXPECT_FALSE(inflate_all(damaged, 4).ok());
  EXPECT_EQ(compression_of(frame), Compression::zstd);
  EXPECT_EQ(compression_name(compression_of("plain")), "none");
}

TEST(Codec, PlainIsPassedOn) {
  const std::string text = sample(5000);
  EXPECT_EQ(*inflate_all(text, 100), text);
  EXPECT_EQ(*inflate_all("", 1), "");
  EXPECT_EQ(*inflate_all("\x1f", 1), "\x1f");
}

TEST(Codec, DamageIsAnError) {
  std::string packed = gzip_of(sample(100'000));
  EXPECT_FALSE(inflate_all(packed.substr(0, packed.size() - 3), 500).ok());
  EXPECT_FALSE(inflate_all(packed.substr(0, packed.size() / 2), 500).ok());
  EXPECT_FALSE(inflate_all(packed + "x", 500).ok());
  packed[packed.size() / 2] ^= 0x10;
  EXPECT_FALSE(inflate_all(packed, 500).ok());
}

TEST(Codec, ABombIsAnError) {
  const std::string packed = gzip_of(std::string(size_t{8} << 20, '\0'));
  InflateLimits limits;
  limits.free_bytes = size_t{1} << 20;
  limits.ratio = 100;
  const auto bomb = inflate_all(packed, 4096, limits);
  ASSERT_FALSE(bomb.ok());
  EXPECT_NE(bomb.error().message().find("more than 100 times"), std::string::npos);
  limits = {};
  limits.bytes = 1000;
  EXPECT_FALSE(inflate_all(packed, 4096, limits).ok());
  EXPECT_TRUE(inflate_all(packed, 4096).ok());
}

}  // namespace
}  // namespace cove::codec

// Layers that are unpacked while they come.
#include "store/arrivals.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "codec/deflate.h"
#include "codec/sha256.h"
#include "store/test_store.h"

namespace cove::store {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// In pieces of at most `most` bytes.
codec::Source source_of(std::string_view text, size_t most) {
  return [text, most](char* buffer, size_t size) mutable -> Result<size_t> {
    const size_t part = std::min({size, most, text.size()});
    text.copy(buffer, part);
    text.remove_prefix(part);
    return part;
  };
}

std::string gzip(std::string_view text) {
  std::string out;
  const auto writer = codec::make_gzip_writer([&out](std::string_view bytes) -> Status {
                        out += bytes;
                        return {};
                      }).value();
  EXPECT_TRUE(writer->write(text).ok());
  EXPECT_TRUE(writer->finish().ok());
  return out;
}

class ArrivalsTest : public StoreTest {
 protected:
  Result<BlobInfo> keep(Arrivals& arrivals, std::string_view text, const std::string& diff_id = {}) {
    BlobWriter writer = store.blobs().create().value();
    return arrivals.keep(writer, source_of(text, 1000), {text.size(), diff_id});
  }
  std::string content(const std::string& diff_id) {
    const auto text = sys::read_file_at(store.fd(), ("layers/" + diff_id + "/file").c_str(), size_t{1} << 24);
    return text ? *text : "none";
  }

  Store store = open();
};

TEST_F(ArrivalsTest, LayersAreThereWithTheirBlobs) {
  Arrivals arrivals(store.fd(), own_unpack_options());
  const std::string big(3'000'000, 'x');
  std::vector<std::string> blobs;
  for (const std::string& layer : {layer_of("plain"), gzip(layer_of(big)), gzip(layer_of("third"))})
    blobs.push_back(keep(arrivals, layer)->digest);
  const UnpackedLayers layers = arrivals.take();
  ASSERT_THAT(layers, SizeIs(3));
  for (const std::string& blob : blobs) EXPECT_TRUE(store.blobs().has(blob));
  EXPECT_EQ(content(layers.at(blobs[0]).layer.diff_id), "plain");
  EXPECT_EQ(content(layers.at(blobs[1]).layer.diff_id), big);
  EXPECT_EQ(layers.at(blobs[1]).layer.bytes, big.size());
  EXPECT_THAT(files("partial"), IsEmpty());
  // What the index is told then.
  const std::string& diff_id = layers.at(blobs[2]).layer.diff_id;
  const std::vector<LayerRequest> wanted{{blobs[2], 0, "sha256:" + diff_id}};
  ASSERT_TRUE(unpack_layers(store.fd(), store.index(), wanted, own_unpack_options(), layers).ok());
  EXPECT_EQ((*store.index().layer(diff_id))->files, 1U);
  const std::vector<LayerRequest> wrong{{blobs[2], 0, "sha256:" + std::string(64, 'a')}};
  EXPECT_THAT(unpack_layers(store.fd(), store.index(), wrong, own_unpack_options(), layers).error().message(),
              HasSubstr("but the image's config says"));
}

// A line for each change.
class Told : public Progress {
 public:
  std::vector<std::string> lines;

 protected:
  void on_line(std::string_view) override {}
  void on_item(const Item& item) override {
    const std::string line = fmt::format("{} {} of {}", static_cast<int>(item.stage), item.moved, item.total);
    if (lines.empty() || item.stage != last_) lines.push_back(line);
    last_ = item.stage;
  }

 private:
  Stage last_ = Stage::waiting;
};

TEST_F(ArrivalsTest, TheyAreToldOf) {
  Told told;
  Arrivals arrivals(store.fd(), own_unpack_options(), &told);
  const std::string layer = layer_of("text");
  const std::string digest = "sha256:" + codec::sha256_hex(layer);
  auto writer = store.blobs().resume(digest, layer.size()).value();
  ASSERT_TRUE(arrivals.keep(*writer, source_of(layer, 1000), {layer.size(), {}}).ok());
  static_cast<void>(arrivals.take());
  ASSERT_TRUE(keep(arrivals, "{}").ok());
  const auto line = [&](Stage stage, size_t moved) {
    return fmt::format("{} {} of {}", static_cast<int>(stage), moved, layer.size());
  };
  EXPECT_THAT(told.lines,
              testing::ElementsAre(line(Stage::moving, 1000), line(Stage::unpacking, layer.size()),
                                   line(Stage::done, layer.size())));
}

TEST_F(ArrivalsTest, WhatIsNoLayerIsABlobOnly) {
  Arrivals arrivals(store.fd(), own_unpack_options());
  const std::string damaged = gzip(layer_of("text")).substr(0, 60);
  for (const std::string& text : {std::string("{}"), std::string(), gzip("no archive"), damaged})
    EXPECT_TRUE(store.blobs().has(keep(arrivals, text)->digest)) << text.size();
  EXPECT_THAT(arrivals.take(), IsEmpty());
  EXPECT_THAT(files("partial"), IsEmpty());
  EXPECT_THAT(files("layers"), IsEmpty());
}

TEST_F(ArrivalsTest, WhatIsThereIsNotUnpackedAgain) {
  Arrivals arrivals(store.fd(), own_unpack_options());
  const std::string layer = layer_of("text");
  ASSERT_TRUE(keep(arrivals, layer).ok());
  const UnpackedLayers first = arrivals.take();
  ASSERT_THAT(first, SizeIs(1));
  const std::string diff_id = "sha256:" + first.begin()->second.layer.diff_id;
  ASSERT_TRUE(keep(arrivals, gzip(layer), diff_id).ok());
  EXPECT_THAT(arrivals.take(), IsEmpty());
  // Known only when it is unpacked: then the first one stays.
  ASSERT_TRUE(keep(arrivals, gzip(layer)).ok());
  const UnpackedLayers again = arrivals.take();
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_FALSE(again.begin()->second.fresh);
  EXPECT_THAT(files("layers"), SizeIs(1));
  EXPECT_THAT(files("partial"), IsEmpty());
}

TEST_F(ArrivalsTest, WhatIsGivenUpLeavesNothing) {
  Arrivals arrivals(store.fd(), own_unpack_options());
  const std::string layer = layer_of(std::string(10'000'000, 'x'));
  const LayerRequest request{"sha256:" + std::string(64, 'b'), layer.size(), {}};
  {
    auto begun = arrivals.begin(request);
    ASSERT_TRUE(begun.ok() && *begun);
    (*begun)->write(std::string_view(layer).substr(0, 5'000'000));
    // Nobody else has it meanwhile.
    EXPECT_EQ(*arrivals.begin(request), nullptr);
  }
  EXPECT_THAT(files("partial"), IsEmpty());
  EXPECT_THAT(files("layers"), IsEmpty());
  auto begun = arrivals.begin(request);
  ASSERT_TRUE(begun.ok() && *begun);
  (*begun)->write(layer);
  ASSERT_TRUE(arrivals.finish(request, std::move(*begun)).ok());
  EXPECT_THAT(files("layers"), SizeIs(1));
}

TEST_F(ArrivalsTest, ABlobThatIsThereIsUnpacked) {
  Arrivals arrivals(store.fd(), own_unpack_options());
  const BlobInfo blob = *store.blobs().put(gzip(layer_of("text")));
  ASSERT_TRUE(arrivals.finish({blob.digest, blob.bytes, {}}, nullptr).ok());
  EXPECT_EQ(content(arrivals.take().at(blob.digest).layer.diff_id), "text");
}

TEST_F(ArrivalsTest, ASourceThatFailsLeavesNothing) {
  Arrivals arrivals(store.fd(), own_unpack_options());
  const std::string layer = layer_of(std::string(1'000'000, 'x'));
  BlobWriter writer = store.blobs().create().value();
  auto whole = source_of(layer, 1000);
  size_t given = 0;
  const auto kept = arrivals.keep(writer,
                                  [&](char* buffer, size_t size) -> Result<size_t> {
                                    if (given > 300'000) return Error(ErrorCode::protocol, "cut off");
                                    const size_t got = COVE_TRY(whole(buffer, size));
                                    given += got;
                                    return got;
                                  },
                                  {layer.size(), {}});
  EXPECT_EQ(kept.error().message(), "cut off");
  EXPECT_THAT(arrivals.take(), IsEmpty());
  EXPECT_THAT(files("layers"), IsEmpty());
}

}  // namespace
}  // namespace cove::store

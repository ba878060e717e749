// Blobs, the index and what is published of it. Whole images: tests/images.
#include "store/store.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <memory>
#include <thread>

#include "codec/sha256.h"
#include "store/file_lock.h"
#include "store/pipe.h"
#include "store/test_store.h"
#include "store/unsynced.h"

namespace cove::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(StoreTest, ABlobIsThereWhenItIsWhole) {
  const Store store = open();
  const Blobs blobs = store.blobs();
  const std::string digest = "sha256:" + codec::sha256_hex("whole");
  {
    auto writer = blobs.resume(digest, 5).value();
    ASSERT_TRUE(writer->write("who").ok());
    EXPECT_THAT(writer->finish().error().message(), HasSubstr("3 of 5 bytes"));
  }
  EXPECT_FALSE(blobs.has(digest));
  {
    auto writer = blobs.resume(digest, 5).value();
    EXPECT_EQ(writer->offset(), 3U);
    EXPECT_THAT(writer->write("le and more").error().message(), HasSubstr("more than the 5 bytes"));
  }
  EXPECT_TRUE(files("partial").empty());
  auto writer = blobs.resume(digest, 5).value();
  EXPECT_EQ(writer->offset(), 0U);
  ASSERT_TRUE(writer->write("whole").ok());
  EXPECT_EQ(writer->finish()->digest, digest);
  EXPECT_TRUE(blobs.has(digest, 5));
  EXPECT_FALSE(blobs.has(digest, 6));
  EXPECT_FALSE(blobs.resume(digest, 5).value().has_value());
  EXPECT_EQ(*blobs.read(digest, 100), "whole");
}

TEST_F(StoreTest, WhatCouldNotBeWrittenIsNoBlob) {
  const Store store = open();
  const std::string digest = "sha256:" + codec::sha256_hex("whole");
  auto writer = store.blobs().resume(digest, 5).value();
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit none{0, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &none), 0);
  const Status written = writer->write("whole");
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_FALSE(written.ok());
  EXPECT_THAT(writer->finish().error().message(), HasSubstr("could not be written"));
  writer.reset();
  EXPECT_FALSE(store.blobs().has(digest));
  EXPECT_TRUE(files("partial").empty());
}

TEST_F(StoreTest, AWrongBlobLeavesNothing) {
  const Store store = open();
  auto writer = store.blobs().resume("sha256:" + std::string(64, 'a'), 5).value();
  ASSERT_TRUE(writer->write("wrong").ok());
  EXPECT_THAT(writer->finish().error().message(), HasSubstr("changed or damaged on its way"));
  writer.reset();
  EXPECT_TRUE(files("partial").empty());
  EXPECT_TRUE(files("blobs/sha256").empty());
}

TEST_F(StoreTest, DamageIsSeenWhenADocumentIsRead) {
  const Store store = open();
  const BlobInfo blob = *store.blobs().put("document");
  ASSERT_TRUE(sys::replace_file_at(store.fd(), ("blobs/sha256/" + image::digest_hex(blob.digest)).c_str(),
                                   "other", 0600)
                  .ok());
  EXPECT_THAT(store.blobs().read(blob.digest, 100).error().message(), HasSubstr("damaged"));
}

TEST_F(StoreTest, AnImageComesAndGoes) {
  Store store = open();
  const auto added = add(store, "one", {"docker.io/library/one:1", "localhost/one:latest"});
  ASSERT_TRUE(added.ok()) << added.error().message();
  const std::string id = added->image.id;
  EXPECT_EQ(added->image.bytes(), 3U);
  EXPECT_EQ(store.find("one:1")->id, id);
  EXPECT_EQ(store.find("docker.io/one:1")->id, id);
  EXPECT_EQ(store.find(id.substr(0, 8))->id, id);
  EXPECT_EQ(store.find("one")->id, id);
  EXPECT_THAT(store.find("two").error().message(), HasSubstr("No such image: two"));
  EXPECT_EQ(*sys::read_link_at(store.fd(), "names/docker.io/library/one/:1"), id);
  const auto document = image::parse_published(*sys::read_file_at(store.fd(), ("ids/" + id).c_str()));
  ASSERT_TRUE(document.ok());
  ASSERT_EQ(document->layers.size(), 1U);
  const image::PublishedLayer& layer = document->layers.front();
  EXPECT_EQ(layer.directory, added->image.layers.front().diff_id);
  EXPECT_EQ(layer.bytes, 3U);
  EXPECT_EQ(*sys::read_file_at(store.fd(), ("layers/" + layer.directory + "/file").c_str()), "one");

  // A name has one image; the layer that is in both stays for the other.
  const auto second = add(store, "two", {"localhost/one:latest"});
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(store.find("localhost/one")->id, second->image.id);
  EXPECT_THAT(store.find(id)->names, ElementsAre("docker.io/library/one:1"));
  ASSERT_TRUE(store.remove_image(*store.find(id)).ok());
  EXPECT_EQ(store.collect(false)->layers.size(), 1U);
  EXPECT_EQ(files("layers").size(), 1U);
  EXPECT_EQ(files("blobs/sha256").size(), 3U);
  EXPECT_THAT(files("names"), ElementsAre("localhost"));
  EXPECT_THAT(files("ids"), ElementsAre(second->image.id));
}

TEST_F(StoreTest, ShortNamesAreNeverASurprise) {
  Store store = open();
  ASSERT_TRUE(add(store, "one", {"a.example/x:1"}).ok());
  ASSERT_TRUE(add(store, "two", {"b.example/x:1"}).ok());
  EXPECT_THAT(store.find("x:1").error().hint(), HasSubstr("a.example/x:1, b.example/x:1"));
  ASSERT_TRUE(add(store, "three", {"localhost/x:1"}).ok());
  EXPECT_THAT(store.find("x:1")->names, ElementsAre("localhost/x:1"));
}

TEST_F(StoreTest, WhoUsesAnImageKeepsIt) {
  Store store = open();
  const auto added = add(store, "one", {});
  ASSERT_TRUE(added.ok());
  const UniqueFd use =
      sys::open_at(store.fd(), ("uses/" + added->image.id).c_str(), O_RDWR | O_CREAT, 0600).value();
  ASSERT_TRUE(sys::lock_shared(use.get(), false).ok());
  EXPECT_EQ(store.remove_image(added->image).error().code(), ErrorCode::stale_resource);
  ASSERT_TRUE(sys::unlock(use.get()).ok());
  EXPECT_TRUE(store.remove_image(added->image).ok());
}

TEST_F(StoreTest, WhatAKillHasLeftIsMended) {
  std::string id;
  {
    Store store = open();
    const Image image = add(store, "one", {"localhost/one:latest"})->image;
    id = image.id;
    const std::string manifest = image.manifest_digest;
    // Between the index and the documents.
    ASSERT_TRUE(store.index().set_name("localhost/late:1", manifest).ok());
    ASSERT_TRUE(sys::remove_file_at(store.fd(), ("ids/" + id).c_str()).ok());
    ASSERT_TRUE(sys::make_directory_at(store.fd(), "layers/stray", 0755).ok());
    ASSERT_TRUE(sys::make_directory_at(store.fd(), "partial/unpack-1", 0755).ok());
    ASSERT_TRUE(store.blobs().put("stray").ok());
  }
  Store store = open();
  EXPECT_EQ(*sys::read_link_at(store.fd(), "names/localhost/late/:1"), id);
  EXPECT_THAT(files("ids"), ElementsAre(id));
  const auto rubbish = store.collect(false);
  ASSERT_TRUE(rubbish.ok());
  EXPECT_EQ(rubbish->blobs.size(), 1U);
  EXPECT_EQ(files("layers").size(), 1U);
  EXPECT_TRUE(files("partial").empty());
}

TEST_F(StoreTest, EachNameHasItsManifest) {
  Store store = open();
  const std::string oci = add(store, "one", {"a.example/x:oci"})->image.manifest_digest;
  const auto docker = add(store, "one", {"a.example/x:docker"}, image::kDockerManifest);
  ASSERT_TRUE(docker.ok());
  const std::string& id = docker->image.id;
  EXPECT_EQ(store.find("a.example/x:oci")->manifest_digest, oci);
  EXPECT_EQ(store.find("a.example/x:docker")->manifest_digest, docker->image.manifest_digest);
  EXPECT_EQ(store.find("a.example/x:docker")->manifest_type, image::kDockerManifest);
  EXPECT_EQ(store.find(id)->manifest_digest, docker->image.manifest_digest);
  EXPECT_THAT(store.find(id)->names, ElementsAre("a.example/x:docker", "a.example/x:oci"));
  EXPECT_EQ(store.index().images()->size(), 1U);
  EXPECT_EQ(store.index().manifests()->size(), 2U);
  // A name that is given to what a name stands for is of that manifest.
  ASSERT_TRUE(store.set_name("a.example/y:1", *store.find("a.example/x:oci")).ok());
  EXPECT_EQ(store.find("a.example/y:1")->manifest_digest, oci);
  EXPECT_TRUE(store.collect(false)->blobs.empty());
  // One without a name goes, but for the last.
  ASSERT_TRUE(store.remove_name("a.example/x:docker").ok());
  EXPECT_EQ(store.find(id)->manifest_digest, oci);
  EXPECT_THAT(store.collect(false)->blobs, ElementsAre(image::digest_hex(docker->image.manifest_digest)));
  ASSERT_TRUE(store.remove_name("a.example/x:oci").ok());
  ASSERT_TRUE(store.remove_name("a.example/y:1").ok());
  EXPECT_EQ(store.find(id)->manifest_digest, oci);
  // Without any name the latest stays.
  ASSERT_TRUE(add(store, "one", {}, image::kDockerManifest).ok());
  EXPECT_EQ(store.find(id)->manifest_digest, docker->image.manifest_digest);
  EXPECT_EQ(store.index().manifests()->size(), 1U);
  ASSERT_TRUE(store.remove_image(*store.find(id)).ok());
  EXPECT_EQ(store.collect(false)->layers.size(), 1U);
  EXPECT_TRUE(files("blobs/sha256").empty());
}

// The log would become longer with each process if none began it anew.
TEST_F(StoreTest, TheLogOfTheIndexKeepsItsSpaceAndDoesNotGrow) {
  const std::string id = add(*std::make_unique<Store>(open()), "one", {"a.example/x:1"})->image.id;
  for (int i = 0; i < 30; ++i) {
    Store store = open();
    ASSERT_TRUE(store.expect_room().ok());
    ASSERT_TRUE(store.set_name("a.example/y:1", *store.find(id)).ok());
    ASSERT_TRUE(store.remove_name("a.example/y:1").ok());
  }
  const struct stat log = *sys::stat_at(AT_FDCWD, (home + "/images/index.db-wal").c_str());
  EXPECT_LE(log.st_size, 64 * 4096);
  EXPECT_GE(log.st_blocks * 512, 1 << 20);
  EXPECT_EQ(open().find("a.example/x:1")->id, id);
}

TEST_F(StoreTest, WhoeverLooksDoesNotWaitForWhoWrites) {
  ASSERT_TRUE(add(*std::make_unique<Store>(open()), "one", {"a.example/x:1"}).ok());
  Database other = std::move(Database::open(home + "/images/index.db", false).value());
  const auto writing = Database::Transaction::begin(other);
  ASSERT_TRUE(writing.ok());
  EXPECT_TRUE(open().find("a.example/x:1").ok());
}

TEST_F(StoreTest, WhatMayNotBeOnTheDiskIsNotBelieved) {
  std::string kept;
  std::string lost = std::string(64, 'a');
  {
    Store store = open();
    kept = add(store, "one", {"localhost/one:latest"})->image.layers.front().diff_id;
    EXPECT_TRUE(files("unsynced").empty());
    // As a loss of power leaves it: one before its image was in the index, one right after.
    ASSERT_TRUE(store.index().add_layer({lost, 1, 1}).ok());
    ASSERT_TRUE(sys::make_directory_at(store.fd(), ("layers/" + lost).c_str(), 0755).ok());
    for (const std::string& hex : {kept, lost})
      ASSERT_TRUE(sys::replace_file_at(store.fd(), ("unsynced/" + hex).c_str(), "another boot", 0600).ok());
  }
  Store store = open();
  EXPECT_THAT(files("layers"), ElementsAre(kept));
  EXPECT_FALSE(store.index().layer(lost)->has_value());
  EXPECT_TRUE(files("unsynced").empty());
  // Of this boot: a kill loses nothing. Nothing is claimed either, as no image needs it.
  ASSERT_TRUE(sys::make_directory_at(store.fd(), ("layers/" + lost).c_str(), 0755).ok());
  ASSERT_TRUE(mark_unsynced(store.fd(), lost).ok());
  ASSERT_TRUE(mark_unsynced(store.fd(), std::string(64, 'b')).ok());
  EXPECT_FALSE(*has_stale_marks(store.fd()));
  ASSERT_TRUE(store.collect(false).ok());
  EXPECT_THAT(files("layers"), ElementsAre(kept));
  EXPECT_TRUE(files("unsynced").empty());
}

TEST_F(StoreTest, ALockThatWasRemovedIsMadeAnew) {
  const Store store = open();
  auto first = open_locked(store.fd(), "partial/x.lock", true).value();
  ASSERT_TRUE(first.has_value());
  EXPECT_FALSE(open_locked(store.fd(), "partial/x.lock", false)->has_value());
  std::optional<UniqueFd> second;
  std::thread waiter([&] { second = open_locked(store.fd(), "partial/x.lock", true).value(); });
  ASSERT_TRUE(sys::remove_file_at(store.fd(), "partial/x.lock").ok());
  first.reset();
  waiter.join();
  ASSERT_TRUE(second.has_value());
  EXPECT_THAT(files("partial"), ElementsAre("x.lock"));
  EXPECT_FALSE(open_locked(store.fd(), "partial/x.lock", false)->has_value());
}

TEST_F(StoreTest, NobodyCollectsWhileAnotherAdds) {
  Store store = open();
  Store other = open();
  ASSERT_TRUE(store.blobs().put("on its way").ok());
  EXPECT_TRUE(other.collect(false)->blobs.empty());
  EXPECT_EQ(files("blobs/sha256").size(), 1U);
}

TEST(Pipe, EverythingArrivesInOrder) {
  Pipe pipe;
  std::thread writer([&pipe] {
    for (int i = 0; i < 1000; ++i) {
      std::string* buffer = pipe.begin_fill();
      const std::string text = fmt::format("{} ", i);
      text.copy(buffer->data(), text.size());
      pipe.end_fill(text.size());
    }
    pipe.end_fill(0);
  });
  std::string all;
  std::string wanted;
  for (int i = 0; i < 1000; ++i) wanted += fmt::format("{} ", i);
  char part[7];
  while (const size_t got = *pipe.read(part, sizeof part)) all.append(part, got);
  writer.join();
  EXPECT_EQ(all, wanted);
}

TEST(Pipe, SmallPiecesAreGathered) {
  Pipe pipe;
  std::string wanted;
  std::thread writer([&pipe] {
    for (int i = 0; i < 300'000; ++i) ASSERT_TRUE(pipe.write(fmt::format("{} ", i)));
    pipe.end();
  });
  for (int i = 0; i < 300'000; ++i) wanted += fmt::format("{} ", i);
  std::string all;
  std::string part(100'000, '\0');
  while (const size_t got = *pipe.read(part.data(), part.size())) all.append(part, 0, got);
  writer.join();
  EXPECT_EQ(all, wanted);
  pipe.close();
  while (pipe.write(part)) continue;
}

TEST(Pipe, AReaderThatGoesEndsTheWriter) {
  Pipe pipe;
  std::thread writer([&pipe] {
    while (pipe.begin_fill() != nullptr) pipe.end_fill(1);
  });
  pipe.close();
  writer.join();
}

TEST(Pipe, AnErrorComesBehindWhatWasWritten) {
  Pipe pipe;
  pipe.begin_fill()->front() = 'x';
  pipe.end_fill(1);
  pipe.fail(Error(ErrorCode::invalid_argument, "damaged"));
  char part = 0;
  EXPECT_EQ(*pipe.read(&part, 1), 1U);
  EXPECT_EQ(pipe.read(&part, 1).error().message(), "damaged");
}

}  // namespace
}  // namespace cove::store

// A store in a directory of the test's own.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "archive/header.h"
#include "store/store.h"
#include "sys/file.h"

namespace cove::store {

class StoreTest : public testing::Test {
 protected:
  StoreTest() : home("/tmp/cove-store-XXXXXX") { EXPECT_NE(::mkdtemp(home.data()), nullptr); }
  ~StoreTest() override { std::filesystem::remove_all(home); }

  [[nodiscard]] Store open() const { return std::move(Store::open(home).value()); }
  [[nodiscard]] std::vector<std::string> files(const std::string& below) const {
    std::vector<std::string> found = *sys::list_directory(AT_FDCWD, (home + "/images/" + below).c_str());
    std::sort(found.begin(), found.end());
    return found;
  }

  // A layer with one file, not compressed.
  static std::string layer_of(const std::string& content) {
    archive::Entry entry;
    entry.path = "file";
    entry.mode = 0644;
    entry.uid = ::geteuid();
    entry.gid = ::getegid();
    entry.size = content.size();
    std::string layer = archive::print_header(entry) + content;
    layer.resize(archive::padded(layer.size()) + 2 * archive::kBlock);
    return layer;
  }

  // An image of one layer with one file. Images of one content differ in their manifests, if `type` does.
  static Result<Added> add(Store& store, const std::string& content, const std::vector<std::string>& names,
                           std::string_view type = image::kOciManifest) {
    const std::string layer = layer_of(content);
    const BlobInfo blob = *store.blobs().put(layer);
    image::Config config;
    config.os = "linux";
    config.architecture = "amd64";
    config.created = "2026-11-28T10:00:00Z";
    config.rootfs.diff_ids = {blob.digest};
    config.config.cmd = {"sh"};
    const BlobInfo config_blob = *store.blobs().put(image::print_config(config));
    image::Manifest manifest;
    manifest.media_type = type;
    manifest.config = {"", config_blob.digest, config_blob.bytes, {}, {}};
    manifest.layers = {{std::string(image::kOciLayer), blob.digest, blob.bytes, {}, {}}};
    const BlobInfo document = *store.blobs().put(image::print_manifest(manifest));
    return store.add({document.digest, std::string(type), names, {}, {}, {}}, own_unpack_options());
  }

  std::string home;
};

}  // namespace cove::store

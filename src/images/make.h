// Making images: of a root file system, and of what a container has changed. Called in cove-images.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/diff.h"
#include "store/store.h"

namespace cove::images {

struct ImportRequest {
  std::string source;  // host path of a file or a directory; "-": an archive on standard input
  std::string name;    // DOMAIN/PATH:TAG; empty: none
  std::vector<std::string> changes;
  std::string message;
  image::Platform platform;
  store::UnpackOptions unpack;
};
Result<store::Added> import_image(store::Store& store, const ImportRequest& request);

struct CommitRequest {
  store::Image base;
  std::string upper;  // host path of the container's layer
  std::vector<engine::Change> changed;
  std::string id_map;  // "INSIDE:OUTSIDE:COUNT" of the files in it; empty: their ids are those inside
  std::vector<std::string> command;
  std::string name;  // DOMAIN/PATH:TAG; empty: none
  std::vector<std::string> changes;
  std::string author, message;
  store::UnpackOptions unpack;
};
Result<store::Added> commit_image(store::Store& store, const CommitRequest& request);

}  // namespace cove::images

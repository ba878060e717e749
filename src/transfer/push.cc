#include "transfer/push.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <span>

#include "registry/distribution.h"
#include "sys/append.h"
#include "transfer/workers.h"

namespace cove::transfer {

using store::Item;
using store::Progress;
using store::Stage;

namespace {

// By blob, a repository at `domain` that has it, as far as the index knows.
Result<std::map<std::string, std::string>> known_places(store::Index& index, const image::Reference& target) {
  std::map<std::string, std::string> places;
  for (const store::Image& image : COVE_TRY(index.images())) {
    for (const std::string& text : image.digests) {
      const auto name = image::parse_reference(text);
      if (!name.ok() || name->domain != target.domain || name->path == target.path) continue;
      for (const store::ImageLayer& layer : image.layers) places.emplace(layer.blob_digest, name->path);
    }
  }
  return places;
}

registry::HttpBody file_body(int fd, uint64_t size, std::string name) {
  registry::HttpBody body;
  body.size = size;
  body.read = [fd, name = std::move(name)](uint64_t offset, std::span<char> buffer) -> Result<size_t> {
    const ssize_t got = sys::read_at(fd, buffer, static_cast<off_t>(offset));
    if (got < 0) return Error::from_errno(fmt::format("read blob {}", name), static_cast<int>(-got));
    return static_cast<size_t>(got);
  };
  return body;
}

class Send {
 public:
  Send(const store::Blobs& blobs, std::unique_ptr<registry::Session> session,
       const std::map<std::string, std::string>& places, Progress& progress)
      : blobs_(blobs), session_(std::move(session)), places_(places), progress_(progress) {}

  Status one(const image::Descriptor& blob, bool shown) {
    shown_ = shown;
    Item item{.digest = blob.digest, .total = blob.size};
    auto file = blobs_.open(blob.digest);
    if (!file.ok()) return std::move(file).error();
    const auto place = places_.find(blob.digest);
    const std::string from = place == places_.end() ? std::string{} : place->second;
    const auto moved = [&](uint64_t bytes) {
      item.stage = Stage::moving;
      item.moved = bytes;
      tell(item);
    };
    const auto pushed =
        registry::push_blob(*session_, blob, file_body(file->get(), blob.size, blob.digest), from, moved);
    if (!pushed.ok()) return pushed.error();
    item.moved = blob.size;
    item.stage = *pushed == registry::Pushed::present ? Stage::present : Stage::done;
    if (*pushed == registry::Pushed::mounted) {
      item.stage = Stage::mounted;
      item.detail = from;
    }
    tell(item);
    return {};
  }

 private:
  void tell(const Item& item) {
    if (shown_) progress_.update(item);
  }

  store::Blobs blobs_;
  std::unique_ptr<registry::Session> session_;
  const std::map<std::string, std::string>& places_;
  Progress& progress_;
  bool shown_ = true;
};

}  // namespace

Result<PushResult> push(store::Store& store, const registry::Access& access, const PushRequest& request,
                        Progress& progress) {
  const registry::Endpoint endpoint = COVE_TRY(registry::push_endpoint(access.registries, request.reference));
  const registry::Connection connection = COVE_TRY(registry::Connection::prepare(access, endpoint));
  const std::string bytes =
      COVE_TRY(store.blobs().read(request.image.manifest_digest, image::kLargestDocument));
  const image::Manifest manifest = COVE_TRY(image::parse_manifest(bytes));
  std::vector<image::Descriptor> blobs{manifest.config};
  for (const image::Descriptor& layer : manifest.layers) {
    const bool known = std::ranges::find(blobs, layer.digest, &image::Descriptor::digest) != blobs.end();
    if (!known) blobs.push_back(layer);
  }
  // The config, the first of them, is no layer: nobody counts it.
  for (const image::Descriptor& blob : std::span(blobs).subspan(1))
    progress.update({.digest = blob.digest, .total = blob.size});
  const std::map<std::string, std::string> places = COVE_TRY(known_places(store.index(), request.reference));
  const auto make = [&](const std::atomic<bool>* cancelled) {
    return
        [send = std::make_shared<Send>(store.blobs(), connection.open_session(cancelled), places, progress),
         &blobs](size_t index) { return send->one(blobs[index], index > 0); };
  };
  COVE_TRY(for_each_in_parallel(blobs.size(), request.parallel, make));
  const std::unique_ptr<registry::Session> session = connection.open_session(nullptr);
  PushResult result;
  result.size = bytes.size();
  result.digest =
      COVE_TRY(registry::put_manifest(*session, request.reference.tag, request.image.manifest_type, bytes));
  return result;
}

}  // namespace cove::transfer

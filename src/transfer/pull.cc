#include "transfer/pull.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "image/config.h"
#include "registry/distribution.h"
#include "transfer/workers.h"

namespace cove::transfer {
namespace {

// The manifest of one platform, and the index that it was chosen from.
struct Chosen {
  registry::RemoteManifest manifest;
  std::optional<registry::RemoteManifest> index;

  [[nodiscard]] const std::string& digest() const {
    return index.has_value() ? index->digest : manifest.digest;
  }
};

Result<Chosen> choose(registry::Session& session, const PullRequest& request) {
  const image::Reference& name = request.reference;
  Chosen chosen;
  chosen.manifest = COVE_TRY(registry::get_manifest(session, name.digest.empty() ? name.tag : name.digest));
  if (!image::is_index_type(chosen.manifest.media_type)) return chosen;
  chosen.index = std::move(chosen.manifest);
  const image::Index index =
      COVE_TRY(image::parse_index(chosen.index->bytes).context(image::print_reference(name)));
  const image::Descriptor best =
      COVE_TRY(image::choose_manifest(index, request.platform).context(image::print_reference(name)));
  chosen.manifest = COVE_TRY(registry::get_manifest(session, best.digest));
  if (chosen.manifest.bytes.size() != best.size || image::is_index_type(chosen.manifest.media_type)) {
    return Error(ErrorCode::protocol, fmt::format("{}: manifest {} is not what its index says",
                                                  image::print_reference(name), best.digest));
  }
  return chosen;
}

// Each blob once: images may have a layer twice, an empty one for example.
std::vector<image::Descriptor> blobs_of(const image::Manifest& manifest) {
  std::vector<image::Descriptor> blobs{manifest.config};
  for (const image::Descriptor& layer : manifest.layers) {
    const bool known = std::ranges::find(blobs, layer.digest, &image::Descriptor::digest) != blobs.end();
    if (!known) blobs.push_back(layer);
  }
  return blobs;
}

class Fetch {
 public:
  Fetch(const store::Blobs& blobs, std::unique_ptr<registry::Session> session, Progress& progress)
      : blobs_(blobs), session_(std::move(session)), progress_(progress) {}

  Status one(const image::Descriptor& blob, bool shown) {
    shown_ = shown;
    bool resumed = false;
    Status status = attempt(blob, resumed);
    // What was there before may have been damaged: its rest cannot be blamed for that.
    if (!status.ok() && resumed && status.error().code() == ErrorCode::invalid_argument)
      status = attempt(blob, resumed);
    if (status.ok()) return status;
    return std::move(status).context(
        fmt::format("{}/{}", session_->endpoint().host, session_->endpoint().repository));
  }

 private:
  Status attempt(const image::Descriptor& blob, bool& resumed) {
    Item item{.digest = blob.digest, .total = blob.size};
    auto writer = COVE_TRY(blobs_.resume(blob.digest, blob.size));
    if (!writer.has_value()) {
      item.stage = Stage::present;
      item.moved = blob.size;
      tell(item);
      return {};
    }
    item.moved = item.resumed = writer->offset();
    resumed = item.resumed > 0;
    item.stage = Stage::moving;
    tell(item);
    const auto keep = [&](std::string_view bytes) -> Status {
      if (Status status = writer->write(bytes); !status.ok()) return status;
      item.moved += bytes.size();
      tell(item);
      return {};
    };
    if (Status status = registry::get_blob(*session_, blob, item.moved, keep); !status.ok()) return status;
    if (auto finished = writer->finish(); !finished.ok()) return std::move(finished).error();
    item.stage = Stage::moved;
    tell(item);
    return {};
  }

  void tell(const Item& item) {
    if (shown_) progress_.update(item);
  }

  store::Blobs blobs_;
  std::unique_ptr<registry::Session> session_;
  Progress& progress_;
  bool shown_ = true;
};

Status fetch_all(const store::Store& store, const registry::Connection& connection,
                 const std::vector<image::Descriptor>& blobs, unsigned parallel, Progress& progress) {
  // The config, the first of them, is no layer: nobody counts it.
  for (const image::Descriptor& blob : std::span(blobs).subspan(1)) {
    progress.update({.digest = blob.digest, .total = blob.size});
  }
  return for_each_in_parallel(blobs.size(), parallel, [&](const std::atomic<bool>* cancelled) {
    return [fetch = std::make_shared<Fetch>(store.blobs(), connection.open_session(cancelled), progress),
            &blobs](size_t index) { return fetch->one(blobs[index], index > 0); };
  });
}

// An image without an index says itself what it is for.
Result<std::vector<std::string>> check_platform(const store::Store& store, const image::Manifest& manifest,
                                                const PullRequest& request) {
  const std::string text = COVE_TRY(store.blobs().read(manifest.config.digest, image::kLargestDocument));
  const image::Config config = COVE_TRY(image::parse_config(text));
  const image::Platform platform{config.os, config.architecture, config.variant, config.os_version};
  std::vector<std::string> warnings;
  const bool unsaid = platform.os.empty() && platform.architecture.empty();
  if (unsaid || image::platform_rank(request.platform, platform).has_value()) return warnings;
  const std::string what =
      fmt::format("{} is for {}, not for {}", image::print_reference(request.reference),
                  image::print_platform(platform), image::print_platform(request.platform));
  if (request.platform_given) return Error(ErrorCode::not_found, what);
  warnings.push_back(what);
  return warnings;
}

Result<Pulled> pull_from(store::Store& store, const registry::Connection& connection,
                         const PullRequest& request, Progress& progress) {
  const std::unique_ptr<registry::Session> session = connection.open_session(nullptr);
  const Chosen chosen = COVE_TRY(choose(*session, request));
  const image::Manifest manifest = COVE_TRY(image::parse_manifest(chosen.manifest.bytes));
  const std::vector<image::Descriptor> blobs = blobs_of(manifest);
  COVE_TRY(fetch_all(store, connection, blobs, request.parallel, progress));
  std::vector<std::string> warnings = COVE_TRY(check_platform(store, manifest, request));
  COVE_TRY(store.blobs().put(chosen.manifest.bytes));

  store::NewImage wanted;
  wanted.manifest_digest = chosen.manifest.digest;
  wanted.manifest_type = chosen.manifest.media_type;
  if (chosen.index.has_value()) {
    COVE_TRY(store.blobs().put(chosen.index->bytes));
    wanted.others.push_back(chosen.index->digest);
  }
  const std::string repository = image::print_repository(request.reference);
  wanted.digests.push_back(repository + "@" + chosen.digest());
  if (!request.reference.tag.empty()) wanted.names.push_back(repository + ":" + request.reference.tag);
  const std::string& name = wanted.names.empty() ? wanted.digests.front() : wanted.names.front();
  const auto before = COVE_TRY(store.index().id_of(name));

  for (const image::Descriptor& layer : manifest.layers) {
    progress.update(
        {.digest = layer.digest, .total = layer.size, .moved = layer.size, .stage = Stage::unpacking});
  }
  store::UnpackOptions unpack = request.unpack;
  unpack.done = [&](size_t index) {
    if (index >= manifest.layers.size()) return;
    const image::Descriptor& layer = manifest.layers[index];
    progress.update({.digest = layer.digest, .total = layer.size, .moved = layer.size, .stage = Stage::done});
  };
  store::Added added = COVE_TRY(store.add(wanted, unpack));
  Pulled pulled;
  pulled.fresh = before != added.image.id;
  pulled.image = std::move(added.image);
  pulled.digest = chosen.digest();
  pulled.warnings = std::move(warnings);
  pulled.warnings.insert(pulled.warnings.end(), added.warnings.begin(), added.warnings.end());
  return pulled;
}

}  // namespace

Result<Pulled> pull(store::Store& store, const registry::Access& access, const PullRequest& request,
                    Progress& progress) {
  const std::vector<registry::Endpoint> endpoints =
      COVE_TRY(registry::pull_endpoints(access.registries, request.reference));
  for (const registry::Endpoint& endpoint : endpoints) {
    auto connection = registry::Connection::prepare(access, endpoint);
    auto pulled = connection.ok() ? pull_from(store, *connection, request, progress)
                                  : Result<Pulled>(std::move(connection).error());
    if (pulled.ok() || !endpoint.mirror) return pulled;
    progress.say(fmt::format("mirror: {}", pulled.error().message()));
  }
  return Error(ErrorCode::internal, "no endpoint");
}

}  // namespace cove::transfer

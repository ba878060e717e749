#include "transfer/pull.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "image/config.h"
#include "registry/distribution.h"
#include "store/arrivals.h"
#include "transfer/workers.h"

namespace cove::transfer {

using store::Item;
using store::Progress;
using store::Stage;

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

// A layer of the image: its blob, and what the config says that it holds.
struct WantedLayer {
  image::Descriptor blob;
  std::string diff_id;
};

// Each once: images may have a layer twice, an empty one for example.
std::vector<WantedLayer> layers_of(const image::Manifest& manifest, const image::Config& config) {
  std::vector<WantedLayer> layers;
  for (size_t i = 0; i < manifest.layers.size(); ++i) {
    const image::Descriptor& blob = manifest.layers[i];
    const bool known = std::ranges::any_of(
        layers, [&blob](const WantedLayer& layer) { return layer.blob.digest == blob.digest; });
    if (known) continue;
    const auto& ids = config.rootfs.diff_ids;
    layers.push_back({blob, i < ids.size() ? ids[i] : std::string()});
  }
  return layers;
}

// What one thread does: blobs from the registry, and layers unpacked while they come.
class Fetch {
 public:
  Fetch(const store::Blobs& blobs, store::Arrivals& arrivals, std::unique_ptr<registry::Session> session,
        Progress& progress)
      : blobs_(blobs), arrivals_(arrivals), session_(std::move(session)), progress_(progress) {}

  // No layer: nobody counts it, and it is not unpacked.
  Status document(const image::Descriptor& blob) { return one({blob, {}}, false); }
  Status layer(const WantedLayer& layer) { return one(layer, true); }

 private:
  Status one(const WantedLayer& wanted, bool is_layer) {
    bool resumed = false;
    Status status = attempt(wanted, is_layer, resumed);
    // What was there before may have been damaged: its rest cannot be blamed for that.
    if (!status.ok() && resumed && status.error().code() == ErrorCode::invalid_argument)
      status = attempt(wanted, is_layer, resumed);
    if (status.ok()) return status;
    return std::move(status).context(
        fmt::format("{}/{}", session_->endpoint().host, session_->endpoint().repository));
  }

  Status attempt(const WantedLayer& wanted, bool is_layer, bool& resumed) {
    const image::Descriptor& blob = wanted.blob;
    const store::LayerRequest request{blob.digest, blob.size, wanted.diff_id};
    Item item{.digest = blob.digest, .total = blob.size};
    std::unique_ptr<store::ArrivingLayer> arriving;
    auto writer = COVE_TRY(blobs_.resume(blob.digest, blob.size));
    const bool present = !writer.has_value();
    if (!present) {
      resumed = writer->offset() > 0;
      if (is_layer) arriving = COVE_TRY(arrivals_.begin(request));
      COVE_TRY(download(blob, *writer, arriving.get(), is_layer ? &item : nullptr));
    }
    if (!is_layer) return {};
    item.moved = blob.size;
    if (present && store::is_unpacked(blobs_.root_fd(), wanted.diff_id)) {
      tell(item, Stage::present);
      return {};
    }
    tell(item, Stage::unpacking);
    COVE_TRY(arrivals_.finish(request, std::move(arriving)));
    tell(item, Stage::done);
    return {};
  }

  // `item` is told of; null: nothing is.
  Status download(const image::Descriptor& blob, store::BlobWriter& writer, store::ArrivingLayer* arriving,
                  Item* item) {
    if (arriving != nullptr)
      COVE_TRY(writer.replay([arriving](std::string_view bytes) { arriving->write(bytes); }));
    if (item != nullptr) {
      item->moved = item->resumed = writer.offset();
      tell(*item, Stage::moving);
    }
    const auto keep = [&](std::string_view bytes) -> Status {
      if (Status status = writer.write(bytes); !status.ok()) return status;
      if (arriving != nullptr) arriving->write(bytes);
      if (item == nullptr) return {};
      item->moved += bytes.size();
      tell(*item, Stage::moving);
      return {};
    };
    COVE_TRY(registry::get_blob(*session_, blob, writer.offset(), keep));
    COVE_TRY(writer.finish());
    if (item != nullptr) tell(*item, Stage::moved);
    return {};
  }

  void tell(Item& item, Stage stage) {
    item.stage = stage;
    progress_.update(item);
  }

  store::Blobs blobs_;
  store::Arrivals& arrivals_;
  std::unique_ptr<registry::Session> session_;
  Progress& progress_;
};

Status fetch_layers(const store::Store& store, store::Arrivals& arrivals,
                    const registry::Connection& connection, const std::vector<WantedLayer>& layers,
                    unsigned parallel, Progress& progress) {
  for (const WantedLayer& layer : layers)
    progress.update({.digest = layer.blob.digest, .total = layer.blob.size});
  return for_each_in_parallel(layers.size(), parallel, [&](const std::atomic<bool>* cancelled) {
    return [fetch = std::make_shared<Fetch>(store.blobs(), arrivals, connection.open_session(cancelled),
                                            progress),
            &layers](size_t index) { return fetch->layer(layers[index]); };
  });
}

// An image without an index says itself what it is for.
Result<std::vector<std::string>> check_platform(const image::Config& config, const PullRequest& request) {
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

// The config of a manifest. It goes before the layers: it says what they hold, and whether they are wanted.
Result<image::Config> fetch_config(const store::Store& store, store::Arrivals& arrivals,
                                   std::unique_ptr<registry::Session> session,
                                   const image::Manifest& manifest, Progress& progress) {
  Fetch fetch(store.blobs(), arrivals, std::move(session), progress);
  COVE_TRY(fetch.document(manifest.config));
  const std::string text = COVE_TRY(store.blobs().read(manifest.config.digest, image::kLargestDocument));
  return image::parse_config(text);
}

Result<Pulled> pull_from(store::Store& store, const registry::Connection& connection,
                         const PullRequest& request, Progress& progress) {
  std::unique_ptr<registry::Session> session = connection.open_session(nullptr);
  const Chosen chosen = COVE_TRY(choose(*session, request));
  const image::Manifest manifest = COVE_TRY(image::parse_manifest(chosen.manifest.bytes));
  store::Arrivals arrivals(store.fd(), request.unpack);
  const image::Config config =
      COVE_TRY(fetch_config(store, arrivals, std::move(session), manifest, progress));
  std::vector<std::string> warnings = COVE_TRY(check_platform(config, request));
  const std::vector<WantedLayer> layers = layers_of(manifest, config);
  COVE_TRY(fetch_layers(store, arrivals, connection, layers, request.parallel, progress));
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
  const auto before = COVE_TRY(store.index().image_of_name(name));

  wanted.arrived = arrivals.take();
  store::Added added = COVE_TRY(store.add(wanted, request.unpack));
  Pulled pulled;
  pulled.fresh = !before || before->manifest_digest != chosen.manifest.digest;
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

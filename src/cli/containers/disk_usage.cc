#include "cli/containers/disk_usage.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "cli/containers/container_row.h"
#include "cli/format/units.h"
#include "engine/sizes.h"
#include "engine/volume.h"
#include "image/reference.h"

namespace cove::cli {
namespace {

using format::Field;
using format::Value;

std::string size_of(uint64_t bytes) {
  return format::human_size(static_cast<double>(bytes));
}

constexpr std::array kImageFields{Field{.name = "Repository", .header = "REPOSITORY", .flexible = true},
                                  Field{.name = "Tag", .header = "TAG", .flexible = true},
                                  Field{"ID", "IMAGE ID"},
                                  Field{"CreatedSince", "CREATED"},
                                  Field{"Size", "SIZE"},
                                  Field{"SharedSize", "SHARED SIZE"},
                                  Field{"UniqueSize", "UNIQUE SIZE"},
                                  Field{"Containers", "CONTAINERS"}};
constexpr std::array kContainerFields{
    Field{"ID", "CONTAINER ID"},
    Field{.name = "Image", .header = "IMAGE", .flexible = true},
    Field{.name = "Command", .header = "COMMAND", .flexible = true},
    Field{"LocalVolumes", "LOCAL VOLUMES"},
    Field{"Size", "SIZE"},
    Field{"RunningFor", "CREATED"},
    Field{.name = "Status", .header = "STATUS", .style = format::status_style},
    Field{.name = "Names", .header = "NAMES", .flexible = true}};
constexpr std::array kVolumeFields{Field{.name = "Name", .header = "VOLUME NAME", .flexible = true},
                                   Field{"Links", "LINKS"}, Field{"Size", "SIZE"}};
constexpr std::array kFields{Field{"Type", "TYPE"}, Field{"TotalCount", "TOTAL"}, Field{"Active", "ACTIVE"},
                             Field{"Size", "SIZE"}, Field{"Reclaimable", "RECLAIMABLE"}};

Result<DiskUse> measure_images(const engine::Roots& roots, int64_t now) {
  const std::vector<engine::ListedImage> images = COVE_TRY(engine::list_images(roots));
  std::map<std::string, unsigned> users;
  COVE_TRY(engine::each_record(
      roots, [&users](const engine::Record& record, const engine::State&) { ++users[record.image_id]; },
      nullptr));
  return image_disk_use(images, users, now);
}

Result<DiskUse> measure_containers(const engine::Roots& roots, int64_t now) {
  DiskUse use;
  std::vector<std::pair<int64_t, Value>> rows;
  COVE_TRY(engine::each_record(
      roots,
      [&](const engine::Record& record, const engine::State& state) {
        const engine::Condition condition = engine::condition_of(roots, record, state);
        const bool active = engine::is_up(condition) || condition == engine::Condition::restarting;
        const uint64_t bytes = engine::layer_bytes(roots, record.id);
        ++use.total;
        use.active += active ? 1 : 0;
        use.bytes += bytes;
        use.unused += active ? 0 : bytes;
        Value row = container_row({record, state, condition, {}}, {now, false, false});
        row.set("Size", size_of(bytes));
        rows.emplace_back(record.created_ns, std::move(row));
      },
      nullptr));
  std::sort(rows.begin(), rows.end(),
            [](const auto& first, const auto& second) { return first.first > second.first; });
  use.rows.reserve(rows.size());
  for (auto& row : rows) use.rows.push_back(std::move(row.second));
  return use;
}

// Of each volume, how many containers have it.
Result<std::map<std::string, unsigned>> count_links(const engine::Roots& roots) {
  std::map<std::string, unsigned> links;
  COVE_TRY(engine::each_record(
      roots,
      [&](const engine::Record& record, const engine::State&) {
        for (const engine::VolumeUse& volume : record.volumes) ++links[volume.name];
      },
      nullptr));
  return links;
}

Result<DiskUse> measure_volumes(const engine::Roots& roots, int64_t) {
  DiskUse use;
  std::map<std::string, unsigned> links = COVE_TRY(count_links(roots));
  for (const engine::Volume& volume : COVE_TRY(engine::list_volumes(roots))) {
    const uint64_t bytes = engine::volume_bytes(roots, volume.name);
    const unsigned users = links[volume.name];
    ++use.total;
    use.active += users > 0 ? 1 : 0;
    use.bytes += bytes;
    use.unused += users > 0 ? 0 : bytes;
    use.rows.push_back(Value::record(
        {{"Links", fmt::format("{}", users)}, {"Name", volume.name}, {"Size", size_of(bytes)}}));
  }
  return use;
}

constexpr std::array kKinds{
    DiskKind{.type = "Images",
             .title = "Images space usage:",
             .key = "Images",
             .list = {.table = "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}\t"
                               "{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}",
                      .fields = kImageFields},
             .measure = &measure_images},
    DiskKind{
        .type = "Containers",
        .title = "Containers space usage:",
        .key = "Containers",
        .list = {.table = "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.RunningFor}}\t"
                          "{{.Status}}\t{{.Names}}",
                 .fields = kContainerFields},
        .measure = &measure_containers},
    DiskKind{.type = "Local Volumes",
             .title = "Local Volumes space usage:",
             .key = "Volumes",
             .list = {.table = "{{.Name}}\t{{.Links}}\t{{.Size}}", .fields = kVolumeFields},
             .measure = &measure_volumes},
};

// A layer that any used image has is in use. (Docker's sum calls it reclaimable if others have it, too;
// removing them would not free it.)
struct SharedLayer {
  uint64_t bytes = 0;
  unsigned images = 0;
  bool used = false;
};

Value image_row(const engine::ListedImage& listed, uint64_t bytes, uint64_t shared, unsigned users,
                int64_t now) {
  constexpr int kDigits = 3;
  const auto size = [](uint64_t number) { return format::human_size(static_cast<double>(number), kDigits); };
  const image::Published& image = listed.image;
  std::string repository = "<none>";
  std::string tag = "<none>";
  if (!listed.names.empty()) {
    if (Result<image::Reference> name = image::parse_reference(listed.names.front())) {
      tag = std::exchange(name->tag, {});
      repository = image::familiar_name(*name);
    }
  }
  const std::string created =
      image.created_ns <= 0 ? "N/A" : format::human_duration(now - image.created_ns) + " ago";
  return Value::record({{"Containers", fmt::format("{}", users)},
                        {"CreatedSince", created},
                        {"ID", format::short_id(image.id)},
                        {"Repository", repository},
                        {"SharedSize", size(shared)},
                        {"Size", size(bytes)},
                        {"Tag", tag},
                        {"UniqueSize", size(bytes - shared)}});
}

}  // namespace

DiskUse image_disk_use(const std::vector<engine::ListedImage>& images,
                       const std::map<std::string, unsigned>& users, int64_t now) {
  std::map<std::string_view, SharedLayer> layers;
  const auto users_of = [&users](const engine::ListedImage& listed) {
    const auto found = users.find(listed.image.id);
    return found == users.end() ? 0 : found->second;
  };
  DiskUse use;
  for (const engine::ListedImage& listed : images) {
    ++use.total;
    const bool used = users_of(listed) > 0;
    use.active += used ? 1 : 0;
    std::set<std::string_view> own;
    for (const image::PublishedLayer& layer : listed.image.layers) {
      SharedLayer& shared = layers[layer.directory];
      shared.bytes = layer.bytes;
      shared.used = shared.used || used;
      if (own.insert(layer.directory).second) ++shared.images;
    }
  }
  for (const auto& [directory, layer] : layers) {
    use.bytes += layer.bytes;
    use.unused += layer.used ? 0 : layer.bytes;
  }
  use.rows.reserve(images.size());
  for (const engine::ListedImage& listed : images) {
    uint64_t bytes = 0;
    uint64_t shared = 0;
    for (const image::PublishedLayer& layer : listed.image.layers) {
      bytes += layer.bytes;
      if (layers[layer.directory].images > 1) shared += layer.bytes;
    }
    use.rows.push_back(image_row(listed, bytes, shared, users_of(listed), now));
  }
  return use;
}

constinit const std::span<const DiskKind> kDiskKinds{kKinds};

constinit const format::ListSpec kDiskUseList{
    .table = "{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}",
    .quiet = "{{.Type}}",
    .fields = kFields};

Value disk_use_row(std::string_view type, const DiskUse& use) {
  constexpr uint64_t kPercent = 100;
  std::string reclaimable = size_of(use.unused);
  if (use.bytes > 0) reclaimable += fmt::format(" ({}%)", use.unused * kPercent / use.bytes);
  return Value::record({{"Active", fmt::format("{}", use.active)},
                        {"Reclaimable", std::move(reclaimable)},
                        {"Size", size_of(use.bytes)},
                        {"TotalCount", fmt::format("{}", use.total)},
                        {"Type", type}});
}

}  // namespace cove::cli

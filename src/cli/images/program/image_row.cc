#include "cli/images/program/image_row.h"

#include <fmt/format.h>

#include <array>

#include "cli/format/units.h"
#include "image/reference.h"

namespace cove::cli {
namespace {

using format::Field;

constexpr std::string_view kNone = "<none>";

constexpr std::array kFields{
    Field{.name = "Containers", .header = "CONTAINERS"},
    Field{.name = "CreatedAt", .header = "CREATED AT"},
    Field{.name = "CreatedSince", .header = "CREATED"},
    Field{.name = "Digest", .header = "DIGEST"},
    Field{.name = "ID", .header = "IMAGE ID"},
    Field{.name = "Repository", .header = "REPOSITORY", .flexible = true},
    Field{.name = "SharedSize", .header = "SHARED SIZE"},
    Field{.name = "Size", .header = "SIZE"},
    Field{.name = "Tag", .header = "TAG", .flexible = true},
    Field{.name = "UniqueSize", .header = "UNIQUE SIZE"},
    Field{.name = "VirtualSize", .header = "VIRTUAL SIZE"},
};

}  // namespace

constinit const format::ListSpec kImageList{
    .table = "{{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}", .fields = kFields};
constinit const format::ListSpec kImageListWithDigests{
    .table = "{{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}",
    .fields = kFields};

std::string since_text(int64_t nanoseconds, int64_t now) {
  return nanoseconds <= 0 ? std::string("N/A") : format::human_duration(now - nanoseconds) + " ago";
}

format::Value image_row(const store::Image& image, const std::string& name, const ImageRowOptions& options) {
  std::string repository(kNone);
  std::string tag(kNone);
  std::string digest(kNone);
  if (Result<image::Reference> reference = image::parse_reference(name)) {
    if (!reference->tag.empty()) tag = reference->tag;
    if (!reference->digest.empty()) digest = reference->digest;
    reference->tag.clear();
    reference->digest.clear();
    repository = image::familiar_name(*reference);
    for (const std::string& known : image.digests) {
      const Result<image::Reference> pulled = image::parse_reference(known);
      if (pulled && image::print_repository(*pulled) == image::print_repository(*reference))
        digest = pulled->digest;
    }
  }
  const std::string size = format::human_size(static_cast<double>(image.bytes()), 3);
  const std::string id = "sha256:" + image.id;
  return format::Value::record(
      {{"Containers", "N/A"},
       {"CreatedAt", image.created_ns <= 0 ? std::string("N/A") : format::local_time_text(image.created_ns)},
       {"CreatedSince", since_text(image.created_ns, options.now)},
       {"Digest", digest},
       {"ID", options.no_trunc ? id : std::string(format::short_id(id))},
       {"Repository", repository},
       {"SharedSize", "N/A"},
       {"Size", size},
       {"Tag", tag},
       {"UniqueSize", "N/A"},
       {"VirtualSize", size}});
}

}  // namespace cove::cli

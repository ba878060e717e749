#include "image/published.h"

#include "fields/read_object.h"
#include "fields/writer.h"

namespace cove::image {

using fields::FieldVisitor;

static void describe(FieldVisitor& v, Published& image) {
  v.required("id", image.id);
  v.required("manifestDigest", image.manifest_digest);
  v.required("os", image.platform.os);
  v.required("architecture", image.platform.architecture);
  v.field("variant", image.platform.variant);
  v.field("layers", image.layers);
  v.field("config", image.config);
}

std::string print_published(const Published& image) {
  return fields::print_object(image, JsonWriter::Layout::compact);
}

Result<Published> parse_published(std::string_view text) {
  return fields::read_object<Published>(text);
}

std::string name_path(const Reference& reference) {
  const std::string repository = print_repository(reference);
  if (!reference.digest.empty()) return repository + "/@" + reference.digest;
  return repository + "/:" + (reference.tag.empty() ? std::string(kDefaultTag) : reference.tag);
}

}  // namespace cove::image

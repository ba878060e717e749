#include "image/published.h"

#include "fields/read_object.h"
#include "fields/writer.h"

namespace cove::image {

using fields::FieldVisitor;

static void describe(FieldVisitor& v, PublishedLayer& layer) {
  v.required("directory", layer.directory);
  v.required("bytes", layer.bytes);
}

static void describe(FieldVisitor& v, Published& image) {
  v.required("id", image.id);
  v.required("manifestDigest", image.manifest_digest);
  v.always("createdNs", image.created_ns);
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

Result<Reference> parse_name_path(std::string_view path) {
  // The slash in front of the last part is the path's own.
  std::string text(path);
  const size_t slash = text.rfind('/');
  if (slash != std::string::npos) text.erase(slash, 1);
  return parse_reference(text);
}

}  // namespace cove::image

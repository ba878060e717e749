// What `cove run` reads: a document for each image and a link for each name.
#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <map>
#include <set>

#include "store/store.h"
#include "sys/file.h"
#include "sys/random.h"

namespace cove::store {
namespace {

std::string document_path(const std::string& id) {
  return fmt::format("{}/{}", image::kIdsDirectory, id);
}

// A symbolic link, made or changed in one step.
Status replace_link(int root, const std::string& path, const std::string& content) {
  const Result<std::string> there = sys::read_link_at(root, path.c_str());
  if (there && *there == content) return {};
  const std::string temporary = fmt::format("partial/link-{:016x}", COVE_TRY(sys::random_number()));
  COVE_TRY(sys::make_symlink_at(content.c_str(), root, temporary.c_str()));
  Status renamed = sys::rename_at(root, temporary.c_str(), root, path.c_str());
  if (!renamed) static_cast<void>(sys::remove_file_at(root, temporary.c_str()));
  return renamed;
}

Status make_parents(int root, const std::string& path) {
  for (size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
    const Status made = sys::make_directory_at(root, path.substr(0, at).c_str(), 0711);
    if (!made && made.error().sys_errno() != EEXIST) return Error(made.error());
  }
  return {};
}

// Removes the links below `path` that are not wanted, and the directories that are empty then.
Status remove_stale_links(int root, const std::string& path,
                          const std::map<std::string, std::string>& wanted) {
  const Result<std::vector<std::string>> names = sys::list_directory(root, path.c_str());
  if (!names) return names.error().sys_errno() == ENOENT ? Status() : Status(names.error());
  for (const std::string& name : *names) {
    const std::string below = fmt::format("{}/{}", path, name);
    const bool link = name.front() == ':' || name.front() == '@';
    if (!link) COVE_TRY(remove_stale_links(root, below, wanted));
    if (link && !wanted.contains(below)) COVE_TRY(sys::remove_file_at(root, below.c_str()));
  }
  // Not if something is in it.
  if (path != image::kNamesDirectory) static_cast<void>(sys::remove_directory_at(root, path.c_str()));
  return {};
}

// The links that there should be, and where they lead.
Result<std::map<std::string, std::string>> links_of(const std::vector<Image>& images) {
  std::map<std::string, std::string> wanted;
  for (const Image& image : images) {
    for (const auto* names : {&image.names, &image.digests}) {
      for (const std::string& name : *names) {
        const image::Reference reference = COVE_TRY(image::parse_reference(name));
        wanted[fmt::format("{}/{}", image::kNamesDirectory, image::name_path(reference))] = image.id;
      }
    }
  }
  return wanted;
}

}  // namespace

Status Store::publish_image(const Image& image) {
  const std::string path = document_path(image.id);
  const image::Config config = COVE_TRY(this->config(image));
  image::Published document;
  document.id = image.id;
  document.manifest_digest = image.manifest_digest;
  document.platform = image.platform;
  document.config = config.config;
  document.created_ns = image.created_ns;
  document.layers.reserve(image.layers.size());
  for (const ImageLayer& layer : image.layers) document.layers.push_back({layer.diff_id, layer.bytes});
  const std::string text = image::print_published(document);
  const Result<std::string> there = sys::read_file_at(fd(), path.c_str(), image::kLargestDocument);
  if (there && *there == text) return {};
  return sys::replace_file_at(fd(), path.c_str(), text, 0600);
}

Status Store::publish() {
  const std::vector<Image> images = COVE_TRY(index_.images());
  std::set<std::string> ids;
  for (const Image& image : images) ids.insert(image.id);
  const std::map<std::string, std::string> links = COVE_TRY(links_of(images));
  // First what goes, which makes room.
  COVE_TRY(remove_stale_links(fd(), std::string(image::kNamesDirectory), links));
  for (const std::string& id :
       COVE_TRY(sys::list_directory(fd(), std::string(image::kIdsDirectory).c_str()))) {
    if (!ids.contains(id)) COVE_TRY(sys::remove_file_at(fd(), document_path(id).c_str()));
  }
  for (const Image& image : images) COVE_TRY(publish_image(image));
  for (const auto& [path, id] : links) {
    COVE_TRY(make_parents(fd(), path));
    COVE_TRY(replace_link(fd(), path, id));
  }
  return index_.set_published();
}

}  // namespace cove::store

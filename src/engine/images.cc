#include "engine/images.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "sys/file.h"

namespace cove::engine {
namespace {

using NamesById = std::multimap<std::string, std::string>;

// The names below a directory of names/. What vanishes meanwhile is no name any more.
void find_names(int root, const std::string& directory, NamesById& names) {
  const Result<std::vector<std::string>> entries = sys::list_directory(root, directory.c_str());
  if (!entries) return;
  for (const std::string& entry : *entries) {
    const std::string path = fmt::format("{}/{}", directory, entry);
    if (entry.starts_with('@')) continue;
    if (!entry.starts_with(':')) {
      find_names(root, path, names);
      continue;
    }
    const Result<std::string> id = sys::read_link_at(root, path.c_str());
    const auto name =
        image::parse_name_path(std::string_view(path).substr(image::kNamesDirectory.size() + 1));
    if (id && name) names.emplace(*id, image::print_reference(*name));
  }
}

}  // namespace

Result<std::vector<ListedImage>> list_images(const Roots& roots) {
  std::vector<ListedImage> images;
  const std::string path = fmt::format("{}/{}", roots.data, image::kImagesDirectory);
  const Result<UniqueFd> root = sys::open_path(path.c_str(), O_RDONLY | O_DIRECTORY);
  if (!root && root.error().sys_errno() == ENOENT) return images;
  if (!root) return root.error();
  NamesById names;
  find_names(root->get(), std::string(image::kNamesDirectory), names);
  const std::vector<std::string> ids =
      COVE_TRY(sys::list_directory(root->get(), std::string(image::kIdsDirectory).c_str()));
  for (const std::string& id : ids) {
    const std::string document = fmt::format("{}/{}", image::kIdsDirectory, id);
    const Result<std::string> text =
        sys::read_file_at(root->get(), document.c_str(), image::kLargestDocument);
    if (!text && text.error().sys_errno() == ENOENT) continue;
    if (!text) return text.error();
    ListedImage found{COVE_TRY(image::parse_published(*text).context(fmt::format("{}/{}", path, document))),
                      {}};
    const auto [first, last] = names.equal_range(id);
    for (auto name = first; name != last; ++name) found.names.push_back(name->second);
    std::sort(found.names.begin(), found.names.end());
    images.push_back(std::move(found));
  }
  std::sort(images.begin(), images.end(), [](const ListedImage& first, const ListedImage& second) {
    return std::tie(second.image.created_ns, first.image.id) <
           std::tie(first.image.created_ns, second.image.id);
  });
  return images;
}

}  // namespace cove::engine

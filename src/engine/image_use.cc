#include "engine/image_use.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "sys/file.h"

namespace cove::engine {
namespace {

constexpr size_t kIdLength64 = 64;

Result<std::string> read_name(int root, const image::Reference& reference) {
  const std::string path = fmt::format("{}/{}", image::kNamesDirectory, image::name_path(reference));
  return sys::read_link_at(root, path.c_str());
}

// The id of a name. Empty: there is none.
Result<std::string> id_of_name(int root, const image::Reference& reference) {
  if (!reference.domain.empty()) {
    const Result<std::string> id = read_name(root, reference);
    return id ? *id : std::string();
  }
  const Result<std::string> local = read_name(root, image::at_domain(reference, "localhost"));
  if (local) return *local;
  const Result<std::vector<std::string>> domains =
      sys::list_directory(root, std::string(image::kNamesDirectory).c_str());
  if (!domains) return std::string();
  std::string found;
  std::vector<std::string> names;
  for (const std::string& domain : *domains) {
    const image::Reference whole = image::at_domain(reference, domain);
    const Result<std::string> id = read_name(root, whole);
    if (!id) continue;
    found = *id;
    names.push_back(image::print_reference(whole));
  }
  if (names.size() < 2) return found;
  std::sort(names.begin(), names.end());
  Error error(ErrorCode::invalid_argument,
              fmt::format("{} may mean more than one image", image::print_reference(reference)));
  error.set_hint(fmt::format("write the whole name: {}", fmt::join(names, ", ")));
  return error;
}

// The id that begins so. Empty: there is none.
Result<std::string> id_of_digits(int root, std::string_view digits) {
  if (digits.starts_with("sha256:")) digits.remove_prefix(7);
  if (digits.empty() || digits.size() > kIdLength64 ||
      digits.find_first_not_of("0123456789abcdef") != std::string_view::npos)
    return std::string();
  const Result<std::vector<std::string>> ids =
      sys::list_directory(root, std::string(image::kIdsDirectory).c_str());
  std::string found;
  if (!ids) return found;
  for (const std::string& id : *ids) {
    if (!id.starts_with(digits)) continue;
    if (!found.empty())
      return Error(ErrorCode::invalid_argument,
                   fmt::format("{}: more than one image's id begins so", digits));
    found = id;
  }
  return found;
}

// Whoever takes an image away removes the file with the lock held: then it is another file, or none.
Result<std::optional<UniqueFd>> lock_use(int root, const std::string& id) {
  const std::string path = fmt::format("{}/{}", image::kUsesDirectory, id);
  constexpr int kTries = 3;
  for (int tries = 0; tries < kTries; ++tries) {
    UniqueFd lock = COVE_TRY(sys::open_at(root, path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
    COVE_TRY(sys::lock_shared(lock.get(), true));
    const struct stat held = COVE_TRY(sys::stat_fd(lock.get()));
    const Result<struct stat> named = sys::stat_at(root, path.c_str(), AT_SYMLINK_NOFOLLOW);
    if (named && named->st_ino == held.st_ino) return std::optional(std::move(lock));
  }
  return std::optional<UniqueFd>();
}

}  // namespace

Result<std::optional<ImageUse>> use_image(const Roots& roots, std::string_view text,
                                          const std::function<bool()>& ids_count) {
  const std::string path = fmt::format("{}/{}", roots.data, image::kImagesDirectory);
  const Result<UniqueFd> root = sys::open_path(path.c_str(), O_RDONLY | O_DIRECTORY);
  if (!root && root.error().sys_errno() == ENOENT) return std::optional<ImageUse>();
  if (!root) return root.error();
  std::string id;
  Result<image::Reference> reference = image::parse_reference(text);
  if (reference) id = COVE_TRY(id_of_name(root->get(), image::with_default_tag(std::move(*reference))));
  if (id.empty() && ids_count()) id = COVE_TRY(id_of_digits(root->get(), text));
  if (id.empty()) return std::optional<ImageUse>();
  std::optional<UniqueFd> lock = COVE_TRY(lock_use(root->get(), id));
  if (!lock) return std::optional<ImageUse>();
  const std::string document = fmt::format("{}/{}", image::kIdsDirectory, id);
  const Result<std::string> content =
      sys::read_file_at(root->get(), document.c_str(), image::kLargestDocument);
  if (!content && content.error().sys_errno() == ENOENT) return std::optional<ImageUse>();
  if (!content) return content.error();
  ImageUse use;
  use.image = COVE_TRY(image::parse_published(*content).context(path + "/" + document));
  use.layers_directory = fmt::format("{}/{}", path, image::kLayersDirectory);
  use.lowers.reserve(use.image.layers.size());
  for (auto layer = use.image.layers.rbegin(); layer != use.image.layers.rend(); ++layer)
    use.lowers.push_back(layer->directory);
  use.lock = std::move(*lock);
  return std::optional(std::move(use));
}

}  // namespace cove::engine

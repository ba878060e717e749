#include "store/unsynced.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>

#include "store/layer_files.h"
#include "sys/boot.h"
#include "sys/file.h"

namespace cove::store {
namespace {

constexpr const char* kDirectory = "unsynced";

std::string mark_path(std::string_view hex) {
  return fmt::format("{}/{}", kDirectory, hex);
}

Result<std::vector<std::string>> stale_marks(int root) {
  std::vector<std::string> marks = COVE_TRY(sys::list_directory(root, kDirectory));
  if (marks.empty()) return marks;
  const std::string boot = COVE_TRY(sys::boot_id());
  std::erase_if(marks, [&](const std::string& hex) {
    const Result<std::string> content = sys::read_file_at(root, mark_path(hex).c_str());
    // One that is gone by now was somebody's of this boot.
    return content ? *content == boot : content.error().sys_errno() == ENOENT;
  });
  return marks;
}

}  // namespace

Status mark_unsynced(int root_fd, const std::string& hex) {
  const std::string path = mark_path(hex);
  const UniqueFd mark =
      COVE_TRY(sys::open_at(root_fd, path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600));
  return sys::write_all(mark.get(), COVE_TRY(sys::boot_id()), path);
}

bool is_marked_unsynced(int root_fd, const std::string& hex) {
  return sys::stat_at(root_fd, mark_path(hex).c_str(), AT_SYMLINK_NOFOLLOW).ok();
}

Status remove_mark(int root_fd, const std::string& hex) {
  Status removed = sys::remove_file_at(root_fd, mark_path(hex).c_str());
  return removed || removed.error().sys_errno() == ENOENT ? Status() : removed;
}

Status remove_idle_marks(int root_fd) {
  for (const std::string& hex : COVE_TRY(sys::list_directory(root_fd, kDirectory))) {
    const Result<struct stat> layer = sys::stat_at(root_fd, layer_path(hex).c_str(), AT_SYMLINK_NOFOLLOW);
    if (!layer && layer.error().sys_errno() == ENOENT) COVE_TRY(remove_mark(root_fd, hex));
  }
  return {};
}

Status sync_layers(int root_fd, const std::vector<ImageLayer>& layers) {
  COVE_TRY(sys::sync_file_system(root_fd));
  for (const ImageLayer& layer : layers) COVE_TRY(remove_mark(root_fd, layer.diff_id));
  return {};
}

Result<bool> has_stale_marks(int root_fd) {
  return !COVE_TRY(stale_marks(root_fd)).empty();
}

Status remove_unsynced_layers(int root_fd, Index& index) {
  const std::vector<std::string> used = COVE_TRY(index.used_layers());
  for (const std::string& hex : COVE_TRY(stale_marks(root_fd))) {
    if (std::find(used.begin(), used.end(), hex) == used.end()) {
      COVE_TRY(index.remove_layers({&hex, 1}));
      index.sync_changes();
      COVE_TRY(remove_layer_files(root_fd, hex));
    }
    COVE_TRY(remove_mark(root_fd, hex));
  }
  return {};
}

}  // namespace cove::store

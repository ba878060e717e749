// Removing what no image needs.
#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <set>

#include "store/layer_files.h"
#include "store/store.h"
#include "store/unsynced.h"
#include "sys/clock.h"
#include "sys/file.h"

namespace cove::store {
namespace {

// A pull that was cut off may be taken up again for so long.
constexpr int64_t kPartialSeconds = int64_t{7} * 24 * 3600;

bool may_be_resumed(int root, const std::string& name) {
  constexpr size_t kHexLength = 64;
  if (name.size() != kHexLength) return false;
  const Result<struct stat> info = sys::stat_at(root, ("partial/" + name).c_str(), AT_SYMLINK_NOFOLLOW);
  return info && S_ISREG(info->st_mode) && info->st_mtim.tv_sec > sys::real_time_seconds() - kPartialSeconds;
}

Status remove_partial(int root) {
  for (const std::string& name : COVE_TRY(sys::list_directory(root, "partial"))) {
    if (!may_be_resumed(root, name)) COVE_TRY(sys::remove_tree_at(root, ("partial/" + name).c_str()));
  }
  return {};
}

std::set<std::string> set_of(std::vector<std::string> texts) {
  return {std::make_move_iterator(texts.begin()), std::make_move_iterator(texts.end())};
}

Status remove_layers(int root, Index& index, Store::Rubbish& rubbish) {
  const std::set<std::string> used = set_of(COVE_TRY(index.used_layers()));
  for (const Layer& layer : COVE_TRY(index.layers())) {
    if (used.contains(layer.diff_id)) continue;
    rubbish.layers.push_back(layer.diff_id);
    rubbish.bytes += layer.bytes;
  }
  // First out of the index, and for good: what a kill or a loss of power leaves then is a directory that
  // nobody names.
  COVE_TRY(index.remove_layers(rubbish.layers));
  index.sync_changes();
  for (const std::string& name : COVE_TRY(sys::list_directory(root, "layers"))) {
    if (used.contains(name)) continue;
    COVE_TRY(remove_layer_files(root, name));
    COVE_TRY(remove_mark(root, name));
  }
  COVE_TRY(remove_idle_images(root));
  return remove_idle_marks(root);
}

Status remove_blobs(int root, Index& index, Store::Rubbish& rubbish) {
  const std::set<std::string> used = set_of(COVE_TRY(index.used_blobs()));
  for (const std::string& name : COVE_TRY(sys::list_directory(root, "blobs/sha256"))) {
    if (used.contains(name)) continue;
    const std::string path = "blobs/sha256/" + name;
    const struct stat info = COVE_TRY(sys::stat_at(root, path.c_str(), AT_SYMLINK_NOFOLLOW));
    COVE_TRY(sys::remove_file_at(root, path.c_str()));
    rubbish.blobs.push_back(name);
    rubbish.bytes += static_cast<uint64_t>(info.st_size);
  }
  return {};
}

}  // namespace

Status Store::remove_leftovers() {
  bool any = false;
  for (const std::string& name : COVE_TRY(sys::list_directory(fd(), "partial")))
    any = any || !may_be_resumed(fd(), name);
  if (!any) return {};
  // Whoever adds something has files there, too; then it is for the next one.
  const bool alone = sys::lock_exclusive(lock_.get(), false).ok();
  Status removed = alone ? remove_partial(fd()) : Status();
  COVE_TRY(sys::lock_shared(lock_.get(), true));
  return removed;
}

Result<Store::Rubbish> Store::collect(bool wait) {
  Rubbish rubbish;
  Status locked = sys::lock_exclusive(lock_.get(), wait);
  if (!locked && locked.error().sys_errno() == EWOULDBLOCK) {
    // The lock that was held may be lost by the attempt (flock(2), "Converting a lock").
    COVE_TRY(sys::lock_shared(lock_.get(), true));
    return rubbish;
  }
  COVE_TRY(std::move(locked));
  Status done = remove_partial(fd());
  if (done) done = remove_layers(fd(), index_, rubbish);
  if (done) done = remove_blobs(fd(), index_, rubbish);
  COVE_TRY(sys::lock_shared(lock_.get(), true));
  COVE_TRY(std::move(done));
  return rubbish;
}

}  // namespace cove::store

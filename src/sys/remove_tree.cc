// Removing a directory with all below it. Who made it chose how deep it is, so neither the stack nor the
// number of descriptors may depend on that: one directory is open at a time, and ".." leads back.
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "sys/call.h"
#include "sys/file.h"

namespace cove::sys {
namespace {

struct Level {
  dev_t device = 0;  // of the directory, by which it is known again
  ino_t inode = 0;
  std::string name;                  // within the one above
  std::vector<std::string> entries;  // still to be removed
};

class TreeRemover {
 public:
  TreeRemover(int dir_fd, const char* path) : dir_fd_(dir_fd), path_(path) {}

  Status run() {
    COVE_TRY(enter(dir_fd_, path_));
    while (!levels_.empty()) {
      std::vector<std::string>& entries = levels_.back().entries;
      if (entries.empty()) {
        COVE_TRY(leave());
        continue;
      }
      const std::string name = std::move(entries.back());
      entries.pop_back();
      if (!COVE_TRY(remove_one(current_.get(), name.c_str()))) COVE_TRY(enter(current_.get(), name.c_str()));
    }
    return {};
  }

  // False: it is a directory with something in it.
  static Result<bool> remove_one(int dir_fd, const char* path) {
    if (::unlinkat(dir_fd, path, 0) == 0 || errno == ENOENT) return true;
    if (errno != EISDIR) return last_error("remove {}", path);
    if (::unlinkat(dir_fd, path, AT_REMOVEDIR) == 0 || errno == ENOENT) return true;
    if (errno != ENOTEMPTY && errno != EEXIST) return last_error("remove directory {}", path);
    return false;
  }

 private:
  Status enter(int dir_fd, const char* name) {
    UniqueFd directory = COVE_TRY(open_at(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    const struct stat info = COVE_TRY(stat_fd(directory.get()));
    std::vector<std::string> entries = COVE_TRY(list_directory(directory.get(), "."));
    levels_.push_back({info.st_dev, info.st_ino, name, std::move(entries)});
    current_ = std::move(directory);
    return {};
  }

  // Removes the directory that is open, from the one above it.
  Status leave() {
    const std::string name = std::move(levels_.back().name);
    levels_.pop_back();
    if (levels_.empty()) {
      current_.reset();
      return remove_directory_at(dir_fd_, path_);
    }
    UniqueFd above = COVE_TRY(open_at(current_.get(), "..", O_RDONLY | O_DIRECTORY));
    const struct stat info = COVE_TRY(stat_fd(above.get()));
    // Whoever moves a directory while it is being removed must not lead us elsewhere.
    if (info.st_dev != levels_.back().device || info.st_ino != levels_.back().inode)
      return Error::from_errno(fmt::format("remove {}: it was moved meanwhile", name), EBUSY);
    current_ = std::move(above);
    return remove_directory_at(current_.get(), name.c_str());
  }

  int dir_fd_;
  const char* path_;
  UniqueFd current_;  // that of the last level
  std::vector<Level> levels_;
};

}  // namespace

Status remove_tree_at(int dir_fd, const char* path) {
  if (COVE_TRY(TreeRemover::remove_one(dir_fd, path))) return {};
  return TreeRemover(dir_fd, path).run();
}

}  // namespace cove::sys

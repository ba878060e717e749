#include "engine/diff.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>

#include "archive/whiteout.h"
#include "base/strings.h"
#include "engine/foreign_files.h"
#include "engine/launch.h"
#include "engine/life.h"
#include "kernel/mount/layers.h"
#include "sys/file.h"
#include "sys/inode.h"

namespace cove::engine {
namespace {

using launch::MountKind;
using launch::MountPlan;

constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
constexpr int kMaxDepth = 400;  // two open descriptors each

// What cove makes for itself in a layer.
struct Own {
  std::set<std::string> paths;  // what is mounted over, or a link or directory of the skeleton
  std::map<std::string, std::string> contents;  // files of the skeleton, as they were made
  std::set<std::string> parents;                // directories that lead to one of them
};

Own own_of(const launch::LaunchPlan& plan) {
  Own own;
  for (const MountPlan& mount : plan.mounts) {
    if (mount.kind == MountKind::file) {
      own.contents[mount.target] = mount.content;
    } else if (mount.kind == MountKind::copy) {
      const Result<std::string> content = sys::read_regular_file(mount.source.c_str(), size_t{16} << 20);
      if (content) own.contents[mount.target] = *content;
    } else {
      own.paths.insert(mount.target);
    }
    for (size_t at = mount.target.rfind('/'); at != 0 && at != std::string::npos;
         at = mount.target.rfind('/', at - 1))
      own.parents.insert(mount.target.substr(0, at));
  }
  return own;
}

struct Layer {
  std::string upper;                // host paths
  std::vector<std::string> lowers;  // the topmost first
  std::string prefix;               // inside: where it is mounted; empty for the root
};

// One directory of the lower layers, seen through all of them: those that have it, the topmost first.
class Lower {
 public:
  Lower() = default;
  explicit Lower(std::vector<UniqueFd> directories) : directories_(std::move(directories)) {}

  [[nodiscard]] bool exists() const noexcept { return !directories_.empty(); }
  [[nodiscard]] int top() const noexcept { return directories_.front().get(); }

  [[nodiscard]] bool has(const std::string& name) const {
    for (const UniqueFd& directory : directories_) {
      const Result<struct stat> info = sys::stat_at(directory.get(), name.c_str(), AT_SYMLINK_NOFOLLOW);
      if (info) return !archive::is_whiteout(*info);
      if (archive::is_opaque(directory.get())) return false;
    }
    return false;
  }

  [[nodiscard]] Lower subdirectory(const std::string& name) const {
    std::vector<UniqueFd> found;
    for (const UniqueFd& directory : directories_) {
      Result<UniqueFd> below = sys::open_at(directory.get(), name.c_str(), kDirectory);
      // A file, a link or a whiteout hides what is further down.
      if (!below && below.error().sys_errno() != ENOENT) break;
      if (below) found.push_back(std::move(*below));
      if (below && archive::is_opaque(found.back().get())) break;
    }
    return Lower(std::move(found));
  }

  [[nodiscard]] Result<std::set<std::string>> names() const {
    std::set<std::string> all;
    for (const UniqueFd& directory : directories_) {
      for (std::string& name : COVE_TRY(sys::list_directory(directory.get(), "."))) {
        if (has(name)) all.insert(std::move(name));
      }
    }
    return all;
  }

 private:
  std::vector<UniqueFd> directories_;
};

// One layer, both of its directories side by side.
class Walk {
 public:
  Walk(const Own& own, bool compare_owners, std::vector<Change>& changes)
      : own_(own), compare_owners_(compare_owners), changes_(changes) {}

  // Whether anything below was reported.
  Result<bool> directory(int upper, const Lower& lower, const std::string& path, int depth);

 private:
  Result<bool> entry(int upper, const Lower& lower, const std::string& name, const std::string& path,
                     int depth);
  Result<bool> subdirectory(int upper, const Lower& lower, const std::string& name, const std::string& path,
                            int depth);
  Result<bool> is_own(int upper, const std::string& name, const std::string& path) const;
  [[nodiscard]] bool differs(const struct stat& upper, const struct stat& lower) const;
  bool report(char kind, const std::string& path) {
    changes_.push_back({kind, path});
    return true;
  }

  const Own& own_;
  bool compare_owners_;
  std::vector<Change>& changes_;
};

bool Walk::differs(const struct stat& upper, const struct stat& lower) const {
  if (upper.st_mode != lower.st_mode || upper.st_mtim.tv_sec != lower.st_mtim.tv_sec ||
      upper.st_mtim.tv_nsec != lower.st_mtim.tv_nsec)
    return true;
  return compare_owners_ && (upper.st_uid != lower.st_uid || upper.st_gid != lower.st_gid);
}

Result<bool> Walk::is_own(int upper, const std::string& name, const std::string& path) const {
  if (own_.paths.contains(path)) return true;
  const auto content = own_.contents.find(path);
  if (content == own_.contents.end()) return false;
  const Result<UniqueFd> file =
      sys::open_at(upper, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (!file) return false;
  const Result<std::string> now = sys::read_all(file->get(), path, content->second.size());
  return now && *now == content->second;
}

Result<bool> Walk::subdirectory(int upper, const Lower& lower, const std::string& name,
                                const std::string& path, int depth) {
  const UniqueFd own = COVE_TRY(sys::open_at(upper, name.c_str(), kDirectory));
  const struct stat info = COVE_TRY(sys::stat_fd(own.get()));
  const Lower below = lower.subdirectory(name);
  const bool ours = own_.paths.contains(path) || own_.parents.contains(path);
  const size_t place = changes_.size();
  changes_.push_back({below.exists() || ours ? 'C' : 'A', path});
  const bool opaque = archive::is_opaque(own.get());
  bool reported = COVE_TRY(directory(own.get(), below, path, depth + 1));
  if (below.exists() && opaque) {
    for (const std::string& child : COVE_TRY(below.names())) {
      if (!sys::stat_at(own.get(), child.c_str(), AT_SYMLINK_NOFOLLOW))
        reported = report('D', fmt::format("{}/{}", path, child));
    }
  }
  bool changed = !below.exists() && !ours;
  if (below.exists() && !ours) changed = differs(info, COVE_TRY(sys::stat_fd(below.top())));
  if (reported || changed) return true;
  changes_.erase(changes_.begin() + static_cast<ptrdiff_t>(place));
  return false;
}

Result<bool> Walk::entry(int upper, const Lower& lower, const std::string& name, const std::string& path,
                         int depth) {
  const Result<struct stat> info = sys::stat_at(upper, name.c_str(), AT_SYMLINK_NOFOLLOW);
  if (!info && info.error().sys_errno() == ENOENT) return false;  // removed meanwhile
  if (!info) return Error(info.error());
  if (archive::is_whiteout(*info)) return report('D', path);
  if (S_ISDIR(info->st_mode)) return subdirectory(upper, lower, name, path, depth);
  if (COVE_TRY(is_own(upper, name, path))) return false;
  const bool existed = lower.has(name) || own_.contents.contains(path);
  return report(existed ? 'C' : 'A', path);
}

Result<bool> Walk::directory(int upper, const Lower& lower, const std::string& path, int depth) {
  if (depth > kMaxDepth)
    return Error(ErrorCode::invalid_argument,
                 fmt::format("more than {} directories within each other", kMaxDepth));
  std::vector<std::string> names = COVE_TRY(sys::list_directory(upper, "."));
  std::sort(names.begin(), names.end());
  bool reported = false;
  for (const std::string& name : names) {
    const bool changed = COVE_TRY(entry(upper, lower, name, fmt::format("{}/{}", path, name), depth));
    reported = reported || changed;
  }
  return reported;
}

std::vector<Layer> layers_of(const launch::LaunchPlan& plan) {
  std::vector<Layer> layers;
  if (!plan.root.upper.empty()) {
    Layer layer{plan.root.upper, {}, {}};
    for (const std::string& lower : plan.root.lowers) layer.lowers.push_back(plan.root.source + "/" + lower);
    if (layer.lowers.empty()) layer.lowers.push_back(plan.root.source);
    layers.push_back(std::move(layer));
  }
  for (const MountPlan& mount : plan.mounts) {
    if (mount.kind == MountKind::overlay && !mount.upper.empty())
      layers.push_back({mount.upper, {mount.source}, mount.target});
  }
  return layers;
}

Result<std::vector<Change>> walk_layers(const launch::LaunchPlan& plan, const Own& own) {
  std::vector<Change> changes;
  for (const Layer& layer : layers_of(plan)) {
    const Result<UniqueFd> upper = sys::open_path(layer.upper.c_str(), kDirectory);
    if (!upper && upper.error().sys_errno() == ENOENT) continue;  // never started
    if (!upper) return Error(upper.error());
    std::vector<UniqueFd> lowers;
    for (const std::string& lower : layer.lowers)
      lowers.push_back(COVE_TRY(sys::open_path(lower.c_str(), O_RDONLY | O_DIRECTORY)));
    const size_t place = changes.size();
    Walk walk(own, !plan.root.idmapped, changes);
    const bool reported = COVE_TRY(walk.directory(upper->get(), Lower(std::move(lowers)), layer.prefix, 0));
    if (reported && !layer.prefix.empty())
      changes.insert(changes.begin() + static_cast<ptrdiff_t>(place), {'C', layer.prefix});
  }
  return changes;
}

// Through a file without a name: what a helper has found must come here, however much it is.
Status write_changes(const std::vector<Change>& changes, int fd) {
  std::string text;
  for (const Change& change : changes) {
    text += change.kind;
    text += change.path;
    text += '\0';
  }
  return sys::write_all(fd, text, "the changes");
}

Result<std::vector<Change>> read_changes(int fd) {
  constexpr size_t kLimit = size_t{1} << 30;
  COVE_TRY(sys::rewind(fd));
  const std::string text = COVE_TRY(sys::read_all(fd, "the changes", kLimit));
  std::vector<Change> changes;
  for (const std::string_view part : split(text, '\0')) {
    if (part.size() > 1) changes.push_back({part.front(), std::string(part.substr(1))});
  }
  return changes;
}

}  // namespace

Result<std::vector<Change>> diff(const Roots& roots, std::string_view reference) {
  Container container = COVE_TRY(open_container(roots, reference, true));
  COVE_TRY(reconcile(roots, container));
  const ContainerPlan plan = COVE_TRY(plan_container(roots, container));
  if (layers_of(plan.plan).empty()) {
    const sandbox::Options& options = container.record.options;
    if (options.read_only) return std::vector<Change>();
    Error error(ErrorCode::unsupported,
                fmt::format("container {} has no writable layer of its own", container.record.name));
    error.set_hint("it writes straight into its root directory (--rw): compare that");
    return error;
  }
  COVE_TRY(mount::mount_layers(plan.plan.root.source, plan.plan.root.lowers));
  const Own own = own_of(plan.plan);
  const UniqueFd file = COVE_TRY(
      sys::open_at(container.directory.fd(), ".", O_TMPFILE | O_RDWR, 0600).context("a temporary file"));
  const auto find = [&]() -> Status {
    std::vector<Change> changes = COVE_TRY(walk_layers(plan.plan, own));
    std::stable_sort(changes.begin(), changes.end(),
                     [](const Change& first, const Change& second) { return first.path < second.path; });
    return write_changes(changes, file.get());
  };
  COVE_TRY(with_all_ids(find));
  return read_changes(file.get());
}

}  // namespace cove::engine

#include "kernel/cgroup/layout.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "sys/file.h"
#include "sys/pseudo_file.h"

namespace cove::cgroup {
namespace {

// The way from the directory `root` to `path`: "" or "/a/b"; nothing if `path` is not below it. Both as the
// kernel prints them: seen from a cgroup namespace, what lies outside begins with "/..", which compares
// literally.
std::optional<std::string_view> path_below(std::string_view root, std::string_view path) noexcept {
  if (root == "/") root = "";
  if (!path.starts_with(root)) return std::nullopt;
  path.remove_prefix(root.size());
  if (path == "/") path = "";
  if (!path.empty() && path.front() != '/') return std::nullopt;
  // "/.." below a root of "/": outside of what is mounted here.
  if (path == "/.." || path.starts_with("/../")) return std::nullopt;
  return path;
}

// Collects the mounts of the hierarchies in /proc/self/cgroup.
class LayoutBuilder {
 public:
  // Whether the directory `path` is reached on the mount with this id.
  using Visible = bool (*)(const std::string& path, uint32_t mount_id);

  LayoutBuilder(std::vector<procfs::CgroupEntry> entries, Visible visible)
      : entries_(std::move(entries)), found_(entries_.size()), visible_(visible) {}

  Status add_line(std::string_view line) {
    // Most lines are of other file systems: not worth parsing, and not ours to judge.
    if (line.find(" - cgroup") == std::string_view::npos) return {};
    const procfs::Mount mount = COVE_TRY(procfs::parse_mount(line));
    for (size_t i = 0; i < entries_.size(); ++i) {
      if (matches(mount, entries_[i])) add_mount(mount, i);
    }
    return {};
  }

  // Whether no later mount could be better.
  [[nodiscard]] bool complete() const {
    for (size_t i = 0; i < found_.size(); ++i) {
      const bool good = found_[i] && !found_[i]->read_only;
      const bool v2 = entries_[i].hierarchy == 0;
      if (!good && !(v2 && !found_[i] && is_v1_alone())) return false;
    }
    return true;
  }

  Layout take() {
    Layout layout;
    std::vector<Hierarchy> unified;  // comes last
    bool with_v1 = false;
    bool with_v2 = false;
    for (auto& found : found_) {
      if (!found) continue;
      with_v2 |= found->version == 2;
      with_v1 |= std::any_of(found->controllers.begin(), found->controllers.end(),
                             [](const std::string& name) { return !name.starts_with("name="); });
      (found->version == 1 ? layout.hierarchies : unified).push_back(std::move(*found));
    }
    std::move(unified.begin(), unified.end(), std::back_inserter(layout.hierarchies));
    if (with_v1) layout.kind = with_v2 ? Kind::hybrid : Kind::v1;
    if (!with_v1 && with_v2) layout.kind = Kind::v2;
    return layout;
  }

 private:
  static bool matches(const procfs::Mount& mount, const procfs::CgroupEntry& entry) {
    if (entry.deleted) return false;
    if (entry.hierarchy == 0) return mount.fs_type == "cgroup2";
    if (mount.fs_type != "cgroup") return false;
    const std::string options = procfs::unescape(mount.super_options);
    return std::all_of(entry.controllers.begin(), entry.controllers.end(),
                       [&](const std::string& name) { return procfs::has_option(options, name); });
  }

  void add_mount(const procfs::Mount& mount, size_t index) {
    const procfs::CgroupEntry& entry = entries_[index];
    std::optional<Hierarchy>& found = found_[index];
    const bool read_only =
        procfs::has_option(mount.options, "ro") || procfs::has_option(mount.super_options, "ro");
    if (found && (read_only || !found->read_only)) return;
    std::string root = procfs::unescape(mount.root);
    const auto below = path_below(root, entry.path);
    if (!below) return;
    Hierarchy hierarchy;
    hierarchy.version = entry.hierarchy == 0 ? 2 : 1;
    hierarchy.controllers = entry.controllers;
    hierarchy.mount_point = procfs::unescape(mount.mount_point);
    hierarchy.own_path = entry.path;
    hierarchy.own_directory = hierarchy.mount_point + std::string(*below);
    hierarchy.mount_root = std::move(root);
    hierarchy.read_only = read_only;
    if (!is_visible(hierarchy.own_directory, mount)) return;
    if (hierarchy.version == 1)
      v1_directory_ = hierarchy.mount_point.substr(0, hierarchy.mount_point.rfind('/'));
    found = std::move(hierarchy);
  }

  // What hides a mount is mostly put over the directory that all hierarchies are mounted in, so one check
  // answers for its siblings: each costs a path lookup on the start path.
  bool is_visible(const std::string& own_directory, const procfs::Mount& mount) {
    if (visible_ == nullptr || trusted_parent_ == mount.parent_id) return true;
    if (!visible_(own_directory, mount.id)) return false;
    trusted_parent_ = mount.parent_id;
    return true;
  }

  // Beside v1 hierarchies, v2 is mounted on "unified" (systemd mounts it there, and runc looks for it there
  // only). Where nothing is, the whole table, maybe thousands of lines, would be read for a mount that does
  // not exist.
  [[nodiscard]] bool is_v1_alone() const {
    if (!trusted_parent_) return false;
    return sys::mount_id_of((v1_directory_ + "/unified").c_str()).value_or(*trusted_parent_) ==
           *trusted_parent_;
  }

  std::vector<procfs::CgroupEntry> entries_;
  std::vector<std::optional<Hierarchy>> found_;  // parallel to entries_
  Visible visible_;
  std::optional<uint32_t> trusted_parent_;  // the mount below which the last visible one lies
  std::string v1_directory_;                // in which the last v1 hierarchy is mounted
};

bool lies_on_mount(const std::string& path, uint32_t mount_id) {
  return sys::mount_id_of(path.c_str()) == mount_id;
}

Status read_mounts(LayoutBuilder& builder) {
  constexpr const char* kFile = "/proc/self/mountinfo";
  const UniqueFd fd = COVE_TRY(sys::open_path(kFile, O_RDONLY));
  std::array<char, 4096> block;  // the kernel gives no more at once
  procfs::LineSplitter splitter;
  while (true) {
    const ssize_t got = sys::read_some(fd.get(), block);
    if (got < 0) return Error::from_errno(fmt::format("read {}", kFile), static_cast<int>(-got));
    if (got == 0) return {};
    splitter.feed(std::string_view(block.data(), static_cast<size_t>(got)));
    std::string_view line;
    while (splitter.next(line)) COVE_TRY(builder.add_line(line));
    if (builder.complete()) return {};
  }
}

}  // namespace

std::string_view kind_name(Kind kind) noexcept {
  switch (kind) {
    case Kind::none:
      return "none";
    case Kind::v1:
      return "v1";
    case Kind::v2:
      return "v2";
    case Kind::hybrid:
      return "hybrid";
  }
  return "";
}

const Hierarchy* Layout::v1(std::string_view controller) const noexcept {
  for (const Hierarchy& hierarchy : hierarchies) {
    const auto& names = hierarchy.controllers;
    if (hierarchy.version == 1 && std::find(names.begin(), names.end(), controller) != names.end())
      return &hierarchy;
  }
  return nullptr;
}

const Hierarchy* Layout::v2() const noexcept {
  return !hierarchies.empty() && hierarchies.back().version == 2 ? &hierarchies.back() : nullptr;
}

Result<Layout> parse_layout(std::string_view mountinfo, std::string_view self_cgroup) {
  LayoutBuilder builder(COVE_TRY(procfs::parse_cgroup(self_cgroup)), nullptr);
  while (const auto line = next_line(mountinfo)) COVE_TRY(builder.add_line(*line));
  return builder.take();
}

Result<Layout> read_layout() {
  LayoutBuilder builder(COVE_TRY(procfs::read_self_cgroup().context("find the cgroups")), &lies_on_mount);
  COVE_TRY(read_mounts(builder).context("find the cgroups"));
  return builder.take();
}

}  // namespace cove::cgroup

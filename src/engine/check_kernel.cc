// What there is beside the containers' directories: names, sockets, volumes, cgroups, processes, mounts.
#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>

#include "base/strings.h"
#include "engine/checker.h"
#include "engine/life.h"
#include "engine/namespaces.h"
#include "engine/networks.h"
#include "image/published.h"
#include "kernel/cgroup/cgroup.h"
#include "kernel/idmap/lease.h"
#include "kernel/mount/layers.h"
#include "kernel/procfs/mountinfo.h"
#include "monitor/plan.h"
#include "network/litter.h"
#include "network/names.h"
#include "sandbox/gc.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/statfs.h"

namespace cove::engine {
namespace {

std::vector<std::string> entries_of(const std::string& directory) {
  Result<std::vector<std::string>> names = sys::list_directory(AT_FDCWD, directory.c_str());
  return names ? std::move(*names) : std::vector<std::string>();
}

// The id of the container whose monitor the process is; empty if it is none of ours.
std::string monitored_by(const Roots& roots, pid_t pid) {
  const Result<std::string> line = sys::read_file(fmt::format("/proc/{}/cmdline", pid).c_str());
  if (!line) return {};
  const std::vector<std::string_view> words = split(*line, '\0');
  const std::string prefix = fmt::format("directory={}/containers/", roots.data);
  if (words.empty() || words.front() != monitor::kMonitorName) return {};
  const auto place = std::find_if(words.begin(), words.end(),
                                  [&](std::string_view word) { return word.starts_with(prefix); });
  return place == words.end() ? std::string() : std::string(place->substr(prefix.size()));
}

// One that a container of the monitor's has started, for all: an orphan, which comes to the monitor.
bool is_resolver(pid_t pid) {
  const Result<std::string> line = sys::read_file(fmt::format("/proc/{}/cmdline", pid).c_str());
  return line && split(*line, '\0').front() == network::kResolverName;
}

Status kill_and_await(pid_t pid) {
  const Result<UniqueFd> process = sys::open_pidfd(pid);
  if (!process) return {};  // it has ended
  COVE_TRY(sys::signal_pidfd(process->get(), SIGKILL));
  constexpr int kPatienceMs = 10'000;
  if (sys::wait_readable(process->get(), kPatienceMs)) return {};
  return Error(ErrorCode::system, fmt::format("process {} does not end, not even by SIGKILL", pid));
}

bool is_empty(const std::string& cgroup) {
  const Result<std::string> processes = sys::read_file((cgroup + "/cgroup.procs").c_str());
  return !processes || trim(*processes).empty();
}

}  // namespace

Status end_monitored(const Roots& roots, const std::string& id) {
  for (const std::string& name : entries_of("/proc")) {
    const auto pid = parse_number<pid_t>(name);
    if (!pid || monitored_by(roots, *pid) != id) continue;
    const Result<std::string> children =
        sys::read_file(fmt::format("/proc/{0}/task/{0}/children", *pid).c_str());
    // First the monitor, so that it does not put on record what it is told by the end of its child.
    COVE_TRY(kill_and_await(*pid));
    if (!children) continue;
    for (const std::string_view child : split(*children, ' ')) {
      const auto number = parse_number<pid_t>(trim(child));
      if (number && !is_resolver(*number)) COVE_TRY(kill_and_await(*number));
    }
  }
  return {};
}

void Checker::check_names() {
  for (const std::string& name : entries_of(roots_.data + "/names")) {
    const std::string path = fmt::format("{}/names/{}", roots_.data, name);
    const Result<std::string> id = sys::read_link_at(AT_FDCWD, path.c_str());
    if (!id || busy_.contains(*id)) continue;
    const Result<Directory> directory = Directory::open(roots_, *id, false);
    // A maker that has come after the look at the containers.
    if (directory && directory->busy()) continue;
    const Result<Record> record =
        directory ? directory->read_record() : Result<Record>(Error(directory.error()));
    if (record && record->name == name) continue;
    // Told already: the record cannot be read.
    if (directory && !record && record.error().sys_errno() != ENOENT) continue;
    found("name", name, fmt::format("no container goes by it: it leads to {}", short_id(*id)),
          [&]() -> Status {
            release_name(roots_, name, *id);
            return {};
          });
  }
}

void Checker::check_run_directories() {
  for (const std::string& id : entries_of(roots_.run + "/containers")) {
    if (sys::exists(fmt::format("{}/containers/{}", roots_.data, id).c_str())) continue;
    const std::string path = fmt::format("{}/containers/{}", roots_.run, id);
    found("directory", path, "of a container that is gone",
          [&] { return sys::remove_tree_at(AT_FDCWD, path.c_str()); });
  }
}

void Checker::check_volumes() {
  for (const std::string& name : entries_of(roots_.data + "/volumes")) {
    const std::string path = fmt::format("{}/volumes/{}", roots_.data, name);
    if (sys::exists((path + "/volume.json").c_str())) continue;
    const Result<UniqueFd> directory = sys::open_path(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!directory || !sys::lock_exclusive(directory->get(), false)) continue;
    if (sys::stat_at(directory->get(), "volume.json")) continue;  // made meanwhile
    found("volume", path, "a volume's directory without a record: its making or removal was broken off",
          [&] { return sys::remove_tree_at(AT_FDCWD, path.c_str()); });
  }
}

// Those of containers that do not run; and empty ones of which nobody knows, as `cove gc` has them.
void Checker::check_cgroups() {
  const Result<std::vector<std::string>> directories = sandbox::sandbox_cgroups();
  const Result<std::vector<std::string>> ids = list_ids(roots_);
  if (!directories || !ids) return;
  for (const std::string& directory : *directories) {
    const std::string_view digits = std::string_view(directory).substr(directory.size() - kShortIdLength);
    const auto owner =
        std::find_if(ids->begin(), ids->end(), [&](const std::string& id) { return id.starts_with(digits); });
    const bool known = owner != ids->end();
    if (known && (up_.contains(*owner) || busy_.contains(*owner))) continue;
    if (!known && (!is_empty(directory) || !sandbox::is_idle(directory))) continue;
    found("cgroup", directory,
          known ? "of a container that does not run" : "empty, and of nothing that is there",
          [&]() -> Status {
            COVE_TRY(cgroup::kill_processes({&directory, 1}));
            return cgroup::remove_directories({&directory, 1});
          });
  }
}

void Checker::check_monitor(pid_t pid) {
  const std::string id = monitored_by(roots_, pid);
  if (id.empty() || busy_.contains(id)) return;
  // Opened before it is looked at, so that it is the one that is killed.
  const Result<UniqueFd> process = sys::open_pidfd(pid);
  const Result<Container> container = open_container(roots_, id, true);
  if (!process || sys::wait_readable(process->get(), 0)) return;
  if (container && container->state.monitor == pid) return;
  found("monitor", fmt::format("process {}", pid),
        fmt::format("a monitor of container {}, which has another or none", short_id(id)),
        [&] { return sys::signal_pidfd(process->get(), SIGKILL); });
}

void Checker::check_monitors() {
  for (const std::string& name : entries_of("/proc")) {
    if (const auto pid = parse_number<pid_t>(name)) check_monitor(*pid);
  }
}

// cove mounts in namespaces of the containers only, but for layers that are images: kernel/mount/layers.h.
void Checker::check_mounts() {
  constexpr size_t kMostBytes = size_t{64} << 20;
  const Result<std::string> text = sys::read_file("/proc/self/mountinfo", kMostBytes);
  if (!text) return;
  const std::string prefix = roots_.data + "/containers/";
  const std::string images = fmt::format("{}/{}", roots_.data, image::kImagesDirectory);
  const std::string layers = fmt::format("{}/{}/", images, image::kLayersDirectory);
  std::string_view rest = *text;
  while (const auto line = next_line(rest)) {
    const Result<procfs::Mount> mount = procfs::parse_mount(*line);
    if (!mount) continue;
    std::string place = procfs::unescape(mount->mount_point);
    const bool layer = place.starts_with(layers);
    const std::string file =
        layer ? fmt::format("{}/{}/{}", images, mount::kLayerImages, place.substr(layers.size())) : "";
    if (layer && !sys::exists(file.c_str()))
      found("mount", place, "a layer is mounted whose image is gone",
            [&] { return mount::unmount_layer(place); });
    if (place.starts_with(prefix))
      found("mount", std::move(place), "somebody has mounted something in a container's directory");
  }
}

// A name under which nothing is kept, or a file that no namespace is mounted on: `ns hold` or `ns rm` was
// killed.
void Checker::check_held_namespaces() {
  for (const std::string& name : entries_of(roots_.run + "/ns")) {
    const std::string path = fmt::format("{}/ns/{}", roots_.run, name);
    const Result<UniqueFd> directory = sys::open_path(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!directory || !sys::lock_exclusive(directory->get(), false)) continue;
    const std::vector<std::string> files = entries_of(path);
    const bool whole = std::all_of(files.begin(), files.end(), [&](const std::string& file) {
      return sys::namespace_inode(fmt::format("{}/{}", path, file).c_str()).has_value();
    });
    if (whole && !files.empty()) continue;
    found("namespace", path, "held in part only: its making or removal was broken off",
          [&] { return release_namespaces(roots_, name); });
  }
}

// Harmless, but litter: a range whose container is gone is as good as free.
void Checker::check_id_ranges() {
  const std::string prefix = roots_.data + "/containers/";
  for (const std::string& base : entries_of(idmap::kKeptRanges)) {
    const std::string path = fmt::format("{}/{}", idmap::kKeptRanges, base);
    const Result<std::string> owner = sys::read_link_at(AT_FDCWD, path.c_str());
    if (!owner || !owner->starts_with(prefix) || sys::exists(owner->c_str())) continue;
    found("ids", path, "kept for a container that is gone",
          [&] { return sys::remove_file_at(AT_FDCWD, path.c_str()); });
  }
}

// Of sandboxes too: who is attached is known by its process.
void Checker::check_networks() {
  const network::Roots roots = network_roots(roots_);
  auto litter = network::find_litter(roots, mend_, network_note(roots_, {}));
  if (!litter) {
    found("network", roots.run, litter.error().message());
    return;
  }
  const auto names = network::find_resolver_litter(roots, mend_);
  if (names) litter->insert(litter->end(), names->begin(), names->end());
  for (const network::Litter& one : *litter)
    findings_.push_back({"network", one.path, one.text, mend_ && one.failure.empty(), one.failure});
}

}  // namespace cove::engine

#include "runtime/criu_request.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>

#include <algorithm>

#include "base/json_writer.h"
#include "base/strict_json.h"
#include "base/strings.h"
#include "launch/cgroup_view.h"
#include "launch/default_devices.h"
#include "runtime/mount_options.h"
#include "sys/file.h"
#include "sys/process.h"

namespace cove::runtime {
namespace {

constexpr const char* kConfigAnnotation = "org.criu.config";
constexpr const char* kDefaultConfig = "/etc/criu/runc.conf";  // criu does without it

constexpr std::pair<std::string_view, criu::CgroupMode> kCgroupModes[] = {
    {"soft", criu::CgroupMode::soft},
    {"full", criu::CgroupMode::full},
    {"strict", criu::CgroupMode::strict},
    {"ignore", criu::CgroupMode::ignore},
};

Error bad_option(std::string text, std::string hint) {
  Error error(ErrorCode::invalid_argument, std::move(text));
  error.set_hint(std::move(hint));
  return error;
}

bool is_bind(const spec::Mount& mount) {
  return mount.type == "bind" || parse_mount_options(mount.options).bind;
}

bool has_namespace(const spec::Spec& spec, std::string_view kind) {
  const auto& namespaces = spec.linux_config.namespaces;
  return std::any_of(namespaces.begin(), namespaces.end(),
                     [&](const spec::Namespace& entry) { return entry.type == kind; });
}

std::string below(std::string_view directory, const std::string& path) {
  return path.starts_with('/') ? path : fmt::format("{}/{}", directory, path);
}

void add_cgroup_binds(const spec::Spec& spec, const spec::Mount& mount,
                      const std::vector<cgroup::Directory>& cgroups, std::vector<ExternalMount>& out) {
  if (has_namespace(spec, "cgroup")) return;
  launch::CgroupView view;
  view.target = mount.destination;
  view.cgroup_namespace = false;
  for (const launch::MountPlan& plan : launch::cgroup_view(cgroups, view)) {
    if (plan.kind == launch::MountKind::bind) out.push_back({plan.target, plan.source});
  }
}

// What a user namespace can't make is the host's.
void add_devices(const spec::Spec& spec, std::vector<ExternalMount>& out) {
  if (!has_namespace(spec, "user")) return;
  for (const launch::DefaultDevice& device : launch::kDefaultDevices)
    out.push_back({std::string(device.path), std::string(device.path)});
  for (const spec::Device& device : spec.linux_config.devices) {
    if (device.type != "p") out.push_back({device.path, device.path});
  }
}

Result<std::string> absolute(const std::string& path) {
  if (path.starts_with('/')) return path;
  return fmt::format("{}/{}", COVE_TRY(sys::current_directory()), path);
}

Result<UniqueFd> open_place(const std::string& path, bool make, std::string_view option) {
  constexpr mode_t kPrivate = 0700;  // the images hold the processes' memory
  if (make) COVE_TRY(sys::make_directories(path, kPrivate).context(option));
  Result<UniqueFd> fd = sys::open_path(path.c_str(), O_RDONLY | O_DIRECTORY);
  if (fd || fd.error().sys_errno() != ENOENT) return std::move(fd).context(option);
  Error error(ErrorCode::not_found, fmt::format("{}: there is no directory {}", option, path), ENOENT);
  error.set_hint("name the directory that `checkpoint --image-path` wrote into");
  return error;
}

}  // namespace

Status apply_options(const CriuOptions& options, const spec::Spec& spec, criu::Request& request) {
  const std::string& mode = options.manage_cgroups_mode;
  const auto* known = std::find_if(std::begin(kCgroupModes), std::end(kCgroupModes),
                                   [&](const auto& entry) { return entry.first == mode; });
  if (!mode.empty() && known == std::end(kCgroupModes))
    return bad_option(fmt::format("--manage-cgroups-mode: {}", quote(mode)),
                      "use soft, full, strict or ignore");
  if (!mode.empty()) request.cgroup_mode = known->second;
  for (const std::string& kind : options.empty_namespaces) {
    if (kind != "network" && kind != "net")
      return bad_option(fmt::format("--empty-ns: {}", quote(kind)), "criu knows only network");
    request.empty_namespaces |= CLONE_NEWNET;
  }
  request.tcp_established = options.tcp_established;
  request.ext_unix_sockets = options.ext_unix_sockets;
  request.shell_job = options.shell_job;
  request.file_locks = options.file_locks;
  request.lazy_pages = options.lazy_pages;
  request.auto_dedup = options.auto_dedup;
  const std::string* config = spec::find(spec.annotations, kConfigAnnotation);
  request.config_file = config != nullptr ? *config : kDefaultConfig;
  return {};
}

std::vector<ExternalMount> external_mounts(const spec::Spec& spec, const std::string& bundle,
                                           const std::vector<cgroup::Directory>& cgroups) {
  std::vector<ExternalMount> mounts;
  for (const spec::Mount& mount : spec.mounts) {
    if (is_bind(mount) && !parse_mount_options(mount.options).remount)
      mounts.push_back({below("", mount.destination), below(bundle, mount.source)});
    if (mount.type == "cgroup" || mount.type == "cgroup2") add_cgroup_binds(spec, mount, cgroups, mounts);
  }
  add_devices(spec, mounts);
  return mounts;
}

std::string_view namespace_file(std::string_view kind) {
  if (kind == "network") return "net";
  return kind == "mount" ? "mnt" : kind;
}

std::string external_namespace(std::string_view kind) {
  if (kind == "network") return "extRootNetNS";
  return kind == "pid" ? "extRootPidNS" : "";
}

std::string print_stream_names(const StreamNames& names) {
  JsonWriter json(JsonWriter::Layout::compact);
  json.begin_array();
  for (const std::string& name : names) json.value(name);
  json.end_array();
  return std::move(json).text();
}

Result<StreamNames> parse_stream_names(std::string_view text) {
  const json::Value document = COVE_TRY(json::parse(text));
  const auto* array = std::get_if<json::Array>(&document.data);
  StreamNames names;
  if (array == nullptr || array->size() > names.size())
    return Error(ErrorCode::invalid_argument, "not an array of at most three texts");
  for (size_t i = 0; i < array->size(); ++i) {
    const auto* name = std::get_if<std::string>(&(*array)[i].data);
    if (name == nullptr) return Error(ErrorCode::invalid_argument, fmt::format("[{}]: not a text", i));
    names[i] = *name;
  }
  return names;
}

Result<CriuPlaces> open_places(const CriuOptions& options, bool make) {
  CriuPlaces places;
  places.images_path = COVE_TRY(absolute(options.image_path));
  places.images = COVE_TRY(open_place(places.images_path, make, "--image-path"));
  places.work_path = options.work_path.empty() ? places.images_path : COVE_TRY(absolute(options.work_path));
  places.work = COVE_TRY(open_place(places.work_path, true, "--work-path"));
  return places;
}

}  // namespace cove::runtime

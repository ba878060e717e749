#include "runtime/checkpoint.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/strings.h"
#include "runtime/criu_call.h"
#include "runtime/notify.h"
#include "sys/file.h"

namespace cove::runtime {
namespace {

Error bad_option(std::string text, std::string hint) {
  Error error(ErrorCode::invalid_argument, std::move(text));
  error.set_hint(std::move(hint));
  return error;
}

Result<std::optional<criu::PageServer>> parse_page_server(const std::string& server) {
  if (server.empty()) return std::optional<criu::PageServer>();
  const size_t colon = server.rfind(':');
  const auto port =
      colon == std::string::npos ? std::nullopt : parse_number<uint16_t>(server.substr(colon + 1));
  if (!port || colon == 0)
    return bad_option(fmt::format("--page-server: {}", quote(server)), "use ADDRESS:PORT");
  return std::optional(criu::PageServer{server.substr(0, colon), *port});
}

std::string freezer_of(const Record& record) {
  std::string freezer;
  for (const cgroup::Directory& directory : record.cgroup.directories) {
    const auto& names = directory.controllers;
    if (std::find(names.begin(), names.end(), "freezer") != names.end()) freezer = directory.path;
    if (directory.version == 2 && freezer.empty()) freezer = directory.path;
  }
  return freezer;
}

void add_external(const DumpFacts& facts, criu::Request& request) {
  for (const auto& [target, name] : facts.mounts)
    request.external.push_back(fmt::format("mnt[{}]:{}", target, name));
  for (const std::string& path : facts.masked_files)
    request.external.push_back(fmt::format("mnt[{}]:{}", path, kMaskName));
}

Status check_contradictions(const CheckpointOptions& options) {
  if (options.pre_dump && options.criu.lazy_pages)
    return bad_option("--pre-dump and --lazy-pages contradict each other", "leave one of them out");
  if (options.parent_path.starts_with('/'))
    return bad_option("--parent-path must be relative to --image-path", "as ../earlier");
  if (options.status_fd && !sys::is_open_for(*options.status_fd, O_WRONLY))
    return bad_option(fmt::format("--status-fd: {} is not open for writing", *options.status_fd),
                      "name a descriptor that the caller has opened");
  return {};
}

// Looks into the container.
class Observer {
 public:
  static Result<Observer> open(const Container& container) {
    const std::string root = fmt::format("/proc/{}/root", container.record.pid);
    return Observer(container, COVE_TRY(sys::open_path(root.c_str(), O_PATH | O_DIRECTORY)));
  }
  Result<DumpFacts> look(const spec::Spec& spec) const;

 private:
  Observer(const Container& container, UniqueFd root) : container_(container), root_(std::move(root)) {}
  [[nodiscard]] std::string real_path(const std::string& target) const;
  [[nodiscard]] bool is_file(const std::string& path) const;

  const Container& container_;
  UniqueFd root_;
};

std::string Observer::real_path(const std::string& target) const {
  const Result<UniqueFd> fd = sys::open_in_root(root_.get(), target.c_str(), O_PATH);
  if (!fd) return target;
  const Result<std::string> path =
      sys::read_link_at(AT_FDCWD, fmt::format("/proc/self/fd/{}", fd->get()).c_str());
  return path && path->starts_with('/') ? *path : target;
}

bool Observer::is_file(const std::string& path) const {
  const Result<UniqueFd> fd = sys::open_in_root(root_.get(), path.c_str(), O_PATH);
  if (!fd) return false;
  const Result<struct stat> info = sys::stat_fd(fd->get());
  return info && !S_ISDIR(info->st_mode);
}

Result<DumpFacts> Observer::look(const spec::Spec& spec) const {
  DumpFacts facts;
  const Record& record = container_.record;
  for (const ExternalMount& mount : external_mounts(spec, record.bundle, record.cgroup.directories))
    facts.mounts.emplace_back(real_path(mount.target), mount.target);
  if (sys::stat_at(container_.directory.fd(), kNotifyDirectory))
    facts.mounts.emplace_back(real_path(kNotifyTarget), kNotifyTarget);
  for (const std::string& path : spec.linux_config.masked_paths) {
    if (is_file(path)) facts.masked_files.push_back(path);
  }
  for (const spec::Namespace& entry : spec.linux_config.namespaces) {
    if (entry.path.empty() || external_namespace(entry.type).empty()) continue;
    const std::string file = fmt::format("/proc/{}/ns/{}", record.pid, namespace_file(entry.type));
    facts.namespaces.emplace_back(entry.type, COVE_TRY(sys::stat_at(AT_FDCWD, file.c_str())).st_ino);
  }
  return facts;
}

Status write_streams(const CriuPlaces& places, const Record& record) {
  constexpr mode_t kPrivate = 0600;
  return sys::replace_file_at(places.images.get(), kStreamsFile, print_stream_names(record.streams),
                              kPrivate);
}

}  // namespace

Result<criu::Request> dump_request(const CheckpointOptions& options, const Record& record,
                                   const spec::Spec& spec, const DumpFacts& facts) {
  COVE_TRY(check_contradictions(options));
  criu::Request request;
  COVE_TRY(apply_options(options.criu, spec, request));
  request.kind = options.pre_dump ? criu::RequestKind::pre_dump : criu::RequestKind::dump;
  request.log_file = "dump.log";
  request.pid = record.pid;
  request.root = record.rootfs;
  request.parent_images = options.parent_path;
  request.page_server = COVE_TRY(parse_page_server(options.page_server));
  request.freeze_cgroup = freezer_of(record);
  request.leave_running = options.leave_running && !options.pre_dump;
  // What an earlier round has, or a later one will need.
  request.track_memory = options.pre_dump || !options.parent_path.empty();
  for (const auto& [kind, inode] : facts.namespaces)
    request.external.push_back(
        fmt::format("{}[{}]:{}", namespace_file(kind), inode, external_namespace(kind)));
  if (!options.pre_dump) add_external(facts, request);
  return request;
}

Status checkpoint(const Settings& settings, const CheckpointOptions& options, const Warn& warn) {
  COVE_TRY(may_call_criu("checkpoint"));
  const Container container = COVE_TRY(open_container(settings, options.id, true));
  if (container.status != spec::ContainerStatus::running &&
      container.status != spec::ContainerStatus::paused) {
    return Error(ErrorCode::invalid_argument, fmt::format("container {} cannot be checkpointed: it is {}",
                                                          options.id, spec::status_name(container.status)));
  }
  const spec::Spec spec = COVE_TRY(container.directory.read_config());
  const Observer observer = COVE_TRY(Observer::open(container));
  const DumpFacts facts = COVE_TRY(observer.look(spec));
  CriuCall call;
  call.warn = warn;
  call.request = COVE_TRY(dump_request(options, container.record, spec, facts));
  call.places = COVE_TRY(open_places(options.criu, true));
  // From the images' directory, as criu looks for it: that is there only now.
  if (!options.parent_path.empty() && !sys::stat_at(call.places.images.get(), options.parent_path.c_str()))
    return bad_option(fmt::format("--parent-path {}: there is no such directory", quote(options.parent_path)),
                      "it is relative to --image-path, as ../earlier");
  call.notified = [&](const criu::Response& told, std::span<UniqueFd>) {
    if (told.script != "status-ready" || !options.status_fd) return Status();
    return sys::write_all(*options.status_fd, std::string_view("\0", 1), "--status-fd");
  };
  if (!options.pre_dump) COVE_TRY(write_streams(call.places, container.record));
  COVE_TRY(call_criu(settings, call));
  return options.leave_running || options.pre_dump ? Status() : destroy(settings, container, warn);
}

}  // namespace cove::runtime

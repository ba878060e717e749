#include "runtime/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/json_writer.h"
#include "base/strict_json.h"
#include "launch/plan.h"

namespace cove::runtime {
namespace {

// runc's names of the namespaces.
constexpr std::array<std::pair<std::string_view, std::string_view>, launch::kNamespaceKinds> kNamespaceNames{{
    {"NEWUSER", "user"},
    {"NEWNS", "mnt"},
    {"NEWPID", "pid"},
    {"NEWUTS", "uts"},
    {"NEWIPC", "ipc"},
    {"NEWNET", "net"},
    {"NEWCGROUP", "cgroup"},
    {"NEWTIME", "time"},
}};

void write_cgroup(JsonWriter& json, const Record& record) {
  json.key("cgroup_paths").begin_object();
  for (const cgroup::Directory& directory : record.cgroup.directories) {
    if (directory.version == 2) json.member("", directory.path);
    for (const std::string& controller : directory.controllers) {
      if (directory.version == 1) json.member(controller, directory.path);
    }
  }
  json.end_object();
  json.key("namespace_paths").begin_object();
  for (const auto& [name, file] : kNamespaceNames) {
    if (record.pid != 0) json.member(name, fmt::format("/proc/{}/ns/{}", record.pid, file));
  }
  json.end_object();
  json.key("cgroups").begin_array();
  for (const cgroup::Directory& directory : record.cgroup.directories) {
    json.begin_object().member("version", directory.version).member("path", directory.path);
    json.key("controllers").begin_array();
    for (const std::string& controller : directory.controllers) json.value(controller);
    json.end_array().end_object();
  }
  json.end_array();
  json.key("cgroup_parents").begin_array();
  for (const std::string& parent : record.cgroup.parents) json.value(parent);
  json.end_array();
}

// A reader of one object that remembers the first thing that was wrong.
class Fields {
 public:
  explicit Fields(const json::Object& object) : object_(object) {}

  [[nodiscard]] const json::Value* find(std::string_view name) const {
    for (const json::Member& member : object_) {
      if (member.key == name) return &member.value;
    }
    return nullptr;
  }
  template <typename T>
  const T* get(std::string_view name) {
    const json::Value* value = find(name);
    const T* typed = value != nullptr ? std::get_if<T>(&value->data) : nullptr;
    if (typed == nullptr && wrong_.empty()) wrong_ = name;
    return typed;
  }
  std::string text(std::string_view name) {
    const auto* value = get<std::string>(name);
    return value != nullptr ? *value : std::string();
  }
  uint64_t number(std::string_view name, uint64_t most = UINT64_MAX) {
    const auto* value = get<uint64_t>(name);
    if (value == nullptr) return 0;
    if (*value > most && too_large_.empty()) too_large_ = name;
    return *value;
  }
  bool flag(std::string_view name) {
    const auto* value = get<bool>(name);
    return value != nullptr && *value;
  }
  spec::StringMap text_map(std::string_view name) {
    spec::StringMap map;
    const auto* object = get<json::Object>(name);
    if (object == nullptr) return map;
    for (const json::Member& member : *object) {
      const auto* text = std::get_if<std::string>(&member.value.data);
      if (text == nullptr) {
        wrong_ = name;
        break;
      }
      map.emplace_back(member.key, *text);
    }
    return map;
  }
  std::vector<std::string> texts(std::string_view name) {
    std::vector<std::string> list;
    const auto* array = get<json::Array>(name);
    if (array == nullptr) return list;
    for (const json::Value& value : *array) {
      const auto* text = std::get_if<std::string>(&value.data);
      if (text == nullptr) {
        wrong_ = name;
        break;
      }
      list.push_back(*text);
    }
    return list;
  }
  [[nodiscard]] Status status() const {
    if (!too_large_.empty())
      return Error(ErrorCode::invalid_argument, fmt::format("{}: out of range", too_large_));
    if (wrong_.empty()) return {};
    return Error(ErrorCode::invalid_argument, fmt::format("{}: missing, or not of the right kind", wrong_));
  }

 private:
  const json::Object& object_;
  std::string wrong_;
  std::string too_large_;
};

Result<std::vector<cgroup::Directory>> read_directories(const json::Array& array) {
  std::vector<cgroup::Directory> directories;
  for (const json::Value& value : array) {
    const auto* object = std::get_if<json::Object>(&value.data);
    if (object == nullptr) return Error(ErrorCode::invalid_argument, "cgroups: not an array of objects");
    Fields fields(*object);
    cgroup::Directory directory;
    directory.version = static_cast<int>(fields.number("version", 2));
    directory.path = fields.text("path");
    directory.controllers = fields.texts("controllers");
    COVE_TRY(fields.status().context("cgroups"));
    directories.push_back(std::move(directory));
  }
  return directories;
}

}  // namespace

std::string print_record(const Record& record) {
  JsonWriter json(JsonWriter::Layout::compact);
  json.begin_object().member("id", record.id).member("init_process_pid", record.pid);
  json.member("init_process_start", record.start_time).member("created", record.created);
  json.member("oci_version", record.oci_version).member("bundle", record.bundle);
  json.member("rootfs", record.rootfs).member("owner", record.owner);
  json.member("systemd_unit", record.systemd_unit).member("systemd_user", record.systemd_user);
  json.member("own_pid_namespace", record.own_pid_namespace);
  json.member("seccomp_listener", record.seccomp_listener).member("late_hooks", record.late_hooks);
  json.member("intel_rdt_path", record.intel_rdt_group);
  write_cgroup(json, record);
  json.key("external_descriptors").begin_array();
  for (const std::string& stream : record.streams) json.value(stream);
  json.end_array();
  json.key("annotations").begin_object();
  for (const auto& [key, value] : record.annotations) json.member(key, value);
  json.end_object().end_object();
  return std::move(json).text();
}

Result<Record> parse_record(std::string_view text) {
  const json::Value document = COVE_TRY(json::parse(text));
  const auto* object = std::get_if<json::Object>(&document.data);
  if (object == nullptr) return Error(ErrorCode::invalid_argument, "not an object");
  Fields fields(*object);
  Record record;
  record.id = fields.text("id");
  record.pid = static_cast<pid_t>(fields.number("init_process_pid", INT32_MAX));
  record.start_time = fields.number("init_process_start");
  record.created = fields.text("created");
  record.oci_version = fields.text("oci_version");
  record.bundle = fields.text("bundle");
  record.rootfs = fields.text("rootfs");
  record.owner = static_cast<uint32_t>(fields.number("owner", UINT32_MAX));
  record.systemd_unit = fields.text("systemd_unit");
  record.systemd_user = fields.flag("systemd_user");
  record.own_pid_namespace = fields.flag("own_pid_namespace");
  record.seccomp_listener = fields.flag("seccomp_listener");
  record.late_hooks = fields.flag("late_hooks");
  record.intel_rdt_group = fields.text("intel_rdt_path");
  record.cgroup.parents = fields.texts("cgroup_parents");
  if (const auto* array = fields.get<json::Array>("cgroups"))
    record.cgroup.directories = COVE_TRY(read_directories(*array));
  // Records of before it was kept have none.
  std::vector<std::string> streams;
  if (fields.find("external_descriptors") != nullptr) streams = fields.texts("external_descriptors");
  std::copy_n(streams.begin(), std::min(streams.size(), record.streams.size()), record.streams.begin());
  record.annotations = fields.text_map("annotations");
  COVE_TRY(fields.status());
  return record;
}

}  // namespace cove::runtime

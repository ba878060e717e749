#include "kernel/systemd/manager.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/strings.h"
#include "sys/process.h"

namespace cove::systemd {
namespace {

using dbus::Reply;
using dbus::Value;

constexpr const char* kService = "org.freedesktop.systemd1";
constexpr const char* kPath = "/org/freedesktop/systemd1";
constexpr const char* kManager = "org.freedesktop.systemd1.Manager";
constexpr std::string_view kUnitExists = "org.freedesktop.systemd1.UnitExists";
constexpr std::string_view kNoSuchUnit = "org.freedesktop.systemd1.NoSuchUnit";
constexpr uint64_t kNsPerMs = 1'000'000;

Value text(std::string content) {
  return {std::move(content)};
}

Error refusal(std::string_view what, std::string_view unit, const Reply& reply) {
  ErrorCode code = ErrorCode::system;
  if (reply.error_name == kUnitExists) code = ErrorCode::stale_resource;
  if (reply.error_name == kNoSuchUnit) code = ErrorCode::not_found;
  if (reply.error_name == "org.freedesktop.DBus.Error.AccessDenied" ||
      reply.error_name == "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired") {
    code = ErrorCode::permission;
  }
  Error error(code, fmt::format("{} unit {}: systemd says {} ({})", what, unit, quote(reply.error_text()),
                                reply.error_name));
  if (code == ErrorCode::stale_resource) {
    error.set_hint(fmt::format(
        "another container may have it (systemctl status {0}); if not: systemctl stop {0}", unit));
  }
  return error;
}

// The first value, if it is of this type.
template <typename T>
const T* first_of(const std::vector<Value>& values) noexcept {
  return values.empty() ? nullptr : std::get_if<T>(&values.front().data);
}

Error not_as_documented(std::string_view method) {
  return Error(ErrorCode::protocol, fmt::format("systemd: the answer to {} is not as documented", method));
}

std::vector<Value> scope_properties(const ScopeRequest& request) {
  std::vector<Value> properties;
  const auto add = [&](const char* name, Value value) {
    properties.push_back(dbus::property(name, std::move(value)));
  };
  add("Description", text(request.description));
  add("Slice", text(request.name.slice));
  dbus::Array pids{"u", {}};
  for (const pid_t pid : request.pids) pids.items.push_back({static_cast<uint32_t>(pid)});
  add("PIDs", {std::move(pids)});
  // The cgroup below is ours to write to.
  add("Delegate", {true});
  for (const char* accounting : {"CPUAccounting", "MemoryAccounting", "IOAccounting", "TasksAccounting"}) {
    add(accounting, {true});
  }
  // Else the scope would be stopped at shutdown before whoever manages the containers.
  add("DefaultDependencies", {false});
  properties.insert(properties.end(), request.properties.begin(), request.properties.end());
  return properties;
}

struct Candidate {
  dbus::SocketName socket;
  bool bus = false;
};

std::vector<Candidate> candidates_for(const Instance& instance) {
  if (!instance.user) {
    return {{{"/run/systemd/private", false}, false}, {{"/run/dbus/system_bus_socket", false}, true}};
  }
  std::vector<Candidate> candidates;
  const std::string& directory = instance.runtime_dir;
  if (!directory.empty()) candidates.push_back({{directory + "/systemd/private", false}, false});
  if (auto names = dbus::parse_addresses(instance.session_address)) {
    for (dbus::SocketName& name : *names) candidates.push_back({std::move(name), true});
  }
  if (!directory.empty()) candidates.push_back({{directory + "/bus", false}, true});
  return candidates;
}

}  // namespace

Result<Manager> Manager::connect(const Instance& instance, unsigned timeout_ms) {
  std::string tried;
  for (const Candidate& candidate : candidates_for(instance)) {
    auto manager = connect_to(candidate.socket, candidate.bus, timeout_ms);
    if (manager) return manager;
    tried += fmt::format("{}{}", tried.empty() ? "" : "; ", manager.error().message());
  }
  Error error(
      ErrorCode::unsupported,
      fmt::format("systemd can't be reached: {}",
                  tried.empty() ? "neither XDG_RUNTIME_DIR nor DBUS_SESSION_BUS_ADDRESS is set" : tried));
  error.set_hint(instance.user
                     ? "log in so that a user's systemd runs (loginctl enable-linger), or use the cgroupfs "
                       "driver (leave out --systemd-cgroup)"
                     : "use the cgroupfs driver (leave out --systemd-cgroup)");
  return error;
}

Result<Manager> Manager::connect_to(const dbus::SocketName& socket, bool bus, unsigned timeout_ms) {
  const uint64_t deadline = sys::monotonic_nanoseconds() + uint64_t{timeout_ms} * kNsPerMs;
  return Manager(COVE_TRY(dbus::Connection::open(socket, bus, deadline)), bus, timeout_ms);
}

uint64_t Manager::deadline() const noexcept {
  return sys::monotonic_nanoseconds() + uint64_t{timeout_ms_} * kNsPerMs;
}

Result<Reply> Manager::call(const char* method, std::vector<Value> arguments) {
  return connection_.call({kService, kPath, kManager, method, std::move(arguments)}, deadline());
}

// On its own socket systemd tells us everything unasked.
Status Manager::subscribe() {
  if (!bus_ || subscribed_) return {};
  constexpr const char* kBus = "org.freedesktop.DBus";
  const std::string rule = fmt::format(
      "type='signal',sender='{}',path='{}',interface='{}',member='JobRemoved'", kService, kPath, kManager);
  const Reply match =
      COVE_TRY(connection_.call({kBus, "/org/freedesktop/DBus", kBus, "AddMatch", {text(rule)}}, deadline()));
  const Reply subscribed = COVE_TRY(call("Subscribe", {}));
  for (const Reply* reply : {&match, &subscribed}) {
    if (!reply->ok()) return refusal("be told about", "*", *reply);
  }
  subscribed_ = true;
  return {};
}

Status Manager::wait_for_job(const Reply& reply, const std::string& unit) {
  const auto* job = first_of<dbus::ObjectPath>(reply.values);
  if (job == nullptr) return not_as_documented("StartTransientUnit or StopUnit");
  std::string result;
  // JobRemoved(u id, o job, s unit, s result)
  const auto is_ours = [&](const dbus::Message& signal) {
    if (signal.member != "JobRemoved" || signal.interface != kManager) return false;
    const auto body = dbus::read_body(signal);
    if (!body || body->size() != 4 || (*body)[1] != Value{*job}) return false;
    const auto* word = std::get_if<std::string>(&(*body)[3].data);
    if (word == nullptr) return false;
    result = *word;
    return true;
  };
  auto signal = connection_.wait_signal(is_ours, deadline());
  if (!signal) return std::move(signal).error().add_context(fmt::format("systemd's job for unit {}", unit));
  if (result == "done") return {};
  Error error(ErrorCode::system, fmt::format("systemd's job for unit {} ended with {}", unit, quote(result)));
  error.set_hint(fmt::format("see journalctl -u {}", unit));
  return error;
}

void Manager::reset_failed(const std::string& unit) {
  // It mostly is not failed, or gone: an error all the same.
  static_cast<void>(call("ResetFailedUnit", {text(unit)}).ok());
}

Status Manager::start_scope(const ScopeRequest& request) {
  const std::string& unit = request.name.unit;
  if (request.pids.empty()) return Error(ErrorCode::internal, "a scope needs a process");
  COVE_TRY(subscribe());
  connection_.forget_signals();
  const std::vector<Value> arguments{text(unit),
                                     text("replace"),
                                     {dbus::Array{"(sv)", scope_properties(request)}},
                                     {dbus::Array{"(sa(sv))", {}}}};
  Reply reply = COVE_TRY(call("StartTransientUnit", arguments));
  if (reply.error_name == kUnitExists) {
    reset_failed(unit);
    reply = COVE_TRY(call("StartTransientUnit", arguments));
  }
  if (!reply.ok()) return refusal("start", unit, reply);
  return wait_for_job(reply, unit);
}

Status Manager::stop(const std::string& unit) {
  COVE_TRY(subscribe());
  connection_.forget_signals();
  const Reply reply = COVE_TRY(call("StopUnit", {text(unit), text("replace")}));
  if (reply.error_name == kNoSuchUnit) return {};
  if (!reply.ok()) return refusal("stop", unit, reply);
  Status status = wait_for_job(reply, unit);
  reset_failed(unit);
  return status;
}

Status Manager::set_properties(const std::string& unit, std::span<const Value> properties) {
  if (properties.empty()) return {};
  dbus::Array list{"(sv)", {properties.begin(), properties.end()}};
  const Reply reply = COVE_TRY(call("SetUnitProperties", {text(unit), {true}, {std::move(list)}}));
  if (!reply.ok()) return refusal("change", unit, reply);
  return {};
}

Result<std::string> Manager::control_group(const std::string& unit) {
  const Reply found = COVE_TRY(call("GetUnit", {text(unit)}));
  if (!found.ok()) return refusal("find", unit, found);
  const auto* object = first_of<dbus::ObjectPath>(found.values);
  if (object == nullptr) return not_as_documented("GetUnit");
  const Reply reply =
      COVE_TRY(connection_.call({kService,
                                 object->path,
                                 "org.freedesktop.DBus.Properties",
                                 "Get",
                                 {text("org.freedesktop.systemd1.Scope"), text("ControlGroup")}},
                                deadline()));
  if (!reply.ok()) return refusal("find the cgroup of", unit, reply);
  const auto* content = first_of<dbus::Variant>(reply.values);
  const auto* path = content != nullptr ? first_of<std::string>(content->content) : nullptr;
  if (path == nullptr) return not_as_documented("Get");
  return *path;
}

}  // namespace cove::systemd

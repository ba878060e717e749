#include "cli/containers/inspect_object.h"

#include <fmt/format.h>
#include <signal.h>

#include "base/time_text.h"
#include "cli/containers/network_object.h"
#include "logs/file_names.h"

namespace cove::cli {
namespace {

using format::Value;

std::string time_text(int64_t nanoseconds) {
  // Go's zero time: it never happened.
  if (nanoseconds <= 0) return "0001-01-01T00:00:00Z";
  return std::string(short_time_text(nanoseconds).view());
}

Value string_map(const fields::StringMap& map) {
  Value object = Value::map();
  for (const auto& [key, value] : map) object.set(key, value);
  return object;
}

Value health_object(const engine::Health& health) {
  Value log = format::Array();
  for (const engine::HealthResult& result : health.log) {
    log.push(Value::record({{"Start", time_text(result.started_ns)},
                            {"End", time_text(result.ended_ns)},
                            {"ExitCode", result.exit_code},
                            {"Output", result.output}}));
  }
  return Value::record({{"Status", health.status}, {"FailingStreak", health.failing_streak}, {"Log", log}});
}

Value state_object(const ContainerFacts& facts) {
  using engine::Condition;
  const engine::State& state = facts.state;
  const Condition condition = facts.condition;
  const bool up = engine::is_up(condition);
  Value object = Value::record({{"Status", engine::condition_name(condition)},
                                {"Running", up || condition == Condition::restarting},
                                {"Paused", condition == Condition::paused},
                                {"Restarting", condition == Condition::restarting},
                                {"OOMKilled", state.oom_killed},
                                {"Dead", condition == Condition::dead},
                                {"Pid", up ? state.pid : 0},
                                {"ExitCode", state.exit_code.value_or(0)},
                                {"Error", state.error},
                                {"StartedAt", time_text(state.started_ns)},
                                {"FinishedAt", time_text(state.finished_ns)}});
  if (!state.health.status.empty()) object.set("Health", health_object(state.health));
  return object;
}

std::string log_path(const engine::Record& record, const std::string& directory) {
  for (const logs::Driver driver : {logs::Driver::local, logs::Driver::json_file}) {
    if (record.logs.driver == logs::driver_name(driver))
      return fmt::format("{}/logs/{}", directory, logs::current_name(driver));
  }
  return {};
}

std::string_view type_of(const sandbox::MountRequest& mount) noexcept {
  using Type = sandbox::MountRequest::Type;
  switch (mount.type) {
    case Type::bind:
      return "bind";
    case Type::tmpfs:
      return "tmpfs";
    case Type::overlay:
      return "overlay";
    case Type::proc:
      return "proc";
    case Type::sysfs:
      return "sysfs";
    case Type::devpts:
      return "devpts";
    case Type::mqueue:
      return "mqueue";
    case Type::cgroup:
      return "cgroup";
  }
  return "";
}

std::string_view propagation_of(const sandbox::MountRequest& mount) noexcept {
  using Propagation = sandbox::MountRequest::Propagation;
  if (mount.type != sandbox::MountRequest::Type::bind) return "";
  switch (mount.propagation) {
    case Propagation::rprivate:
      return "rprivate";
    case Propagation::rslave:
      return "rslave";
    case Propagation::rshared:
      return "rshared";
    case Propagation::private_:
      return "private";
    case Propagation::slave:
      return "slave";
    case Propagation::shared:
      return "shared";
  }
  return "";
}

Value mounts_of(const engine::Record& record, const std::string& volumes) {
  Value mounts = format::Array();
  for (const engine::VolumeUse& use : record.volumes) {
    mounts.push(Value::record({{"Type", "volume"},
                               {"Name", use.name},
                               {"Source", fmt::format("{}/{}/_data", volumes, use.name)},
                               {"Destination", use.target},
                               {"Driver", "local"},
                               {"Mode", use.read_only ? "ro" : ""},
                               {"RW", !use.read_only},
                               {"Propagation", ""}}));
  }
  for (const sandbox::MountRequest& mount : record.options.mounts) {
    mounts.push(Value::record({{"Type", type_of(mount)},
                               {"Source", mount.source},
                               {"Destination", mount.target},
                               {"Mode", mount.read_only ? "ro" : ""},
                               {"RW", !mount.read_only},
                               {"Propagation", propagation_of(mount)}}));
  }
  return mounts;
}

Value health_check(const engine::HealthCheck& check) {
  constexpr uint64_t kNanoseconds = 1'000'000;
  Value test = format::Array();
  test.push("CMD");
  for (const std::string& word : check.command) test.push(word);
  return Value::record({{"Test", test},
                        {"Interval", check.interval_ms * kNanoseconds},
                        {"Timeout", check.timeout_ms * kNanoseconds},
                        {"StartPeriod", check.start_period_ms * kNanoseconds},
                        {"StartInterval", check.start_interval_ms * kNanoseconds},
                        {"Retries", check.retries}});
}

Value config_object(const engine::Record& record) {
  const sandbox::Options& options = record.options;
  // The entrypoint stands in front of the command.
  const size_t skipped = std::min(record.entrypoint.size(), options.command.size());
  const std::vector<std::string> command(options.command.begin() + static_cast<std::ptrdiff_t>(skipped),
                                         options.command.end());
  Value volumes = Value::map();
  for (const engine::VolumeUse& use : record.volumes) volumes.set(use.target, Value::record());
  Value config = Value::record({{"Hostname", options.hostname.value_or(engine::short_id(record.id))},
                                {"Domainname", options.domainname.value_or("")},
                                {"User", options.user.value_or("")},
                                {"AttachStdin", options.interactive && !record.detached},
                                {"AttachStdout", !record.detached},
                                {"AttachStderr", !record.detached},
                                {"Tty", options.tty},
                                {"OpenStdin", options.interactive},
                                {"StdinOnce", options.interactive && !record.detached},
                                {"Env", Value::strings(options.env)},
                                {"Cmd", Value::strings(command).null_if_empty()},
                                {"Image", image_of(record)},
                                {"Volumes", std::move(volumes).null_if_empty()},
                                {"WorkingDir", options.workdir.value_or("")},
                                {"Entrypoint", Value::strings(record.entrypoint).null_if_empty()},
                                {"OnBuild", Value(format::Array()).null_if_empty()},
                                {"Labels", string_map(options.labels)}});
  if (!record.health.command.empty()) config.set("Healthcheck", health_check(record.health));
  if (record.stop_signal != 0) config.set("StopSignal", signal_text(record.stop_signal));
  if (record.stop_timeout_s) config.set("StopTimeout", *record.stop_timeout_s);
  return config;
}

Value network_object(const ContainerFacts& facts) {
  const bool up = engine::is_up(facts.condition);
  return network_settings(facts.record, facts.attachment,
                          up ? fmt::format("/proc/{}/ns/net", facts.state.pid) : "");
}

Value graph_object(const engine::Record& record, const std::string& directory) {
  Value data = Value::map({{"UpperDir", directory + "/layer/root"}});
  data.set("LowerDir", record.options.rootfs.empty() ? directory + "/layer/empty" : record.options.rootfs);
  return Value::record({{"Data", data}, {"Name", "overlay"}});
}

}  // namespace

std::string signal_text(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("{}", signal);
}

Value container_object(const ContainerFacts& facts, const InspectPaths& paths) {
  const engine::Record& record = facts.record;
  const std::vector<std::string>& command = record.options.command;
  const std::vector<std::string> arguments(command.begin() + (command.empty() ? 0 : 1), command.end());
  const std::string& directory = paths.directory;
  Value object = Value::record({{"Id", record.id},
                                {"Created", time_text(record.created_ns)},
                                {"Path", command.empty() ? std::string() : command.front()},
                                {"Args", Value::strings(arguments)},
                                {"State", state_object(facts)},
                                {"Image", image_of(record)},
                                {"ResolvConfPath", directory + "/resolv.conf"},
                                {"HostnamePath", directory + "/hostname"},
                                {"HostsPath", directory + "/hosts"},
                                {"LogPath", log_path(record, directory)},
                                {"Name", "/" + record.name},
                                {"RestartCount", facts.state.restart_count},
                                {"Driver", "overlay"},
                                {"Platform", "linux"},
                                {"MountLabel", ""},
                                {"ProcessLabel", ""},
                                {"AppArmorProfile", record.options.apparmor},
                                {"ExecIDs", Value(format::Array()).null_if_empty()},
                                {"HostConfig", host_config_object(record)},
                                {"GraphDriver", graph_object(record, directory)}});
  if (facts.size) {
    object.set("SizeRw", facts.size->layer_bytes);
    object.set("SizeRootFs", facts.size->layer_bytes + facts.size->root_bytes);
  }
  object.set("Mounts", mounts_of(record, paths.volumes));
  object.set("Config", config_object(record));
  object.set("NetworkSettings", network_object(facts));
  return object;
}

Value volume_object(const engine::Volume& volume) {
  constexpr int64_t kSecond = 1'000'000'000;
  return Value::record({{"CreatedAt", time_text(volume.created_ns / kSecond * kSecond)},
                        {"Driver", "local"},
                        {"Labels", string_map(volume.labels)},
                        {"Mountpoint", volume.mount_point},
                        {"Name", volume.name},
                        {"Options", string_map(volume.options)},
                        {"Scope", "local"}});
}

}  // namespace cove::cli

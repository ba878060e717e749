#include "engine/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/strings.h"
#include "fields/read_object.h"
#include "fields/visitor.h"
#include "fields/writer.h"
#include "sandbox/options_fields.h"

namespace cove::cgroup {

static void describe(fields::FieldVisitor& v, Directory& directory) {
  int32_t version = directory.version;
  std::optional<int32_t> number = version;
  v.field("version", number);
  directory.version = number.value_or(version);
  v.required("path", directory.path);
  v.field("controllers", directory.controllers);
}

static void describe(fields::FieldVisitor& v, Record& record) {
  v.field("directories", record.directories);
  v.field("parents", record.parents);
}

}  // namespace cove::cgroup

namespace cove::engine {
namespace {

using fields::FieldVisitor;

constexpr std::array<std::pair<Phase, std::string_view>, 6> kPhases{{{Phase::created, "created"},
                                                                     {Phase::starting, "starting"},
                                                                     {Phase::running, "running"},
                                                                     {Phase::restarting, "restarting"},
                                                                     {Phase::exited, "exited"},
                                                                     {Phase::removing, "removing"}}};

constexpr std::array<std::pair<RestartPolicy::Kind, std::string_view>, 4> kRestarts{
    {{RestartPolicy::Kind::no, "no"},
     {RestartPolicy::Kind::on_failure, "on-failure"},
     {RestartPolicy::Kind::always, "always"},
     {RestartPolicy::Kind::unless_stopped, "unless-stopped"}}};

// A number that is left out while it is `usual`.
template <typename T>
void number(FieldVisitor& v, std::string_view name, T& value, T usual = T{}) {
  std::optional<T> given;
  if (value != usual) given = value;
  v.field(name, given);
  value = given.value_or(usual);
}

void restart(FieldVisitor& v, RestartPolicy& policy) {
  std::string text = policy.kind == RestartPolicy::Kind::no ? "" : print_restart(policy);
  v.field("restart", text);
  if (text.empty()) return;
  const Result<RestartPolicy> parsed = parse_restart(text);
  if (!parsed) return v.refuse("restart", parsed.error().message());
  policy = *parsed;
}

void phase(FieldVisitor& v, Phase& phase) {
  std::string text(phase_name(phase));
  v.required("phase", text);
  const auto* found =
      std::find_if(kPhases.begin(), kPhases.end(), [&](const auto& entry) { return entry.second == text; });
  if (found == kPhases.end()) return v.refuse("phase", fmt::format("{} is no phase", quote(text)));
  phase = found->first;
}

}  // namespace

// Found by the types of their arguments, so not in a namespace without a name.
static void describe(FieldVisitor& v, HealthCheck& check) {
  v.field("command", check.command);
  v.always("intervalMs", check.interval_ms);
  v.always("timeoutMs", check.timeout_ms);
  v.always("startPeriodMs", check.start_period_ms);
  v.always("startIntervalMs", check.start_interval_ms);
  v.always("retries", check.retries);
}

static void describe(FieldVisitor& v, VolumeUse& use) {
  v.required("name", use.name);
  v.required("target", use.target);
  v.field("readOnly", use.read_only);
  v.field("anonymous", use.anonymous);
  v.field("noCopy", use.no_copy);
}

static void describe(FieldVisitor& v, SharedNamespaces& shared) {
  v.field("pid", shared.pid);
  v.field("ipc", shared.ipc);
  v.field("uts", shared.uts);
  v.field("network", shared.network);
  v.field("userns", shared.userns);
}

static void describe(FieldVisitor& v, NameSettings& names) {
  v.field("servers", names.servers);
  v.field("searches", names.searches);
  v.field("options", names.options);
  v.field("hosts", names.hosts);
}

static void describe(FieldVisitor& v, LogChoice& logs) {
  v.required("driver", logs.driver);
  v.field("options", logs.options);
}

static void describe(FieldVisitor& v, Record& record) {
  v.required("id", record.id);
  v.required("name", record.name);
  v.required("createdNs", record.created_ns);
  v.field("options", record.options);
  v.field("entrypoint", record.entrypoint);
  v.field("image", record.image);
  v.field("imageId", record.image_id);
  v.field("ports", record.ports);
  restart(v, record.restart);
  v.field("logs", record.logs);
  std::optional<HealthCheck> health;
  if (!record.health.command.empty()) health = record.health;
  v.field("health", health);
  record.health = health.value_or(HealthCheck{});
  number<int32_t>(v, "stopSignal", record.stop_signal);
  v.field("stopTimeoutSeconds", record.stop_timeout_s);
  v.field("autoRemove", record.auto_remove);
  v.field("detached", record.detached);
  v.field("volumes", record.volumes);
  v.field("shared", record.shared);
  v.field("names", record.names);
  v.field("detachKeys", record.detach_keys);
  v.field("idMap", record.id_map);
}

static void describe(FieldVisitor& v, HealthResult& result) {
  v.required("startedNs", result.started_ns);
  v.required("endedNs", result.ended_ns);
  number(v, "exitCode", result.exit_code);
  v.field("output", result.output);
}

static void describe(FieldVisitor& v, Health& health) {
  v.field("status", health.status);
  number(v, "failingStreak", health.failing_streak);
  v.field("log", health.log);
}

static void describe(FieldVisitor& v, State& state) {
  phase(v, state.phase);
  v.field("bootId", state.boot_id);
  number<int32_t>(v, "pid", state.pid);
  number(v, "startTime", state.start_time);
  number<int32_t>(v, "monitor", state.monitor);
  number(v, "monitorStartTime", state.monitor_start_time);
  v.field("cgroup", state.cgroup);
  std::optional<bool> shared;
  if (!state.own_pid_namespace) shared = true;
  v.field("sharedPidNamespace", shared);
  state.own_pid_namespace = !shared.value_or(false);
  number(v, "startedNs", state.started_ns);
  number(v, "finishedNs", state.finished_ns);
  v.field("exitCode", state.exit_code);
  v.field("oomKilled", state.oom_killed);
  v.field("error", state.error);
  number(v, "restartCount", state.restart_count);
  v.field("stopRequested", state.stop_requested);
  v.field("stoppedForBoot", state.stopped_for_boot);
  v.field("removingVolumes", state.removing_volumes);
  v.field("health", state.health);
}

std::string_view phase_name(Phase phase) noexcept {
  for (const auto& [value, name] : kPhases) {
    if (value == phase) return name;
  }
  return "unknown";
}

std::string print_record(const Record& record) {
  return fields::print_object(record, JsonWriter::Layout::compact);
}

std::string print_state(const State& state) {
  return fields::print_object(state, JsonWriter::Layout::compact);
}

Result<Record> parse_record(std::string_view text) {
  Record record;
  COVE_TRY(parse_record(text, record));
  return record;
}

Result<State> parse_state(std::string_view text) {
  State state;
  COVE_TRY(parse_state(text, state));
  return state;
}

Status parse_record(std::string_view text, Record& record) {
  return fields::read_into(text, record);
}

Status parse_state(std::string_view text, State& state) {
  return fields::read_into(text, state);
}

State lost_state(std::string why) {
  State state;
  state.phase = Phase::exited;
  state.exit_code = kUnknownExit;
  state.error = std::move(why);
  return state;
}

Result<RestartPolicy> parse_restart(std::string_view text) {
  const Halves halves = split_once(text, ':');
  for (const auto& [kind, name] : kRestarts) {
    if (name != halves.first) continue;
    RestartPolicy policy{kind, 0};
    if (!halves.second) return policy;
    const auto retries = parse_number<uint32_t>(*halves.second);
    if (kind == RestartPolicy::Kind::on_failure && retries) {
      policy.max_retries = *retries;
      return policy;
    }
  }
  Error error(ErrorCode::invalid_argument, fmt::format("{} is no restart policy", quote(text)));
  error.set_hint("give no, on-failure, on-failure:RETRIES, always or unless-stopped");
  return error;
}

std::string print_restart(const RestartPolicy& policy) {
  for (const auto& [kind, name] : kRestarts) {
    if (kind != policy.kind) continue;
    return policy.max_retries == 0 ? std::string(name) : fmt::format("{}:{}", name, policy.max_retries);
  }
  return "no";
}

}  // namespace cove::engine

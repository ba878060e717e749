#include "sandbox/report.h"

#include <fmt/format.h>
#include <string.h>

#include <algorithm>
#include <csignal>
#include <map>

#include "base/json_writer.h"

namespace cove::sandbox {
namespace {

constexpr uint64_t kNsPerUs = 1000;

template <typename T>
void optional_member(JsonWriter& json, std::string_view name, const std::optional<T>& content) {
  json.key(name);
  if (content) {
    json.value(*content);
  } else {
    json.null();
  }
}

// An empty text means that there is none.
void text_member(JsonWriter& json, std::string_view name, const std::string& content) {
  optional_member(json, name, content.empty() ? std::nullopt : std::optional(content));
}

void write_request(JsonWriter& json, const ReportSubject& subject) {
  json.member("id", subject.id);
  optional_member(json, "name", subject.name);
  json.key("labels").begin_object();
  std::map<std::string_view, std::string_view> labels;
  for (const auto& [key, content] : subject.labels) labels[key] = content;
  for (const auto& [key, content] : labels) json.member(key, content);
  json.end_object();
  json.key("command").begin_array();
  for (const std::string& word : subject.command) json.value(word);
  json.end_array();
}

void write_failure(JsonWriter& json, const std::optional<SetupFailure>& failure) {
  json.key("failure");
  if (!failure) {
    json.null();
    return;
  }
  json.begin_object();
  text_member(json, "error_id", failure->error_id);
  json.member("message", failure->message);
  text_member(json, "hint", failure->hint);
  text_member(json, "step", failure->step);
  json.end_object();
}

void write_end(JsonWriter& json, const Outcome& outcome) {
  json.member("reason", reason_name(outcome.reason));
  json.member("exit_status", outcome.exit_status);
  optional_member(json, "exit_code", outcome.exit_code);
  optional_member(json, "signal", outcome.signal);
  optional_member(json, "signal_name",
                  outcome.signal ? std::optional(signal_name(*outcome.signal)) : std::nullopt);
  write_failure(json, outcome.failure);
}

void write_io(JsonWriter& json, const Used& used) {
  json.key("io");
  if (!used.io_read_bytes || !used.io_write_bytes) {
    json.null();
    return;
  }
  json.begin_object();
  json.member("read_bytes", *used.io_read_bytes);
  json.member("write_bytes", *used.io_write_bytes);
  json.end_object();
}

void write_meters(JsonWriter& json, const Used& used) {
  const auto meter = [&](std::string_view name, Meter which) {
    optional_member(json, name, which == Meter::none ? std::nullopt : std::optional(meter_name(which)));
  };
  json.key("measured_by").begin_object();
  meter("cpu", used.cpu_meter);
  meter("memory", used.memory_meter);
  meter("io", used.io_meter);
  json.end_object();
}

void write_use(JsonWriter& json, const Used& used) {
  const bool ran = used.cpu_meter != Meter::none;
  const auto microseconds = [&](uint64_t ns) { return ran ? std::optional(ns / kNsPerUs) : std::nullopt; };
  optional_member(json, "wall_us", microseconds(used.wall_ns));
  optional_member(json, "user_us", microseconds(used.user_ns));
  optional_member(json, "system_us", microseconds(used.system_ns));
  optional_member(json, "memory_peak_bytes", used.memory_peak_bytes);
  optional_member(json, "pids_peak", used.pids_peak);
  write_io(json, used);
  write_meters(json, used);
}

void write_output(JsonWriter& json, const std::optional<OutputUse>& output) {
  json.key("output");
  if (!output) {
    json.null();
    return;
  }
  json.begin_object();
  json.member("bytes", output->bytes);
  optional_member(json, "limit_bytes", output->limit_bytes);
  json.member("truncated", output->truncated);
  json.end_object();
}

void write_oom(JsonWriter& json, const Used& used, const std::vector<LimitInForce>& limits) {
  std::optional<uint64_t> limit_bytes;
  for (const LimitInForce& limit : limits) {
    const auto* bytes = std::get_if<uint64_t>(&limit.value);
    if (limit.key == "memory_bytes" && bytes != nullptr) limit_bytes = *bytes;
  }
  json.key("oom").begin_object();
  optional_member(json, "kills", used.oom_kills);
  optional_member(json, "limit_bytes", limit_bytes);
  optional_member(json, "peak_bytes",
                  used.memory_meter == Meter::cgroup ? used.memory_peak_bytes : std::nullopt);
  json.end_object();
}

void write_limit(JsonWriter& json, const LimitInForce& limit) {
  json.key(limit.key).begin_object();
  json.key("value");
  if (const auto* parts = std::get_if<LimitInForce::ByName>(&limit.value)) {
    json.begin_object();
    for (const auto& [name, number] : *parts) optional_member(json, name, number);
    json.end_object();
  } else if (const auto* whole = std::get_if<uint64_t>(&limit.value)) {
    json.value(*whole);
  } else if (const auto* real = std::get_if<double>(&limit.value)) {
    json.value(*real);
  } else if (const auto* text = std::get_if<std::string>(&limit.value)) {
    json.value(*text);
  }
  json.member("enforced_by", limit.enforced_by);
  json.end_object();
}

// So many of those that were refused, and no more.
void write_egress(JsonWriter& json, const ReportSubject& subject) {
  constexpr size_t kMost = 64;
  if (subject.egress.empty()) return;
  json.key("egress").begin_object();
  json.member("policy", subject.egress);
  uint64_t packets = 0;
  for (const network::Denied& one : subject.denied) packets += one.name.empty() ? one.count : 0;
  json.member("denied_packets", packets);
  json.member("denied_destinations", subject.denied.size());
  json.key("denied").begin_array();
  for (size_t i = 0; i < std::min(kMost, subject.denied.size()); ++i) {
    const network::Denied& one = subject.denied[i];
    json.begin_object();
    if (!one.name.empty()) {
      json.member("name", one.name);
    } else {
      json.member("address", network::print_address(one.address));
      json.member("port", one.port);
      json.member("protocol", network::protocol_text(one.protocol));
      json.member("packets", one.count);
    }
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_timings(JsonWriter& json, const std::optional<std::vector<ReportTiming>>& timings) {
  json.key("timings");
  if (!timings) {
    json.null();
    return;
  }
  json.begin_array();
  for (const ReportTiming& timing : *timings) {
    json.begin_object();
    json.member("step", timing.step);
    json.member("process", timing.in_child ? "child" : "parent");
    json.member("duration_ns", timing.nanoseconds);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

std::string signal_name(int signal) {
  if (const char* name = ::sigabbrev_np(signal)) return fmt::format("SIG{}", name);
  if (signal == SIGRTMIN) return "SIGRTMIN";
  return fmt::format("SIGRTMIN{:+}", signal - SIGRTMIN);
}

std::string print_report(const ReportSubject& subject, const Outcome& outcome) {
  JsonWriter json;
  json.begin_object();
  json.member("schema", kReportSchema);
  json.member("cove_version", COVE_VERSION);
  write_request(json, subject);
  write_end(json, outcome);
  write_use(json, outcome.used);
  write_output(json, outcome.output);
  write_oom(json, outcome.used, subject.limits);
  json.key("limits").begin_object();
  for (const LimitInForce& limit : subject.limits) write_limit(json, limit);
  json.end_object();
  json.key("waived").begin_array();
  for (const std::string& waived : subject.waived) json.value(waived);
  json.end_array();
  write_timings(json, subject.timings);
  write_egress(json, subject);
  json.end_object();
  return json.text() + "\n";
}

}  // namespace cove::sandbox

// What was asked for when a container was created, and what has become of it: the two files that its
// directory holds. Plain data and its text.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fields/types.h"
#include "kernel/cgroup/record.h"
#include "sandbox/options.h"

namespace cove::engine {

struct RestartPolicy {
  enum class Kind : uint8_t { no, on_failure, always, unless_stopped };
  Kind kind = Kind::no;
  uint32_t max_retries = 0;  // on_failure; 0: any number
};

// --health-*; no command: there is none.
struct HealthCheck {
  std::vector<std::string> command;  // argv
  uint64_t interval_ms = 30'000;
  uint64_t timeout_ms = 30'000;
  uint64_t start_period_ms = 0;
  uint64_t start_interval_ms = 5'000;
  uint32_t retries = 3;
};

// A named volume, on `target`.
struct VolumeUse {
  std::string name;
  std::string target;  // inside, absolute
  bool read_only = false;
  bool anonymous = false;  // made for this container, and removed with it by `rm -v` and --rm
  bool no_copy = false;    // it does not begin with what the root file system has on `target`
};

// --pid, --ipc, --uts, --network, --userns container:NAME: the ids, empty where none was named.
struct SharedNamespaces {
  std::string pid, ipc, uts, network, userns;
};

// --add-host NAME:host-gateway: this machine.
inline constexpr std::string_view kHostGateway = "host-gateway";

// --dns, --dns-search, --dns-option, --add-host
struct NameSettings {
  std::vector<std::string> servers;
  std::vector<std::string> searches;
  std::vector<std::string> options;
  std::vector<std::string> hosts;  // NAME:ADDRESS, or NAME:host-gateway
  [[nodiscard]] bool custom_resolver() const noexcept {
    return !servers.empty() || !searches.empty() || !options.empty();
  }
};

struct LogChoice {
  std::string driver = "local";  // of logs::parse_driver
  fields::StringMap options;
};

// Written when it is created; `rename` and `update` replace it.
struct Record {
  std::string id;    // 64 hexadecimal digits
  std::string name;  // unique
  int64_t created_ns = 0;
  sandbox::Options options;             // `command` is entrypoint and arguments together
  std::vector<std::string> entrypoint;  // --entrypoint, and what an image says
  std::string image;                    // as it was named; empty: a directory or this machine's view
  std::string image_id;                 // 64 hexadecimal digits; its layers stay for as long as the record
  std::vector<std::string> ports;       // EXPOSE of the image: "80/tcp"
  RestartPolicy restart;
  LogChoice logs;
  HealthCheck health;
  int stop_signal = 0;                     // 0: SIGTERM
  std::optional<uint32_t> stop_timeout_s;  // unset: 10 s
  bool auto_remove = false;                // --rm
  bool detached = false;
  std::vector<VolumeUse> volumes;
  SharedNamespaces shared;
  NameSettings names;
  std::string detach_keys;  // empty: ctrl-p,ctrl-q
  std::string id_map;       // what --userns auto has chosen: "INSIDE:OUTSIDE:COUNT"; empty: nothing yet
};

enum class Phase : uint8_t {
  created,
  starting,    // a launcher is at work
  running,     // paused or not: the freezer knows
  restarting,  // the monitor waits for the next try
  exited,
  removing,
};
std::string_view phase_name(Phase phase) noexcept;

// The exit status that is told where nobody saw the end.
inline constexpr int32_t kUnknownExit = 255;

struct HealthResult {
  int64_t started_ns = 0;
  int64_t ended_ns = 0;
  int32_t exit_code = 0;
  std::string output;  // at most 4096 bytes
};

struct Health {
  std::string status;  // "starting", "healthy", "unhealthy"; empty: there is no check
  uint32_t failing_streak = 0;
  std::vector<HealthResult> log;  // the last five
};

// What happens to it; replaced by whoever changes it, under the container's lock.
struct State {
  Phase phase = Phase::created;
  std::string boot_id;  // of the boot in which the numbers below hold
  pid_t pid = 0;        // process 1, as the engine's pid namespace has it
  uint64_t start_time = 0;
  pid_t monitor = 0;  // 0: none
  uint64_t monitor_start_time = 0;
  cgroup::Record cgroup;
  bool own_pid_namespace = true;
  int64_t started_ns = 0;            // 0: never
  int64_t finished_ns = 0;           // 0: never
  std::optional<int32_t> exit_code;  // of the last end; unset: nobody saw it
  bool oom_killed = false;
  std::string error;  // why the last start failed, or why the exit status is not known
  uint32_t restart_count = 0;
  bool stop_requested = false;  // by stop, kill or rm: no restart policy brings it back
  bool stopped_for_boot =
      false;  // with stop_requested: the machine went down, and its next boot may bring it back
  bool removing_volumes = false;  // Phase::removing: with its anonymous volumes
  Health health;
};

std::string print_record(const Record& record);
std::string print_state(const State& state);
// ErrorCode::invalid_argument names the field.
Result<Record> parse_record(std::string_view text);
Result<State> parse_state(std::string_view text);
// The same into one with its defaults: see fields::read_into().
Status parse_record(std::string_view text, Record& record);
Status parse_state(std::string_view text, State& state);
// The state of a container of which nothing is known but that it does not run.
State lost_state(std::string why);

// "no", "on-failure", "on-failure:3", "always", "unless-stopped"; and its inverse.
Result<RestartPolicy> parse_restart(std::string_view text);
std::string print_restart(const RestartPolicy& policy);

}  // namespace cove::engine

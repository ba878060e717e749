// The state of a container as the OCI runtime specification has it (runtime.md "State"): what hooks get on
// standard input and `state` prints; and what a seccomp agent gets with its file descriptor (config-linux.md
// "The Container Process State"). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "spec/process.h"

namespace cove::spec {

enum class ContainerStatus : uint8_t {
  creating,
  created,
  running,
  paused,  // not of the specification, but of every runtime
  stopped,
};
[[nodiscard]] std::string_view status_name(ContainerStatus status) noexcept;  // "creating"
[[nodiscard]] std::optional<ContainerStatus> parse_status(std::string_view name) noexcept;

struct State {
  std::string oci_version;
  std::string id;
  int64_t pid = 0;  // as the runtime's pid namespace has it; 0: none (any more)
  ContainerStatus status = ContainerStatus::creating;
  std::string bundle;  // absolute
  // What `runc state` tells besides; left out when empty.
  std::string rootfs;   // absolute
  std::string created;  // RFC 3339, UTC: "2025-01-31T12:00:00.123456789Z"
  std::string owner;    // a user's name
  StringMap annotations;
};

// Indented JSON with a final newline; `compact` for one line without it. "pid" is always there.
std::string print_state(const State& state, bool compact = false);
// ErrorCode::invalid_argument for what is not of the right types, lacks a property that the specification
// demands, or has an unknown status; unknown properties are ignored.
Result<State> parse_state(std::string_view text);

struct ContainerProcessState {
  std::string oci_version;
  std::vector<std::string> fds;  // the names of the descriptors that go along, in their order: "seccompFd"
  int64_t pid = 0;               // as the runtime's pid namespace has it
  std::string metadata;          // linux.seccomp.listenerMetadata
  State state;
};
// One line of JSON, without a newline.
std::string print_process_state(const ContainerProcessState& process_state);
Result<ContainerProcessState> parse_process_state(std::string_view text);

}  // namespace cove::spec

// How an engine calls a plugin: variables of the environment. Source: the CNI specification, "Parameters".
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::cni {

enum class Command : uint8_t { add, del, check, gc, status, version };

struct Call {
  Command command = Command::version;
  std::string container;
  std::string netns;      // a path; empty where the command does without
  std::string interface;  // inside
  std::string ip;         // an address that is asked for by CNI_ARGS, as podman does; may be empty
  std::string pod;        // the name that Kubernetes has for it (CNI_ARGS); may be empty
};

using Variable = std::function<std::optional<std::string_view>(std::string_view name)>;

// ErrorCode::invalid_argument names the variable.
Result<Call> read_call(const Variable& variable);

}  // namespace cove::cni

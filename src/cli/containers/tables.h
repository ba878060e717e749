// The option tables of the commands on containers, and what they fill.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/caller.h"
#include "cli/option.h"
#include "engine/operations.h"

namespace cove::cli {

struct StartRequest {
  bool attach = false;
  bool interactive = false;
  bool sig_proxy = true;
  std::string detach_keys;
};
struct ExecRequest {
  engine::ExecOptions options;
  Caller caller;
  std::vector<std::string> file_env;
};
struct KillRequest {
  int signal = 9;
};
struct AttachRequest {
  bool no_stdin = false;
  bool sig_proxy = true;
  std::string detach_keys;
};

extern const OptionGroup kUpdateOptions;  // of engine::Update
extern const OptionGroup kStartOptions;
extern const OptionGroup kStopOptions;    // of engine::StopOptions
extern const OptionGroup kKillOptions;    // of KillRequest
extern const OptionGroup kRmOptions;      // of engine::RemoveOptions
extern const OptionGroup kExecOptions;    // of ExecRequest
extern const OptionGroup kAttachOptions;  // of AttachRequest

}  // namespace cove::cli

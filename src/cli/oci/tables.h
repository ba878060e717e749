// The option tables of the OCI commands, and what they fill. Internal to cli/oci.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/option.h"
#include "runtime/options.h"
#include "spec/resources.h"

namespace cove::cli::oci {

struct NoOptions {};

struct DeleteRequest {
  bool force = false;
};
struct KillRequest {
  bool all = false;
};
struct ListRequest {
  std::string format = "table";
  bool quiet = false;
};
struct PsRequest {
  std::string format = "table";
};
struct EventsRequest {
  std::chrono::milliseconds interval{5000};
  bool stats = false;
};
struct SpecRequest {
  std::string bundle;
  bool rootless = false;
};
struct UpdateRequest {
  std::string resources_file;
  spec::Resources resources;
};

extern const OptionGroup kCreateOptions;
extern const OptionGroup kRunOptions;  // runtime::CreateOptions, both
extern const OptionGroup kExecOptions;
extern const OptionGroup kCheckpointOptions;  // runtime::CheckpointOptions
extern const OptionGroup kRestoreOptions;     // runtime::RestoreOptions
extern const OptionGroup kDeleteOptions;
extern const OptionGroup kKillOptions;
extern const OptionGroup kListOptions;
extern const OptionGroup kPsOptions;
extern const OptionGroup kEventsOptions;
extern const OptionGroup kSpecOptions;
extern const OptionGroup kUpdateOptions;

}  // namespace cove::cli::oci

// An image's config: how to run it, and how it was made. Pure. Sources: the OCI image specification,
// config.md; Docker's "Image Specification v1.2" for what that leaves out (Healthcheck, OnBuild, Shell).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fields/types.h"

namespace cove::image {

// Times are nanoseconds; 0: not given.
struct HealthCheck {
  std::vector<std::string> test;  // "NONE", or "CMD" or "CMD-SHELL" and what follows
  int64_t interval = 0;
  int64_t timeout = 0;
  int64_t start_period = 0;
  int64_t start_interval = 0;
  uint32_t retries = 0;
};

struct Nothing {};  // an object of a set: {"80/tcp": {}}
using Set = fields::Map<Nothing>;

struct RunConfig {
  std::string user;
  Set exposed_ports;
  std::vector<std::string> env;
  std::vector<std::string> entrypoint;
  std::vector<std::string> cmd;
  Set volumes;
  std::string working_dir;
  fields::StringMap labels;
  std::string stop_signal;
  std::optional<uint32_t> stop_timeout;  // seconds
  std::optional<HealthCheck> health_check;
  std::vector<std::string> on_build;
  std::vector<std::string> shell;
};

struct History {
  std::string created;  // RFC 3339
  std::string created_by;
  std::string author;
  std::string comment;
  bool empty_layer = false;
};

struct RootFs {
  std::string type = "layers";
  std::vector<std::string> diff_ids;  // "sha256:…" of the uncompressed layers, the lowest first
};

struct Config {
  std::string created;  // RFC 3339
  std::string author;
  std::string architecture;
  std::string variant;
  std::string os;
  std::string os_version;
  RunConfig config;
  RootFs rootfs;
  std::vector<History> history;
};

// ErrorCode::invalid_argument names the field: a diff id that is no digest, too many layers.
Result<Config> parse_config(std::string_view text);
[[nodiscard]] std::string print_config(const Config& config);

}  // namespace cove::image

namespace cove::fields {
class FieldVisitor;
}
namespace cove::image {
// For documents that hold one.
void describe(fields::FieldVisitor& v, RunConfig& config);
void describe(fields::FieldVisitor& v, Nothing& nothing);
void describe(fields::FieldVisitor& v, HealthCheck& check);
}  // namespace cove::image

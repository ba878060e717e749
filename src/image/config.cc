#include "image/config.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "fields/read_object.h"
#include "fields/writer.h"
#include "image/manifest.h"
#include "image/reference.h"

namespace cove::image {

using fields::FieldVisitor;

void describe(FieldVisitor& /*v*/, Nothing& /*nothing*/) {}

void describe(FieldVisitor& v, HealthCheck& check) {
  v.field("Test", check.test);
  v.always("Interval", check.interval);
  v.always("Timeout", check.timeout);
  v.always("StartPeriod", check.start_period);
  v.always("StartInterval", check.start_interval);
  v.always("Retries", check.retries);
}

void describe(FieldVisitor& v, RunConfig& config) {
  v.field("User", config.user);
  v.field("ExposedPorts", config.exposed_ports);
  v.field("Env", config.env);
  v.field("Entrypoint", config.entrypoint);
  v.field("Cmd", config.cmd);
  v.field("Volumes", config.volumes);
  v.field("WorkingDir", config.working_dir);
  v.field("Labels", config.labels);
  v.field("StopSignal", config.stop_signal);
  v.field("StopTimeout", config.stop_timeout);
  v.field("Healthcheck", config.health_check);
  v.field("OnBuild", config.on_build);
  v.field("Shell", config.shell);
}

static void describe(FieldVisitor& v, History& step) {
  v.field("created", step.created);
  v.field("created_by", step.created_by);
  v.field("author", step.author);
  v.field("comment", step.comment);
  v.field("empty_layer", step.empty_layer);
}

static void describe(FieldVisitor& v, RootFs& rootfs) {
  v.required("type", rootfs.type);
  v.field("diff_ids", rootfs.diff_ids);
}

static void describe(FieldVisitor& v, Config& config) {
  v.field("created", config.created);
  v.field("author", config.author);
  v.field("architecture", config.architecture);
  v.field("variant", config.variant);
  v.field("os", config.os);
  v.field("os.version", config.os_version);
  v.field("config", config.config);
  v.field("rootfs", config.rootfs);
  v.field("history", config.history);
}

Result<Config> parse_config(std::string_view text) {
  Config config = COVE_TRY(fields::read_object<Config>(text).context("config"));
  const std::vector<std::string>& ids = config.rootfs.diff_ids;
  if (config.rootfs.type != "layers") {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("config: rootfs.type: {} is not known", quote(config.rootfs.type)));
  }
  if (ids.size() > kMostLayers)
    return Error(ErrorCode::invalid_argument, fmt::format("config: {} layers", ids.size()));
  for (const std::string& id : ids) {
    if (!is_digest(id))
      return Error(ErrorCode::invalid_argument,
                   fmt::format("config: rootfs.diff_ids: {} is no digest", quote(id)));
  }
  return config;
}

std::string print_config(const Config& config) {
  return fields::print_object(config, JsonWriter::Layout::compact);
}

}  // namespace cove::image

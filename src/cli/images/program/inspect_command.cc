// cove image inspect
#include <fmt/format.h>

#include "base/time_text.h"
#include "cli/containers/context.h"
#include "cli/containers/view_options.h"
#include "cli/format/list.h"
#include "cli/images/program/commands.h"
#include "cli/images/program/context.h"
#include "cli/images/requests.h"

namespace cove::cli {
namespace {

using format::Value;

Value set_object(const image::Set& set) {
  if (set.empty()) return nullptr;
  Value object = Value::map();
  for (const auto& [key, nothing] : set) object.set(key, Value::map());
  return object;
}

Value texts_or_null(const std::vector<std::string>& texts) {
  if (texts.empty()) return nullptr;
  return Value::strings(texts);
}

Value health_object(const image::HealthCheck& check) {
  return Value::record({{"Test", Value::strings(check.test)},
                        {"Interval", check.interval},
                        {"Timeout", check.timeout},
                        {"StartPeriod", check.start_period},
                        {"StartInterval", check.start_interval},
                        {"Retries", check.retries}});
}

Value config_object(const image::RunConfig& config) {
  Value labels = nullptr;
  if (!config.labels.empty()) labels = Value::map();
  for (const auto& [key, value] : config.labels) labels.set(key, value);
  Value object = Value::record({{"User", config.user},
                                {"ExposedPorts", set_object(config.exposed_ports)},
                                {"Env", texts_or_null(config.env)},
                                {"Cmd", texts_or_null(config.cmd)},
                                {"Volumes", set_object(config.volumes)},
                                {"WorkingDir", config.working_dir},
                                {"Entrypoint", texts_or_null(config.entrypoint)},
                                {"OnBuild", texts_or_null(config.on_build)},
                                {"Labels", labels}});
  if (!config.stop_signal.empty()) object.set("StopSignal", config.stop_signal);
  if (config.stop_timeout) object.set("StopTimeout", *config.stop_timeout);
  if (config.health_check) object.set("Healthcheck", health_object(*config.health_check));
  if (!config.shell.empty()) object.set("Shell", Value::strings(config.shell));
  return object;
}

Value layers_object(const store::Store& store, const store::Image& image) {
  std::string lower;
  Value diff_ids = format::Array();
  for (const store::ImageLayer& layer : image.layers) {
    diff_ids.push("sha256:" + layer.diff_id);
    lower.insert(0, fmt::format("{}/layers/{}{}", store.path(), layer.diff_id, lower.empty() ? "" : ":"));
  }
  return Value::record(
      {{"GraphDriver", Value::record({{"Data", Value::map({{"LowerDir", lower}})}, {"Name", "overlay2"}})},
       {"RootFS", Value::record({{"Type", "layers"}, {"Layers", diff_ids}})}});
}

Result<Value> image_object(const store::Store& store, const store::Image& image) {
  const image::Config config = COVE_TRY(store.config(image));
  std::vector<std::string> tags;
  std::vector<std::string> digests;
  for (const std::string& name : image.names) tags.push_back(familiar(name));
  for (const std::string& name : image.digests) digests.push_back(familiar(name));
  const Value layers = layers_object(store, image);
  Value object =
      Value::record({{"Id", "sha256:" + image.id},
                     {"RepoTags", Value::strings(tags)},
                     {"RepoDigests", Value::strings(digests)},
                     {"Parent", ""},
                     {"Comment", config.history.empty() ? std::string() : config.history.back().comment},
                     {"Created", config.created},
                     {"DockerVersion", ""},
                     {"Author", config.author},
                     {"Config", config_object(config.config)},
                     {"Architecture", config.architecture}});
  if (!config.variant.empty()) object.set("Variant", config.variant);
  object.set("Os", config.os);
  object.set("Size", image.bytes());
  object.set("GraphDriver", *layers.find("GraphDriver"));
  object.set("RootFS", *layers.find("RootFS"));
  object.set("Metadata",
             Value::record({{"LastTagTime", std::string(short_time_text(image.added_ns).view())}}));
  object.set("Descriptor", Value::record({{"mediaType", image.manifest_type},
                                          {"digest", image.manifest_digest},
                                          {"size", COVE_TRY(store.blobs().size(image.manifest_digest))}}));
  return object;
}

}  // namespace

int image_inspect_command(const Invocation& invocation) {
  ImageInspectRequest request;
  const Parsed parsed = parse_operands("image inspect", invocation, &request, 1, SIZE_MAX);
  if (parsed.exit_status) return *parsed.exit_status;
  return with_store(invocation, [&](const engine::Roots&, store::Store& store) -> Status {
    std::vector<Value> objects;
    std::vector<Error> errors;
    for (const std::string_view name : parsed.operands) {
      const Result<store::Image> image = store.find(name);
      if (!image) {
        errors.push_back(image.error());
        continue;
      }
      objects.push_back(COVE_TRY(image_object(store, *image)));
    }
    // Those that were found are printed first, as docker does.
    const std::string text = COVE_TRY(format::print_inspect(objects, request.format, screen_of(invocation)));
    bool well = print(text) == 0 && errors.empty();
    for (const Error& error : errors) fail_container(error);
    return well ? Status() : Status(told());
  });
}

}  // namespace cove::cli

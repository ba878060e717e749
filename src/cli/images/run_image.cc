#include "cli/images/run_image.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "cli/containers/context.h"
#include "cli/images/hand_over.h"
#include "cli/numbers.h"
#include "cli/signal_name.h"
#include "engine/image_use.h"
#include "launch/exec_diagnosis.h"

namespace cove::cli {
namespace {

constexpr uint64_t kNanosecondsInMs = 1'000'000;

enum class Kind : uint8_t {
  command,
  image,
  unknown,  // an image if there is one, as it is no program
};

bool is_program(const Caller& caller, std::string_view word) {
  const std::string_view path = caller.variable("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
  return launch::find_executable(std::string(word), {fmt::format("PATH={}", path)}).ok();
}

// "--" in front of a word says that it is a command.
bool behind_dashes(const Invocation& invocation, size_t operands) {
  const size_t first = invocation.arguments.size() - operands;
  return first > 0 && std::string_view(invocation.arguments[first - 1]) == "--";
}

Kind kind_of(const Invocation& invocation, const RunRequest& request) {
  const std::string& word = request.options.command.front();
  if (!request.options.rootfs.empty() || behind_dashes(invocation, request.options.command.size()))
    return Kind::command;
  if (request.pull != PullChoice::unset || !request.platform.empty()) return Kind::image;
  if (word.empty() || word.starts_with('/') || word.starts_with('.')) return Kind::command;
  return word.find_first_of("/:@") == std::string::npos ? Kind::unknown : Kind::image;
}

Error not_found(const std::string& word, bool bare) {
  Error error(ErrorCode::not_found, fmt::format("No such image: {}", word));
  error.set_hint(bare ? fmt::format("`cove run -- {}` runs this machine's program, if that was meant", word)
                      : std::string("`cove images` lists what there is; `cove pull` gets more"));
  return error;
}

Status pull(const RunRequest& request, const std::string& word, bool bare) {
  std::vector<std::string> arguments{"pull"};
  if (!request.platform.empty()) arguments.push_back("--platform=" + request.platform);
  arguments.push_back(word);
  const int status = COVE_TRY(call_images_program(arguments, STDERR_FILENO));
  return status == 0 ? Status() : not_found(word, bare);
}

// One for another platform than was asked for does not count.
Result<std::optional<engine::ImageUse>> find_image(const engine::Roots& roots, const RunRequest& request,
                                                   const std::function<bool()>& ids_count) {
  auto use = COVE_TRY(engine::use_image(roots, request.options.command.front(), ids_count));
  if (!use || request.platform.empty()) return use;
  const image::Platform wanted = COVE_TRY(image::parse_platform(request.platform).context("--platform"));
  if (!image::platform_rank(wanted, use->image.platform)) use.reset();
  return use;
}

Result<std::optional<engine::ImageUse>> obtain(const engine::Roots& roots, const RunRequest& request,
                                               Kind kind) {
  const std::string& word = request.options.command.front();
  const bool bare = kind == Kind::unknown;
  if (request.pull == PullChoice::always) COVE_TRY(pull(request, word, bare));
  // A bare word is an image's name, else a program, else an image's id.
  std::optional<bool> known;
  const auto is_command = [&] {
    if (!known) known = bare && is_program(request.caller, word);
    return *known;
  };
  auto use = COVE_TRY(find_image(roots, request, [&] { return !is_command(); }));
  if (use || is_command()) return use;
  if (request.pull == PullChoice::never || request.pull == PullChoice::always) return not_found(word, bare);
  COVE_TRY(pull(request, word, bare));
  use = COVE_TRY(find_image(roots, request, [] { return true; }));
  if (!use) return not_found(word, bare);
  return use;
}

void put_environment(const std::vector<std::string>& of_image, RunRequest& request) {
  std::vector<std::string> env;
  for (const std::string& variable : of_image) {
    if (variable.find('=') != std::string::npos && !variable.starts_with('=')) env.push_back(variable);
  }
  auto& target = request.file_env;  // goes before --env
  target.insert(target.begin(), env.begin(), env.end());
}

void put_labels(const fields::StringMap& of_image, sandbox::Options& options) {
  std::vector<std::pair<std::string, std::string>> labels;
  for (const auto& [key, value] : of_image) {
    const bool given = std::any_of(options.labels.begin(), options.labels.end(),
                                   [&name = key](const auto& label) { return label.first == name; });
    if (!given) labels.emplace_back(key, value);
  }
  options.labels.insert(options.labels.begin(), labels.begin(), labels.end());
}

Status put_command(const image::RunConfig& config, RunRequest& request) {
  std::vector<std::string>& command = request.options.command;
  std::vector<std::string>& entrypoint = request.record.entrypoint;
  if (entrypoint.empty()) {
    entrypoint = config.entrypoint;
    if (command.empty()) command = config.cmd;
  }
  if (entrypoint.empty() && command.empty())
    return value_error("no command specified", "the image has none of its own: write one behind its name");
  return {};
}

// Those that something is mounted on already stay as the user has it.
Status put_volumes(const image::Set& volumes, RunRequest& request) {
  for (const auto& [path, nothing] : volumes) {
    const std::string target = COVE_TRY(parse_target(path).context("the image's volume"));
    const auto& mounts = request.options.mounts;
    const auto& uses = request.record.volumes;
    const auto same = [&](const auto& mount) { return mount.target == target; };
    if (std::any_of(mounts.begin(), mounts.end(), same) || std::any_of(uses.begin(), uses.end(), same))
      continue;
    engine::VolumeUse use;
    use.target = target;
    use.anonymous = true;
    request.record.volumes.push_back(std::move(use));
  }
  return {};
}

uint64_t milliseconds(int64_t nanoseconds, uint64_t otherwise) {
  return nanoseconds <= 0 ? otherwise
                          : std::max<uint64_t>(1, static_cast<uint64_t>(nanoseconds) / kNanosecondsInMs);
}

void put_health_check(const image::RunConfig& config, engine::HealthCheck& health) {
  if (!config.health_check || config.health_check->test.size() < 2 || !health.command.empty()) return;
  const image::HealthCheck& check = *config.health_check;
  const std::vector<std::string> rest(check.test.begin() + 1, check.test.end());
  if (check.test.front() == "CMD") {
    health.command = rest;
  } else if (check.test.front() == "CMD-SHELL") {
    health.command = config.shell.empty() ? std::vector<std::string>{"/bin/sh", "-c"} : config.shell;
    health.command.push_back(rest.front());
  } else {
    return;
  }
  health.interval_ms = milliseconds(check.interval, health.interval_ms);
  health.timeout_ms = milliseconds(check.timeout, health.timeout_ms);
  health.start_period_ms = milliseconds(check.start_period, health.start_period_ms);
  health.start_interval_ms = milliseconds(check.start_interval, health.start_interval_ms);
  if (check.retries != 0) health.retries = check.retries;
}

// What only a container that is kept has a use for.
Status put_container(const image::RunConfig& config, RunRequest& request) {
  engine::Record& record = request.record;
  if (record.stop_signal == 0 && !config.stop_signal.empty())
    record.stop_signal = COVE_TRY(parse_signal(config.stop_signal).context("the image's stop signal"));
  if (!record.stop_timeout_s) record.stop_timeout_s = config.stop_timeout;
  for (const auto& [port, nothing] : config.exposed_ports) record.ports.push_back(port);
  if (!request.no_healthcheck) put_health_check(config, record.health);
  return put_volumes(config.volumes, request);
}

}  // namespace

Status apply_image_config(const image::RunConfig& config, RunRequest& request) {
  sandbox::Options& options = request.options;
  COVE_TRY(put_command(config, request));
  put_environment(config.env, request);
  put_labels(config.labels, options);
  if (!options.user && !config.user.empty()) options.user = config.user;
  if (!options.workdir && !config.working_dir.empty())
    options.workdir =
        COVE_TRY(parse_inside_directory(config.working_dir).context("the image's working directory"));
  return wants_container(request) ? put_container(config, request) : Status();
}

Status take_image(const Invocation& invocation, RunRequest& request) {
  if (request.options.command.empty()) return {};
  const Kind kind = kind_of(invocation, request);
  if (kind == Kind::command) return {};
  const engine::Roots roots = COVE_TRY(roots_of(invocation));
  std::optional<engine::ImageUse> use = COVE_TRY(obtain(roots, request, kind));
  if (!use) return {};
  if (use->lowers.empty()) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("image {} has no files at all", request.options.command.front()));
  }
  request.record.image = request.options.command.front();
  request.record.image_id = use->image.id;
  request.options.command.erase(request.options.command.begin());
  request.options.rootfs = std::move(use->layers_directory);
  request.options.lowers = std::move(use->lowers);
  request.image_lock = std::move(use->lock);
  return apply_image_config(use->image.config, request);
}

}  // namespace cove::cli

// --health-*: the check that says whether a container is well.
#include <array>

#include "cli/numbers.h"
#include "cli/run_request.h"

namespace cove::cli {
namespace {

using engine::HealthCheck;

Status set_command(RunRequest& request, std::string_view value) {
  request.container_asked = true;
  // As Docker has it: a line for the container's shell.
  request.record.health.command = {"/bin/sh", "-c", std::string(value)};
  return {};
}

template <auto Member, auto Parse>
Status set_time(RunRequest& request, std::string_view value) {
  request.container_asked = true;
  request.record.health.*Member = COVE_TRY(Parse(value));
  return {};
}

Result<uint64_t> parse_period_ms(std::string_view text) {
  constexpr uint64_t kNanoseconds = 1'000'000;
  return COVE_TRY(parse_duration_ns(text)) / kNanoseconds;
}

Status set_retries(RunRequest& request, std::string_view value) {
  constexpr int64_t kMost = 1'000'000;
  request.container_asked = true;
  request.record.health.retries = static_cast<uint32_t>(COVE_TRY(parse_whole(value, 1, kMost)));
  return {};
}

Status set_none(RunRequest& request, std::string_view value) {
  request.no_healthcheck = value == "true";
  return {};
}

constexpr std::array kHealth{
    Option{.name = "health-cmd",
           .placeholder = "COMMAND",
           .help = "Run this line in the container's shell; it is well while the exit status is 0",
           .set = setter<&set_command>},
    Option{.name = "health-interval",
           .placeholder = "TIME",
           .help = "Time from one check to the next (default 30s)",
           .set = setter<&set_time<&HealthCheck::interval_ms, &parse_timeout_ms>>},
    Option{.name = "health-retries",
           .placeholder = "NUMBER",
           .help = "So many failures on end make it unhealthy (default 3)",
           .set = setter<&set_retries>},
    Option{.name = "health-start-interval",
           .placeholder = "TIME",
           .help = "Time from one check to the next during the start period (default 5s)",
           .set = setter<&set_time<&HealthCheck::start_interval_ms, &parse_timeout_ms>>},
    Option{.name = "health-start-period",
           .placeholder = "TIME",
           .help = "Time to get going, in which failures do not count (default 0s)",
           .set = setter<&set_time<&HealthCheck::start_period_ms, &parse_period_ms>>},
    Option{.name = "health-timeout",
           .placeholder = "TIME",
           .help = "A check that takes longer has failed (default 30s)",
           .set = setter<&set_time<&HealthCheck::timeout_ms, &parse_timeout_ms>>},
    Option{
        .name = "no-healthcheck", .help = "Run no check, whatever the image says", .set = setter<&set_none>},
};

}  // namespace

constinit const OptionGroup kHealthOptions{"Health check", kHealth};

}  // namespace cove::cli

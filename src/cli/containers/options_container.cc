// What makes a container of a sandbox: its life on record.
#include <array>

#include "cli/containers/session.h"
#include "cli/numbers.h"
#include "cli/run_request.h"
#include "cli/signal_name.h"
#include "logs/options.h"

namespace cove::cli {
namespace {

Status set_detach(RunRequest& request, std::string_view value) {
  request.detach = value == "true";
  return {};
}

Status set_sig_proxy(RunRequest& request, std::string_view value) {
  request.sig_proxy = value == "true";
  return {};
}

Status set_cidfile(RunRequest& request, std::string_view value) {
  request.container_asked = true;
  request.cidfile = COVE_TRY(request.caller.absolute_path(value));
  return {};
}

Status set_restart(RunRequest& request, std::string_view value) {
  request.container_asked = true;
  request.record.restart = COVE_TRY(engine::parse_restart(value));
  return {};
}

Status set_stop_signal(RunRequest& request, std::string_view value) {
  request.record.stop_signal = COVE_TRY(parse_signal(value));
  return {};
}

Status set_stop_timeout(RunRequest& request, std::string_view value) {
  constexpr int64_t kMost = 1'000'000;
  request.record.stop_timeout_s = static_cast<uint32_t>(COVE_TRY(parse_whole(value, 0, kMost)));
  return {};
}

Status set_keys(RunRequest& request, std::string_view value) {
  request.record.detach_keys = COVE_TRY(parse_detach_keys(value));
  return {};
}

Status set_log_driver(RunRequest& request, std::string_view value) {
  request.container_asked = true;
  request.record.logs.driver = value;
  return {};
}

Status add_log_option(RunRequest& request, std::string_view value) {
  request.container_asked = true;
  const size_t equals = value.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return value_error("not of the form KEY=VALUE", "as max-size=10m");
  std::string key(value.substr(0, equals));
  std::erase_if(request.record.logs.options, [&](const auto& option) { return option.first == key; });
  request.record.logs.options.emplace_back(std::move(key), std::string(value.substr(equals + 1)));
  return {};
}

Status set_entrypoint(RunRequest& request, std::string_view value) {
  request.record.entrypoint = {std::string(value)};
  return {};
}

constexpr std::array kContainer{
    Option{.name = "cidfile",
           .placeholder = "FILE",
           .help = "Write the container's id into this file, which must not exist yet",
           .set = setter<&set_cidfile>},
    Option{.name = "detach",
           .letter = 'd',
           .help = "Print the container's id, and leave it to itself",
           .set = setter<&set_detach>},
    Option{.name = "detach-keys",
           .placeholder = "KEYS",
           .help = "What is typed to detach from its terminal (default ctrl-p,ctrl-q)",
           .set = setter<&set_keys>},
    Option{.name = "entrypoint",
           .placeholder = "PROGRAM",
           .help = "Run this program, with COMMAND as its arguments",
           .set = setter<&set_entrypoint>},
    Option{.name = "log-driver",
           .placeholder = "local|json-file|journald|none",
           .help = "How the output is kept (default local)",
           .set = setter<&set_log_driver>},
    Option{.name = "log-opt",
           .placeholder = "KEY=VALUE",
           .help = "An option of the log driver, as max-size=10m",
           .use = Use::repeat,
           .set = setter<&add_log_option>},
    Option{.name = "restart",
           .placeholder = "no|on-failure[:N]|always|unless-stopped",
           .help = "When the container is started again after its end (default no)",
           .set = setter<&set_restart>},
    Option{.name = "sig-proxy",
           .help = "Pass signals on to the container while it is attached (default true)",
           .set = setter<&set_sig_proxy>},
    Option{.name = "stop-signal",
           .placeholder = "SIGNAL",
           .help = "What cove stop sends first (default TERM)",
           .set = setter<&set_stop_signal>},
    Option{.name = "stop-timeout",
           .placeholder = "SECONDS",
           .help = "How long cove stop waits before SIGKILL (default 10)",
           .set = setter<&set_stop_timeout>},
};

}  // namespace

constinit const OptionGroup kContainerOptions{"Container", kContainer};

}  // namespace cove::cli

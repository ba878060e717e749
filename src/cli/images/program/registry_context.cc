#include "cli/images/program/registry_context.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "cli/caller.h"
#include "registry/auth_file.h"
#include "sys/identity.h"

namespace cove::cli {

Result<registry::Access> find_access(const Invocation& invocation, const RegistryFlags& flags) {
  registry::Access access;
  access.variable = [environment = invocation.environment](std::string_view name) {
    return Caller(environment).variable(name);
  };
  access.places = registry::find_places(access.variable, sys::effective_uid() == 0);
  if (!flags.auth_file.empty()) {
    Caller caller(invocation.environment);
    access.places.auths = {COVE_TRY(caller.absolute_path(flags.auth_file))};
  }
  access.registries = COVE_TRY(registry::load_registries(access.places));
  access.tls_verify = flags.tls_verify;
  access.session.retry.attempts = flags.retries + 1;
  access.session.retry.first_delay_ms = flags.retry_delay_ms;
  access.session.stall_seconds = static_cast<unsigned>(flags.stall_ms / 1000);
  if (!flags.login.empty()) {
    const Halves halves = split_once(flags.login, ':');
    access.login = registry::Credentials{.user = std::string(halves.first),
                                         .secret = std::string(halves.second.value_or("")),
                                         .identity_token = {}};
  }
  return access;
}

void tell_retries(registry::Access& access, ProgressView& progress) {
  access.session.retrying = [&progress](const std::string& why, uint64_t delay_ms) {
    progress.say(fmt::format("{}; trying again in {}.{} s", why, delay_ms / 1000, delay_ms / 100 % 10));
  };
}

Result<std::string> login_host(std::string_view operand) {
  if (operand.empty()) return std::string(image::kDockerHub);
  std::string host = registry::host_of_key(operand);
  if (image::is_domain(host)) return host;
  return Error(ErrorCode::invalid_argument, fmt::format("{} names no registry", quote(operand)))
      .set_hint("write HOST or HOST:PORT");
}

}  // namespace cove::cli

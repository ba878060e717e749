// cove login, cove logout
#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstddef>

#include "base/log.h"
#include "base/strings.h"
#include "cli/containers/context.h"
#include "cli/images/program/commands.h"
#include "cli/images/program/registry_context.h"
#include "registry/distribution.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/stream.h"
#include "sys/tty.h"

namespace cove::cli {
namespace {

constexpr size_t kLongestSecret = size_t{64} << 10;

// Turns off the terminal's echo for its lifetime.
class NoEcho {
 public:
  NoEcho() : attributes_(sys::get_terminal_attributes(STDIN_FILENO)) {
    if (attributes_.ok()) set(attributes_->c_lflag & ~static_cast<tcflag_t>(ECHO));
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;
  ~NoEcho() {
    if (attributes_.ok()) set(attributes_->c_lflag);
  }

 private:
  void set(tcflag_t local) {
    struct termios changed = *attributes_;
    changed.c_lflag = local;
    // A terminal that has gone away shows nothing anyway.
    static_cast<void>(sys::set_terminal_attributes(STDIN_FILENO, TCSAFLUSH, changed));
  }

  Result<struct termios> attributes_;
};

// A line of the terminal, which gives no more than one at a time.
Result<std::string> ask(std::string_view question) {
  COVE_TRY(sys::write_all(STDERR_FILENO, question, "standard error"));
  std::string line;
  sys::Stream input = sys::Stream::borrow_for_reading(STDIN_FILENO);
  std::array<std::byte, 1> one{};
  while (line.size() < kLongestSecret && sys::wait_readable(STDIN_FILENO, -1)) {
    const sys::IoResult got = input.read_some(one);
    if (got.state == sys::IoState::would_block) continue;
    const char c = static_cast<char>(one[0]);
    if (got.state != sys::IoState::moved || c == '\n') break;
    line += c;
  }
  return line;
}

Result<registry::Credentials> ask_credentials(const LoginRequest& request, const std::string& host) {
  registry::Credentials login{.user = request.user, .secret = {}, .identity_token = {}};
  const bool terminal = sys::is_terminal(STDIN_FILENO);
  if (request.password_stdin) {
    if (request.password.has_value()) {
      return Error(ErrorCode::invalid_argument, "--password and --password-stdin are mutually exclusive");
    }
    if (request.user.empty())
      return Error(ErrorCode::invalid_argument, "Must provide --username with --password-stdin");
    login.secret = COVE_TRY(sys::read_all(STDIN_FILENO, "standard input", kLongestSecret));
    while (login.secret.ends_with('\n') || login.secret.ends_with('\r')) login.secret.pop_back();
    return login;
  }
  if (request.password.has_value()) {
    log_warning("a password on the command line is visible to others: use --password-stdin");
    login.secret = *request.password;
  }
  if ((login.user.empty() || login.secret.empty()) && !terminal) {
    return Error(ErrorCode::invalid_argument, "Cannot perform an interactive login from a non TTY device")
        .set_hint("give --username and --password-stdin");
  }
  if (login.user.empty()) login.user = COVE_TRY(ask(fmt::format("Username for {}: ", host)));
  if (login.secret.empty()) {
    const NoEcho quiet;
    login.secret = COVE_TRY(ask("Password: "));
    COVE_TRY(sys::write_all(STDERR_FILENO, "\n", "standard error"));
  }
  return login;
}

Status log_in(const LoginRequest& request, const std::string& host, registry::Access access) {
  const registry::Credentials login = COVE_TRY(ask_credentials(request, host));
  if (login.user.empty() || login.user.find(':') != std::string::npos || login.secret.empty()) {
    return Error(ErrorCode::invalid_argument, "a login has a user, whose name has no colon, and a password");
  }
  access.login = login;
  registry::Endpoint endpoint{.host = host, .repository = {}};
  for (const registry::Registry& known : access.registries.registries) {
    if (known.prefix == host) endpoint.insecure = known.insecure;
  }
  const registry::Connection connection = COVE_TRY(registry::Connection::prepare(access, endpoint));
  COVE_TRY(registry::check_login(*connection.open_session(nullptr)));
  const registry::Kept kept =
      COVE_TRY(registry::store_credentials(access.places, access.variable, host, login));
  if (!kept.in_helper) {
    log_warning(
        fmt::format("the password is kept, not encrypted, in {}; credential helpers do better", kept.where));
  }
  return print("Login Succeeded\n") == 0 ? Status()
                                         : Status(Error(ErrorCode::system, "write to standard output"));
}

}  // namespace

int login_command(const Invocation& invocation) {
  LoginRequest request;
  const Parsed parsed = parse_operands("login", invocation, &request, 0, 1);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto host = login_host(parsed.operands.empty() ? "" : parsed.operands.front());
  if (!host.ok()) return fail(host.error());
  auto access = find_access(invocation, request.registry);
  if (!access.ok()) return fail_container(access.error());
  const Status status = log_in(request, *host, *std::move(access));
  return status.ok() ? 0 : fail_container(status.error());
}

int logout_command(const Invocation& invocation) {
  LogoutRequest request;
  const Parsed parsed = parse_operands("logout", invocation, &request, 0, 1);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto host = login_host(parsed.operands.empty() ? "" : parsed.operands.front());
  if (!host.ok()) return fail(host.error());
  const auto access = find_access(invocation, request.registry);
  if (!access.ok()) return fail_container(access.error());
  const auto erased = registry::erase_credentials(access->places, access->variable, *host);
  if (!erased.ok()) return fail_container(erased.error());
  return print(*erased ? fmt::format("Removing login credentials for {}\n", *host)
                       : fmt::format("Not logged in to {}\n", *host));
}

}  // namespace cove::cli

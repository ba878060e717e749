#include "registry/credential_helper.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/json_writer.h"
#include "base/strings.h"
#include "fields/read_object.h"
#include "sys/program.h"

namespace cove::registry {
namespace {

constexpr uint64_t kTimeoutMs = 300'000;  // it may ask its user for a passphrase
constexpr size_t kOutputLimit = size_t{1} << 20;
constexpr std::string_view kTokenUser = "<token>";
constexpr std::array<std::string_view, 18> kPassed{"PATH",
                                                   "HOME",
                                                   "USER",
                                                   "LOGNAME",
                                                   "LANG",
                                                   "LC_ALL",
                                                   "TMPDIR",
                                                   "TERM",
                                                   "SHELL",
                                                   "XDG_RUNTIME_DIR",
                                                   "XDG_CONFIG_HOME",
                                                   "XDG_DATA_HOME",
                                                   "DISPLAY",
                                                   "XAUTHORITY",
                                                   "WAYLAND_DISPLAY",
                                                   "DBUS_SESSION_BUS_ADDRESS",
                                                   "GNUPGHOME",
                                                   "GPG_TTY"};
// The helpers of the large clouds are told by these who the user is.
constexpr std::array<std::string_view, 12> kClouds{"PASSWORD_STORE_DIR",
                                                   "AWS_PROFILE",
                                                   "AWS_REGION",
                                                   "AWS_DEFAULT_REGION",
                                                   "AWS_ACCESS_KEY_ID",
                                                   "AWS_SECRET_ACCESS_KEY",
                                                   "AWS_SESSION_TOKEN",
                                                   "AWS_CONFIG_FILE",
                                                   "AWS_SHARED_CREDENTIALS_FILE",
                                                   "GOOGLE_APPLICATION_CREDENTIALS",
                                                   "CLOUDSDK_CONFIG",
                                                   "AZURE_CONFIG_DIR"};

struct Answer {
  std::string user;
  std::string secret;
};

void describe(fields::FieldVisitor& v, Answer& answer) {
  v.field("Username", answer.user);
  v.field("Secret", answer.secret);
}

bool is_name(std::string_view name) noexcept {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '.';
  });
}

}  // namespace

Result<CredentialHelper> CredentialHelper::find(std::string_view name, const Variable& variable) {
  if (!is_name(name))
    return Error(ErrorCode::invalid_argument, fmt::format("credential helper {} is no name", quote(name)));
  CredentialHelper helper;
  const std::string program = fmt::format("docker-credential-{}", name);
  // What lies in the working directory is given no secrets.
  helper.path_ = sys::find_program(program, variable("PATH").value_or(""), sys::PathEntries::absolute).path;
  if (helper.path_.empty()) {
    return Error(ErrorCode::not_found,
                 fmt::format("credential helper {} is in no directory of PATH", program))
        .set_hint("install it, or take credsStore and credHelpers out of Docker's config.json");
  }
  helper.environment_.reserve(kPassed.size() + kClouds.size());
  const auto pass = [&](std::string_view key) {
    if (const auto value = variable(key); value.has_value())
      helper.environment_.push_back(fmt::format("{}={}", key, *value));
  };
  std::ranges::for_each(kPassed, pass);
  std::ranges::for_each(kClouds, pass);
  return helper;
}

Result<std::string> CredentialHelper::run(std::string_view verb, std::string input) const {
  sys::ProgramRequest request;
  request.path = path_;
  request.argv = {path_, std::string(verb)};
  request.env = environment_;
  request.input = std::move(input);
  request.drop_errors = true;
  const sys::SpawnedProgram program = COVE_TRY(sys::spawn_program(request));
  sys::ProgramOutcome outcome = COVE_TRY(sys::finish_program(program, kOutputLimit, kTimeoutMs));
  if (WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 0) return std::move(outcome.output);
  return Error(ErrorCode::permission, fmt::format("{} {}: {}", path_, verb, quote(trim(outcome.output))));
}

Result<std::optional<Credentials>> CredentialHelper::get(std::string_view key) const {
  const auto output = run("get", std::string(key));
  if (!output.ok()) {
    const bool absent = output.error().message().find("credentials not found") != std::string::npos;
    if (absent) return std::optional<Credentials>{};
    return output.error();
  }
  auto answer = fields::read_object<Answer>(*output);
  if (!answer.ok())
    return Error(ErrorCode::invalid_argument,
                 fmt::format("{} get: the answer is not of the form that it must have", path_));
  Credentials credentials;
  if (answer->user == kTokenUser) {
    credentials.identity_token = std::move(answer->secret);
  } else {
    credentials.user = std::move(answer->user);
    credentials.secret = std::move(answer->secret);
  }
  return std::optional(std::move(credentials));
}

Status CredentialHelper::store(std::string_view key, const Credentials& credentials) const {
  const bool token = !credentials.identity_token.empty();
  JsonWriter json(JsonWriter::Layout::compact);
  json.begin_object().member("ServerURL", key);
  json.member("Username", token ? kTokenUser : std::string_view(credentials.user));
  json.member("Secret", token ? credentials.identity_token : credentials.secret).end_object();
  COVE_TRY(run("store", std::move(json).text()));
  return {};
}

Status CredentialHelper::erase(std::string_view key) const {
  COVE_TRY(run("erase", std::string(key)));
  return {};
}

}  // namespace cove::registry

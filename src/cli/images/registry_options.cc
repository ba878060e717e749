// The options of the commands that speak with registries.
#include <array>

#include "base/strings.h"
#include "cli/images/registry_requests.h"
#include "cli/numbers.h"

namespace cove::cli {
namespace {

constexpr unsigned kMostParallel = 16;
constexpr unsigned kMostRetries = 100;
constexpr uint64_t kMostResults = 100;

template <typename Request>
Status set_tls_verify(Request& request, std::string_view value) {
  request.registry.tls_verify = value == "true";
  return {};
}

template <typename Request>
Status set_auth_file(Request& request, std::string_view value) {
  request.registry.auth_file = value;
  return {};
}

template <typename Request>
Status set_login(Request& request, std::string_view value) {
  if (split_once(value, ':').first.empty()) return value_error("has no user", "write USER:PASSWORD");
  request.registry.login = value;
  return {};
}

template <typename Request>
Status set_retries(Request& request, std::string_view value) {
  const auto number = parse_number<unsigned>(value);
  if (!number || *number > kMostRetries) return value_error("is no number up to 100", "0 tries once only");
  request.registry.retries = *number;
  return {};
}

template <typename Request>
Status set_retry_delay(Request& request, std::string_view value) {
  request.registry.retry_delay_ms = COVE_TRY(parse_timeout_ms(value));
  return {};
}

template <typename Request>
Status set_stall(Request& request, std::string_view value) {
  request.registry.stall_ms = COVE_TRY(parse_timeout_ms(value));
  if (request.registry.stall_ms < 1000) return value_error("is too short", "give one second or more");
  return {};
}

template <typename Request>
Status set_parallel(Request& request, std::string_view value) {
  const auto number = parse_number<unsigned>(value);
  if (!number || *number < 1 || *number > kMostParallel)
    return value_error("is no number from 1 to 16", "the default is 3");
  request.parallel = *number;
  return {};
}

Status set_platform(PullCommandRequest& request, std::string_view value) {
  request.platform = value;  // cove-images reads it
  return {};
}

Status set_user(LoginRequest& request, std::string_view value) {
  request.user = value;
  return {};
}

Status set_password(LoginRequest& request, std::string_view value) {
  request.password = value;
  return {};
}

Status set_limit(SearchRequest& request, std::string_view value) {
  const auto number = parse_number<uint64_t>(value);
  if (!number || *number < 1 || *number > kMostResults)
    return value_error("is no number from 1 to 100", "the default is 25");
  request.limit = *number;
  return {};
}

Status set_search_format(SearchRequest& request, std::string_view value) {
  request.list.format = value;
  return {};
}

Status set_no_trunc(SearchRequest& request, std::string_view value) {
  request.list.no_trunc = value == "true";
  return {};
}

Status add_filter(SearchRequest& request, std::string_view value) {
  request.filters.emplace_back(value);
  return {};
}

template <typename Request>
inline constexpr std::array kRegistry{
    Option{.name = "authfile",
           .placeholder = "FILE",
           .help = "Keep logins there (default $REGISTRY_AUTH_FILE, else $DOCKER_CONFIG/config.json or "
                   "~/.docker/config.json)",
           .set = setter<&set_auth_file<Request>>},
    Option{.name = "retry",
           .placeholder = "NUMBER",
           .help = "Try so many times again what fails in passing (default 5)",
           .set = setter<&set_retries<Request>>},
    Option{.name = "retry-delay",
           .placeholder = "DURATION",
           .help = "Wait so long before the first of these, and twice as long each time (default 500ms)",
           .set = setter<&set_retry_delay<Request>>},
    Option{.name = "stall-timeout",
           .placeholder = "DURATION",
           .help = "Take a connection for cut after so long without progress (default 30s)",
           .set = setter<&set_stall<Request>>},
    Option{.name = "tls-verify",
           .help = "Verify the registry's certificate; =false takes any, and plain HTTP too (default: as "
                   "registries.conf "
                   "says; a registry at a loopback address need have none)",
           .set = setter<&set_tls_verify<Request>>},
};

template <typename Request>
constexpr Option creds_option() {
  return {
      .name = "creds",
      .placeholder = "USER:PASSWORD",
      .help =
          "Log in as this for this command only. Others on this machine may see it while the command runs",
      .set = setter<&set_login<Request>>};
}

template <typename Request>
constexpr Option parallel_option() {
  return {.name = "parallel",
          .placeholder = "NUMBER",
          .help = "Move so many layers at once (default 3)",
          .set = setter<&set_parallel<Request>>};
}

constexpr std::array kPull{
    Option{.name = "all-tags",
           .letter = 'a',
           .help = "Pull all tags of the repository",
           .set = flag<&PullCommandRequest::all_tags>},
    creds_option<PullCommandRequest>(),
    Option{.name = "json",
           .help = "Print a line of JSON for each step, as Docker's API does",
           .set = flag<&PullCommandRequest::json>},
    parallel_option<PullCommandRequest>(),
    Option{.name = "platform",
           .placeholder = "OS/ARCH[/VARIANT]",
           .help = "Choose this from an image for several platforms (default: this machine's)",
           .set = setter<&set_platform>},
    Option{.name = "quiet",
           .letter = 'q',
           .help = "Print the image's name only",
           .set = flag<&PullCommandRequest::quiet>},
};

constexpr std::array kPush{
    Option{.name = "all-tags",
           .letter = 'a',
           .help = "Push all images of this name, whatever their tags",
           .set = flag<&PushCommandRequest::all_tags>},
    creds_option<PushCommandRequest>(),
    Option{.name = "json",
           .help = "Print a line of JSON for each step, as Docker's API does",
           .set = flag<&PushCommandRequest::json>},
    parallel_option<PushCommandRequest>(),
    Option{.name = "quiet",
           .letter = 'q',
           .help = "Print the image's name only",
           .set = flag<&PushCommandRequest::quiet>},
};

constexpr std::array kLogin{
    Option{.name = "password",
           .letter = 'p',
           .placeholder = "PASSWORD",
           .help = "With this password, which others on this machine may see while the command runs",
           .set = setter<&set_password>},
    Option{.name = "password-stdin",
           .help = "Read the password from standard input",
           .set = flag<&LoginRequest::password_stdin>},
    Option{.name = "username",
           .letter = 'u',
           .placeholder = "NAME",
           .help = "Log in as this user",
           .set = setter<&set_user>},
};

constexpr std::array kSearch{
    creds_option<SearchRequest>(),
    Option{.name = "filter",
           .letter = 'f',
           .placeholder = "CONDITION",
           .help = "Show these only: stars=NUMBER, is-official=true|false, is-automated=true|false",
           .use = Use::repeat,
           .set = setter<&add_filter>},
    Option{.name = "format",
           .placeholder = "FORMAT",
           .help = "Print by this template, as JSON lines (json) or a table of it (table TEMPLATE)",
           .set = setter<&set_search_format>},
    Option{.name = "limit",
           .placeholder = "NUMBER",
           .help = "Show at most so many results (default 25)",
           .set = setter<&set_limit>},
    Option{.name = "list-tags",
           .help = "Take TERM for a repository's name and show its tags",
           .set = flag<&SearchRequest::list_tags>},
    Option{.name = "no-trunc", .help = "Show descriptions whole", .set = setter<&set_no_trunc>},
};

}  // namespace

constinit const OptionGroup kPullOptions{"Pull", kPull};
constinit const OptionGroup kPushOptions{"Push", kPush};
constinit const OptionGroup kLoginOptions{"Login", kLogin};
constinit const OptionGroup kSearchOptions{"Search", kSearch};
constinit const OptionGroup kPullRegistryOptions{"Registry", kRegistry<PullCommandRequest>};
constinit const OptionGroup kPushRegistryOptions{"Registry", kRegistry<PushCommandRequest>};
constinit const OptionGroup kLoginRegistryOptions{"Registry", kRegistry<LoginRequest>};
constinit const OptionGroup kLogoutRegistryOptions{"Registry", kRegistry<LogoutRequest>};
constinit const OptionGroup kSearchRegistryOptions{"Registry", kRegistry<SearchRequest>};

}  // namespace cove::cli

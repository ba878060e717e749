#include "registry/session.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "base/strings.h"
#include "fields/read_object.h"
#include "sys/clock.h"
#include "sys/random.h"

namespace cove::registry {
namespace {

constexpr int kMostAnswers = 2;  // to 401 in one exchange: an old token's, and a new one's
constexpr uint64_t kSliceMs = 50;
constexpr std::string_view kDockerHubHost = "registry-1.docker.io";  // where docker.io's images are

bool may_pass(int status) noexcept {
  return status == 429 || status == 500 || status == 502 || status == 503 || status == 504 || status == 408;
}

struct Complaint {
  std::string code;
  std::string message;
};
struct Complaints {
  std::vector<Complaint> errors;
};

void describe(fields::FieldVisitor& v, Complaint& complaint) {
  v.field("code", complaint.code);
  v.field("message", complaint.message);
}
void describe(fields::FieldVisitor& v, Complaints& complaints) {
  v.field("errors", complaints.errors);
}

HttpSettings settings_for(const Endpoint& endpoint, Certificates certificates,
                          const SessionOptions& options) {
  HttpSettings settings;
  settings.certificates = std::move(certificates);
  settings.verify = !endpoint.insecure;
  settings.stall_seconds = options.stall_seconds;
  settings.cancelled = options.cancelled;
  return settings;
}

ErrorCode code_of(int status) noexcept {
  if (status == 401 || status == 403) return ErrorCode::permission;
  return status == 404 ? ErrorCode::not_found : ErrorCode::protocol;
}

}  // namespace

std::string repository_scope(std::string_view repository, std::string_view actions) {
  return fmt::format("repository:{}:{}", repository, actions);
}

std::string registry_complaint(std::string_view body) {
  const auto complaints = fields::read_object<Complaints>(body);
  if (!complaints.ok() || complaints->errors.empty()) return {};
  const Complaint& first = complaints->errors.front();
  const std::string text =
      first.message.empty() ? first.code : fmt::format("{}: {}", first.code, first.message);
  return text.empty() ? std::string{} : quote(text);
}

Session::Session(Endpoint endpoint, Certificates certificates, std::shared_ptr<Authority> authority,
                 SessionOptions options)
    : endpoint_(std::move(endpoint)),
      authority_(std::move(authority)),
      options_(std::move(options)),
      client_(settings_for(endpoint_, std::move(certificates), options_)),
      token_client_(settings_for(endpoint_, {}, options_)) {}

std::string Session::base_url() const {
  const std::string_view host =
      endpoint_.host == image::kDockerHub ? kDockerHubHost : std::string_view(endpoint_.host);
  return fmt::format("{}://{}", authority_->scheme() == Authority::Scheme::http ? "http" : "https", host);
}

// Finds out, once for all sessions, whether an insecure registry speaks TLS.
HttpOutcome Session::with_scheme(HttpRequest& request, const std::string& path) {
  const bool relative = path.starts_with('/');
  const bool unknown =
      authority_->scheme() == Authority::Scheme::unknown;  // another session may find out meanwhile
  request.url = relative ? base_url() + path : path;
  HttpOutcome outcome = client_.perform(request);
  const bool no_tls = outcome.fault == HttpFault::not_tls || outcome.fault == HttpFault::unreachable;
  if (relative && endpoint_.insecure && no_tls && unknown) {
    authority_->set_scheme(Authority::Scheme::http);
    request.url = base_url() + path;
    outcome = client_.perform(request);
    if (outcome.fault != HttpFault::none) authority_->set_scheme(Authority::Scheme::unknown);
  }
  if (outcome.fault == HttpFault::none) {
    if (authority_->scheme() == Authority::Scheme::unknown) authority_->set_scheme(Authority::Scheme::https);
    authority_->set_answered();
  }
  return outcome;
}

HttpOutcome Session::exchange(HttpRequest request, const std::string& scope) {
  const std::string path = request.url;
  // The token service's faults pass as the registry's do.
  const Exchanger ask = [this](const HttpRequest& token_request) -> Result<HttpResponse> {
    Backoff backoff(options_.retry);
    while (true) {
      HttpOutcome outcome = token_client_.perform(token_request);
      if (outcome.fault == HttpFault::none && !may_pass(outcome.response.status))
        return std::move(outcome.response);
      if (!wait_to_retry(backoff, outcome)) return error_of(outcome, "get a token");
    }
  };
  for (int answers = 0;; ++answers) {
    // What the registry names elsewhere (an upload's place, say) is not for its own credentials.
    const bool ours = path.starts_with('/') || same_origin(base_url(), path);
    request.authorization = ours ? authority_->header(scope) : std::string{};
    HttpOutcome outcome = with_scheme(request, path);
    if (outcome.fault != HttpFault::none || outcome.response.status != 401 || !ours) return outcome;
    std::vector<Challenge> challenges;
    for (const std::string_view header : outcome.response.headers.all("www-authenticate")) {
      for (Challenge& challenge : parse_challenges(header)) challenges.push_back(std::move(challenge));
    }
    const bool enough = answers == kMostAnswers;
    const bool plain = endpoint_.insecure && authority_->scheme() == Authority::Scheme::http;
    Status status = enough ? Status(error_of(outcome.response, "log in"))
                           : authority_->answer(challenges, scope, request.authorization, plain, ask);
    if (status.ok()) continue;
    outcome.fault = HttpFault::fatal;
    outcome.error = std::move(status).error();
    return outcome;
  }
}

bool Session::wait_to_retry(Backoff& backoff, const HttpOutcome& outcome) {
  std::optional<uint64_t> asked;
  std::string why;
  switch (outcome.fault) {
    case HttpFault::none:
      if (!may_pass(outcome.response.status)) return false;
      if (const auto header = outcome.response.headers.find("retry-after"); header.has_value()) {
        asked = parse_retry_after(*header, sys::real_time_seconds());
      }
      why = fmt::format("{} answered with status {}", endpoint_.host, outcome.response.status);
      break;
    case HttpFault::unreachable:
      // Who never answered is not waited for: the name or the port is wrong.
      if (!authority_->answered()) return false;
      [[fallthrough]];
    case HttpFault::transient:
      why = fmt::format("{}: {}", endpoint_.host, outcome.error.has_value() ? outcome.error->message() : "");
      break;
    case HttpFault::not_tls:
    case HttpFault::fatal:
      return false;
  }
  const auto random = sys::random_number();
  const auto delay = backoff.next(random.ok() ? *random : 0, asked);
  if (!delay.has_value()) return false;
  if (options_.retrying != nullptr) options_.retrying(why, *delay);
  for (uint64_t waited = 0; waited < *delay; waited += kSliceMs) {
    if (options_.cancelled != nullptr && options_.cancelled->load()) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(std::min(kSliceMs, *delay - waited)));
  }
  return true;
}

Result<HttpResponse> Session::send(HttpRequest request, const std::string& scope) {
  const std::string what = fmt::format("{} {}", request.method, request.url);
  Backoff backoff(options_.retry);
  while (true) {
    HttpOutcome outcome = exchange(request, scope);
    const int status = outcome.response.status;
    if (outcome.fault == HttpFault::none && !may_pass(status) && status != 401 && status != 403) {
      return std::move(outcome.response);
    }
    if (!wait_to_retry(backoff, outcome)) return error_of(outcome, what);
  }
}

Error Session::error_of(const HttpOutcome& outcome, std::string_view what) const {
  if (!outcome.error.has_value()) return error_of(outcome.response, what);
  Error error = *outcome.error;
  const std::string host = endpoint_.host + ":";
  if (!error.message().starts_with(host)) error.add_context(fmt::format("{}: {}", endpoint_.host, what));
  if (outcome.fault == HttpFault::not_tls && !endpoint_.insecure) {
    error.set_hint(
        fmt::format("if it speaks plain HTTP on purpose: --tls-verify=false, or insecure = true for {} in "
                    "registries.conf",
                    endpoint_.host));
  }
  return error;
}

Error Session::error_of(const HttpResponse& response, std::string_view what) const {
  const std::string complaint = registry_complaint(response.body);
  Error error(code_of(response.status),
              fmt::format("{}: {}: status {}{}{}", endpoint_.host, what, response.status,
                          complaint.empty() ? "" : ", ", complaint));
  if (response.status == 401 || response.status == 403)
    error.set_hint(fmt::format("cove login {}", endpoint_.host));
  if (response.status == 429) error.set_hint("the registry limits how much it serves: wait, or log in");
  return error;
}

}  // namespace cove::registry

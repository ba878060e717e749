#include "registry/authority.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "fields/read_object.h"
#include "registry/base64.h"
#include "sys/clock.h"

namespace cove::registry {
namespace {

constexpr size_t kLongestToken = size_t{32} << 10;
constexpr size_t kLongestAnswer = size_t{256} << 10;
constexpr int64_t kEarlier = 10;  // seconds before its end a token is not used any more
constexpr std::string_view kClient = "cove";

struct Answer {
  std::string token;
  std::string access_token;
  std::optional<uint64_t> expires_in;
};

void describe(fields::FieldVisitor& v, Answer& answer) {
  v.field("token", answer.token);
  v.field("access_token", answer.access_token);
  v.field("expires_in", answer.expires_in);
}

std::string basic_header(const Credentials& credentials) {
  return "Basic " + encode_base64(credentials.user + ":" + credentials.secret);
}

// What is asked for, as the query of a URL or a form has it: "scope=a&scope=b" for "a b".
std::string scopes(std::string_view scope) {
  std::string text;
  for (const std::string_view one : split(scope, ' ')) {
    if (!one.empty()) text.append("&scope=").append(escape_query(one));
  }
  return text;
}

}  // namespace

Result<TokenAnswer> parse_token_answer(std::string_view text) {
  auto answer = fields::read_object<Answer>(text);
  if (!answer.ok())
    return Error(ErrorCode::protocol, "the token service's answer is not of the form that it must have");
  TokenAnswer parsed;
  parsed.token = answer->token.empty() ? std::move(answer->access_token) : std::move(answer->token);
  parsed.expires_in = std::clamp<uint64_t>(answer->expires_in.value_or(60), 60, 86'400);
  const bool sound = !parsed.token.empty() && parsed.token.size() <= kLongestToken &&
                     std::ranges::all_of(parsed.token, [](char c) { return c > ' ' && c < '\x7f'; });
  if (!sound)
    return Error(ErrorCode::protocol, "the token service's answer has no token that fits into a header");
  return parsed;
}

std::string Authority::header(const std::string& scope) {
  const std::lock_guard lock(mutex_);
  if (!basic_.empty()) return basic_;
  const auto token = tokens_.find(scope);
  if (token == tokens_.end() || token->second.expires <= sys::real_time_seconds()) return {};
  return token->second.header;
}

Result<std::optional<Credentials>> Authority::credentials() {
  if (!asked_ && source_ != nullptr) credentials_ = COVE_TRY(source_());
  asked_ = true;
  return credentials_;
}

Error Authority::denied(std::string_view why, bool logged_in) const {
  Error error(ErrorCode::permission, fmt::format("{}: {}", host_, why));
  error.set_hint(logged_in ? fmt::format("the login for {0} may be out of date: cove login {0}", host_)
                           : fmt::format("cove login {}", host_));
  return error;
}

Result<Authority::Token> Authority::fetch_token(const Challenge& challenge, const std::string& scope,
                                                const Exchanger& exchange) {
  const std::optional<Credentials> who = COVE_TRY(credentials());
  HttpRequest request;
  request.body_limit = kLongestAnswer;
  HttpBody form;
  const std::string common = fmt::format("service={}{}", escape_query(challenge.service), scopes(scope));
  if (who.has_value() && !who->identity_token.empty()) {
    form = text_body(fmt::format("grant_type=refresh_token&client_id={}&refresh_token={}&{}", kClient,
                                 escape_query(who->identity_token), common));
    request.method = "POST";
    request.url = challenge.realm;
    request.body = &form;
    request.headers.emplace_back("Content-Type: application/x-www-form-urlencoded");
  } else {
    request.url = challenge.realm + (challenge.realm.find('?') == std::string::npos ? "?" : "&") + common;
    if (who.has_value()) {
      request.url += "&account=" + escape_query(who->user);
      request.authorization = basic_header(*who);
    }
  }
  const HttpResponse response = COVE_TRY(exchange(request).context("token service"));
  if (response.status == 401 || response.status == 403) {
    return denied(who.has_value() ? "the token service refused the login"
                                  : "the token service gives nothing without a login",
                  who.has_value());
  }
  if (response.status != 200) {
    return Error(ErrorCode::protocol,
                 fmt::format("{}: the token service answered with status {}", host_, response.status));
  }
  TokenAnswer answer = COVE_TRY(parse_token_answer(response.body).context(host_));
  return Token{.header = "Bearer " + answer.token,
               .expires = sys::real_time_seconds() + static_cast<int64_t>(answer.expires_in) - kEarlier};
}

Status Authority::answer(const std::vector<Challenge>& challenges, const std::string& scope,
                         const std::string& refused, bool plain_allowed, const Exchanger& exchange) {
  const std::lock_guard lock(mutex_);
  const auto token = tokens_.find(scope);
  if (token != tokens_.end() && token->second.header != refused &&
      token->second.expires > sys::real_time_seconds())
    return {};  // another thread was faster
  const auto bearer = std::ranges::find(challenges, "bearer", &Challenge::scheme);
  if (bearer != challenges.end()) {
    if (!bearer->realm.starts_with("https://") && !(plain_allowed && bearer->realm.starts_with("http://"))) {
      return Error(ErrorCode::protocol, fmt::format("{}: the token service {} is not reached by https", host_,
                                                    quote(bearer->realm)));
    }
    const std::string wanted = scope.empty() ? bearer->scope : scope;
    tokens_[scope] = COVE_TRY(fetch_token(*bearer, wanted, exchange));
    return {};
  }
  if (std::ranges::find(challenges, "basic", &Challenge::scheme) == challenges.end()) {
    return denied("the registry asks for a login of a kind that cove does not know", false);
  }
  const std::optional<Credentials> who = COVE_TRY(credentials());
  if (!who.has_value()) return denied("a login is needed", false);
  if (!basic_.empty() && basic_ == refused) return denied("the login was refused", true);
  basic_ = basic_header(*who);
  return {};
}

}  // namespace cove::registry

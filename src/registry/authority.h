// What is known of one registry's gate, shared by the connections to it: which scheme it speaks, who its user
// is, and the tokens that it gave. May be used from several threads at once. Source: the distribution's
// "Token Authentication Specification" and "Docker Registry v2 authentication using OAuth2".
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "registry/challenge.h"
#include "registry/credentials.h"
#include "registry/http.h"

namespace cove::registry {

using CredentialSource = std::function<Result<std::optional<Credentials>>()>;
// One exchange with retries, for token services.
using Exchanger = std::function<Result<HttpResponse>(const HttpRequest&)>;

class Authority {
 public:
  enum class Scheme : uint8_t { unknown, https, http };

  // `host` is for messages; `source` is asked once, when the registry first wants to know.
  Authority(std::string host, CredentialSource source) : host_(std::move(host)), source_(std::move(source)) {}

  [[nodiscard]] Scheme scheme() const noexcept { return scheme_.load(); }
  void set_scheme(Scheme scheme) noexcept { scheme_.store(scheme); }
  // Whether an answer ever came: then it is worth while to wait for the next.
  [[nodiscard]] bool answered() const noexcept { return answered_.load(); }
  void set_answered() noexcept { answered_.store(true); }

  // The Authorization header for `scope`, as far as it is known already; else empty.
  [[nodiscard]] std::string header(const std::string& scope);

  // Answers what a response with status 401 asks for: gets a token, or checks that there is a login. The
  // header that was refused is forgotten. `plain_allowed`: the token service may be without TLS.
  Status answer(const std::vector<Challenge>& challenges, const std::string& scope,
                const std::string& refused, bool plain_allowed, const Exchanger& exchange);

 private:
  struct Token {
    std::string header;
    int64_t expires = 0;  // seconds since 1970
  };

  Result<std::optional<Credentials>> credentials();
  Result<Token> fetch_token(const Challenge& challenge, const std::string& scope, const Exchanger& exchange);
  [[nodiscard]] Error denied(std::string_view why, bool logged_in) const;

  std::string host_;
  CredentialSource source_;
  std::atomic<Scheme> scheme_ = Scheme::unknown;
  std::atomic<bool> answered_ = false;
  std::mutex mutex_;  // over all below; held while a token is fetched, so that one is fetched for all
  bool asked_ = false;
  std::optional<Credentials> credentials_;
  std::string basic_;                    // of a registry that takes names and passwords itself
  std::map<std::string, Token> tokens_;  // by scope
};

// What a token service answers.
struct TokenAnswer {
  std::string token;
  uint64_t expires_in = 60;  // seconds
};
// ErrorCode::protocol: no token in it, or one that would not fit into a header.
Result<TokenAnswer> parse_token_answer(std::string_view text);

}  // namespace cove::registry

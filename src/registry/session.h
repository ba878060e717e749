// A connection to one registry: the gate passed, passing faults overcome. For one thread; the sessions of
// several threads share an Authority. Source: the OCI distribution specification.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "registry/authority.h"
#include "registry/backoff.h"
#include "registry/http.h"
#include "registry/registries.h"

namespace cove::registry {

struct SessionOptions {
  RetryPolicy retry;
  unsigned stall_seconds = 30;
  const std::atomic<bool>* cancelled = nullptr;  // true: give up; may be null
  // Hears why and for how long it waits before another attempt; called from the session's thread.
  std::function<void(const std::string& why, uint64_t delay_ms)> retrying;
};

// Asks for the actions ("pull", "pull,push") on a repository.
[[nodiscard]] std::string repository_scope(std::string_view repository, std::string_view actions);

class Session {
 public:
  // `certificates` are of endpoint.host.
  Session(Endpoint endpoint, Certificates certificates, std::shared_ptr<Authority> authority,
          SessionOptions options);

  [[nodiscard]] const Endpoint& endpoint() const noexcept { return endpoint_; }
  [[nodiscard]] const SessionOptions& options() const noexcept { return options_; }

  // `request.url` is a path from "/v2/" on, or a whole URL that this registry has named. Tried again as the
  // policy says when it fails in passing or the status says so (429, 500, 502, 503, 504). What is returned
  // may have any other status; 401 and 403 are errors.
  Result<HttpResponse> send(HttpRequest request, const std::string& scope);

  // The same, once. Statuses are not judged but 401 and 403.
  HttpOutcome exchange(HttpRequest request, const std::string& scope);

  // Waits before another attempt after `outcome`. False: it will not get better, or there were enough
  // attempts.
  bool wait_to_retry(Backoff& backoff, const HttpOutcome& outcome);

  // What `outcome` says, as an error that names the registry and what was wanted of it.
  [[nodiscard]] Error error_of(const HttpOutcome& outcome, std::string_view what) const;
  [[nodiscard]] Error error_of(const HttpResponse& response, std::string_view what) const;

 private:
  HttpOutcome with_scheme(HttpRequest& request, const std::string& path);
  [[nodiscard]] std::string base_url() const;

  Endpoint endpoint_;
  std::shared_ptr<Authority> authority_;
  SessionOptions options_;
  HttpClient client_;
  HttpClient token_client_;  // another host: without this one's certificate and trust
};

// "code: message" of a registry's JSON errors, quoted; empty if it is none.
[[nodiscard]] std::string registry_complaint(std::string_view body);

}  // namespace cove::registry

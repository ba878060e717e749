// One exchange after the other over HTTP, on libcurl; blocking. Sources: RFC 9110, RFC 9112, libcurl's
// manual.
//
// What comes from the other side is bounded: headers, bodies that are kept, redirects, and the time in which
// nothing comes. Credentials go to the host they are for, never to where it redirects.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "registry/certificates.h"

namespace cove::registry {

inline constexpr size_t kLargestHeaders = size_t{64} << 10;  // bytes of one response's header lines
inline constexpr size_t kMostRedirects = 8;
inline constexpr unsigned kSlowestRate = 256;  // bytes a second, over the stall time: less is a stall

struct HttpSettings {
  Certificates certificates;
  bool verify = true;  // the server's certificate, of the host that was asked for
  unsigned connect_seconds = 15;
  unsigned stall_seconds = 30;                   // so long at less than kSlowestRate ends an exchange
  const std::atomic<bool>* cancelled = nullptr;  // true ends an exchange; may be null
};

class HttpHeaders {
 public:
  void clear() { list_.clear(); }
  void add(std::string_view line);  // "Name: value"
  // The first of this name, written in lower case.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> list_;  // names in lower case
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  std::string body;  // unless a sink took it
  std::string url;   // where it came from, after redirects
};

// The bytes of a request, readable from anywhere, so that they can be sent again.
struct HttpBody {
  uint64_t size = 0;
  // Fills the front of `buffer` with what stands at `offset`; 0 only at the end.
  std::function<Result<size_t>(uint64_t offset, std::span<char> buffer)> read;
};
HttpBody text_body(std::string text);

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::string> headers;  // "Name: value"
  std::string authorization;         // for the first host only; may be empty
  const HttpBody* body = nullptr;
  size_t body_limit = size_t{4} << 20;  // of what is kept in HttpResponse::body; more is an error
  unsigned stall_seconds = 0;           // in place of the settings'; 0: theirs
  // Takes the body of a response with status 2xx; `started` hears of it before. May be empty.
  std::function<Status(const HttpResponse&)> started;
  std::function<Status(std::string_view)> sink;
};

enum class HttpFault : uint8_t {
  none,         // there is a response, whatever its status
  transient,    // cut off, stalled: may go well the next time
  unreachable,  // no such host, nobody listens
  not_tls,      // the server speaks something else
  fatal,        // anything else, and what a sink or a body refused
};

struct HttpOutcome {
  HttpFault fault = HttpFault::none;
  std::optional<Error> error;  // unless `fault` is none
  HttpResponse response;
};

// Keeps its connections from one exchange to the next. For one thread.
class HttpClient {
 public:
  explicit HttpClient(HttpSettings settings);
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  ~HttpClient();

  HttpOutcome perform(const HttpRequest& request);

 private:
  HttpOutcome perform_once(const HttpRequest& request, const std::string& url, bool first_host);

  HttpSettings settings_;
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

// `location` as a redirect from `base` means it; an error if it is no http(s) URL, or leaves https for http.
Result<std::string> resolve_url(const std::string& base, const std::string& location);
// Whether both have the same scheme, host and port.
[[nodiscard]] bool same_origin(const std::string& one, const std::string& other);
// As application/x-www-form-urlencoded, for a query.
[[nodiscard]] std::string escape_query(std::string_view text);

}  // namespace cove::registry

#include "registry/http.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/strings.h"

namespace cove::registry {
namespace {

constexpr long kBufferSize = 256L << 10;

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lowered;
}

// Once for the process, before the first handle.
bool start_library() {
  static const bool kStarted = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return kStarted;
}

bool is_redirect(int status) noexcept {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// What libcurl's callbacks share during one exchange.
struct Exchange {
  const HttpRequest& request;
  const HttpSettings& settings;
  HttpResponse response;
  size_t header_bytes = 0;
  uint64_t sent = 0;
  bool started = false;
  std::optional<Error> refused;

  [[nodiscard]] bool to_sink() const {
    return request.sink != nullptr && response.status >= 200 && response.status < 300;
  }
  size_t refuse(Error error) {
    refused = std::move(error);
    return 0;
  }
};

size_t on_header(char* data, size_t size, size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  const size_t bytes = size * count;
  const std::string_view line = trim({data, bytes});
  if (line.starts_with("HTTP/")) {  // a response, or the next one behind "100 Continue"
    exchange.response.headers.clear();
    exchange.header_bytes = 0;
    exchange.response.status = static_cast<int>(
        parse_number<unsigned>(line.substr(std::min(line.find(' ') + 1, line.size()), 3)).value_or(0));
  }
  exchange.header_bytes += bytes;
  if (exchange.header_bytes > kLargestHeaders) {
    return exchange.refuse(Error(ErrorCode::protocol, "the headers of the response are too long"));
  }
  exchange.response.headers.add(line);
  return bytes;
}

size_t on_body(char* data, size_t size, size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  const size_t bytes = size * count;
  if (exchange.to_sink()) {
    if (!exchange.started && exchange.request.started != nullptr) {
      if (Status status = exchange.request.started(exchange.response); !status.ok()) {
        return exchange.refuse(std::move(status).error());
      }
    }
    exchange.started = true;
    Status status = exchange.request.sink({data, bytes});
    return status.ok() ? bytes : exchange.refuse(std::move(status).error());
  }
  if (is_redirect(exchange.response.status)) return bytes;
  if (exchange.response.body.size() + bytes > exchange.request.body_limit) {
    return exchange.refuse(
        Error(ErrorCode::protocol, fmt::format("the response has more than the {} bytes that it may have",
                                               exchange.request.body_limit)));
  }
  exchange.response.body.append(data, bytes);
  return bytes;
}

size_t on_upload(char* data, size_t size, size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  const auto got = exchange.request.body->read(exchange.sent, {data, size * count});
  if (!got.ok()) {
    exchange.refused = got.error();
    return CURL_READFUNC_ABORT;
  }
  exchange.sent += *got;
  return *got;
}

int on_seek(void* context, curl_off_t offset, int origin) {
  if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_FAIL;
  static_cast<Exchange*>(context)->sent = static_cast<uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}

int on_progress(void* context, curl_off_t /*total*/, curl_off_t /*now*/, curl_off_t /*up_total*/,
                curl_off_t /*up_now*/) {
  const auto& exchange = *static_cast<const Exchange*>(context);
  return exchange.settings.cancelled != nullptr && exchange.settings.cancelled->load() ? 1 : 0;
}

HttpFault fault_of(CURLcode code) noexcept {
  switch (code) {
    case CURLE_OK:
      return HttpFault::none;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return HttpFault::unreachable;
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return HttpFault::transient;
    case CURLE_SSL_CONNECT_ERROR:
      return HttpFault::not_tls;
    default:
      return HttpFault::fatal;
  }
}

std::string lower_first(std::string text) {
  if (!text.empty()) text[0] = lower(text.substr(0, 1))[0];
  while (text.ends_with('.') || text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

struct HttpClient::Handle {
  CURL* curl = nullptr;
  std::string error = std::string(CURL_ERROR_SIZE, '\0');
};

void HttpHeaders::add(std::string_view line) {
  const Halves halves = split_once(line, ':');
  if (halves.second.has_value()) list_.emplace_back(lower(trim(halves.first)), trim(*halves.second));
}

std::optional<std::string_view> HttpHeaders::find(std::string_view name) const {
  const auto found =
      std::ranges::find(list_, name, [](const auto& header) -> std::string_view { return header.first; });
  if (found == list_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string_view> HttpHeaders::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : list_) {
    if (key == name) values.push_back(value);
  }
  return values;
}

HttpBody text_body(std::string text) {
  HttpBody body;
  body.size = text.size();
  body.read = [content = std::move(text)](uint64_t offset, std::span<char> buffer) -> Result<size_t> {
    const size_t bytes =
        std::min<uint64_t>(content.size() - std::min<uint64_t>(offset, content.size()), buffer.size());
    std::memcpy(buffer.data(), content.data() + offset, bytes);
    return bytes;
  };
  return body;
}

HttpClient::HttpClient(HttpSettings settings)
    : settings_(std::move(settings)), handle_(std::make_unique<Handle>()) {
  if (start_library()) handle_->curl = curl_easy_init();
}

HttpClient::~HttpClient() {
  curl_easy_cleanup(handle_->curl);
}

namespace {

void set_limits(CURL* curl, const HttpRequest& request, const HttpSettings& settings) {
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(settings.connect_seconds));
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(kSlowestRate));
  const unsigned stall = request.stall_seconds != 0 ? request.stall_seconds : settings.stall_seconds;
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(stall));
  curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, kBufferSize);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "cove/" COVE_VERSION);
}

// The client's certificate and a certificate taken on trust are for the first host.
void set_tls(CURL* curl, const HttpSettings& settings, bool first_host) {
  const bool verify = settings.verify || !first_host;
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
  const Certificates& own = settings.certificates;
  if (!own.authorities.empty()) {
    // The machine's authorities stay in force by way of their directory.
    curl_blob blob{const_cast<char*>(own.authorities.data()), own.authorities.size(), CURL_BLOB_COPY};
    curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &blob);
  }
  if (!own.client_certificate.empty() && first_host) {
    curl_easy_setopt(curl, CURLOPT_SSLCERT, own.client_certificate.c_str());
    curl_easy_setopt(curl, CURLOPT_SSLKEY, own.client_key.c_str());
  }
}

void set_method(CURL* curl, const HttpRequest& request, Exchange& exchange) {
  if (request.body != nullptr) {
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body->size));
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &on_upload);
    curl_easy_setopt(curl, CURLOPT_READDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, &on_seek);
    curl_easy_setopt(curl, CURLOPT_SEEKDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, kBufferSize);
  } else if (request.method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET") {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "");
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, 0L);
  }
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void set_callbacks(CURL* curl, Exchange& exchange) {
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &on_progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &exchange);
}

curl_slist* header_list(const HttpRequest& request, bool first_host) {
  curl_slist* list = nullptr;
  for (const std::string& header : request.headers) list = curl_slist_append(list, header.c_str());
  if (first_host && !request.authorization.empty()) {
    list = curl_slist_append(list, ("Authorization: " + request.authorization).c_str());
  }
  // Without a body of ours there is no type to speak of.
  if (request.body == nullptr && request.method != "GET" && request.method != "HEAD") {
    list = curl_slist_append(list, "Content-Type:");
  }
  return list;
}

Error transfer_error(CURLcode code, const std::string& detail, const HttpRequest& request,
                     const HttpSettings& settings) {
  if (code == CURLE_OPERATION_TIMEDOUT && detail.starts_with("Operation too slow")) {
    const unsigned stall = request.stall_seconds != 0 ? request.stall_seconds : settings.stall_seconds;
    return Error(ErrorCode::system,
                 fmt::format("stalled: less than {} bytes a second for {} seconds", kSlowestRate, stall));
  }
  const std::string text = lower_first(detail.empty() ? curl_easy_strerror(code) : detail);
  if (code == CURLE_ABORTED_BY_CALLBACK)
    return Error(ErrorCode::system, "given up, since another part failed");
  Error error(ErrorCode::system, text);
  if (code == CURLE_PEER_FAILED_VERIFICATION) {
    error.set_code(ErrorCode::permission);
    error.set_hint("put the authority's certificate into /etc/containers/certs.d/HOST[:PORT]/ca.crt");
  }
  return error;
}

}  // namespace

HttpOutcome HttpClient::perform_once(const HttpRequest& request, const std::string& url, bool first_host) {
  HttpOutcome outcome;
  CURL* curl = handle_->curl;
  if (curl == nullptr) {
    outcome.fault = HttpFault::fatal;
    outcome.error = Error(ErrorCode::internal, "libcurl cannot be started");
    return outcome;
  }
  Exchange exchange{.request = request, .settings = settings_};
  curl_easy_reset(curl);
  handle_->error[0] = '\0';
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, handle_->error.data());
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  set_limits(curl, request, settings_);
  set_tls(curl, settings_, first_host);
  set_callbacks(curl, exchange);
  set_method(curl, request, exchange);
  curl_slist* headers = header_list(request, first_host);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  const CURLcode code = curl_easy_perform(curl);
  curl_slist_free_all(headers);
  outcome.response = std::move(exchange.response);
  outcome.response.url = url;
  if (exchange.refused.has_value()) {
    outcome.fault = HttpFault::fatal;
    outcome.error = *std::move(exchange.refused);
  } else if (code != CURLE_OK) {
    outcome.fault = fault_of(code);
    outcome.error =
        transfer_error(code, handle_->error.substr(0, handle_->error.find('\0')), request, settings_);
  } else if (exchange.to_sink() && !exchange.started && request.started != nullptr) {  // an empty body
    if (Status status = request.started(outcome.response); !status.ok()) {
      outcome.fault = HttpFault::fatal;
      outcome.error = std::move(status).error();
    }
  }
  return outcome;
}

HttpOutcome HttpClient::perform(const HttpRequest& request) {
  std::string url = request.url;
  bool first_host = true;
  for (size_t redirects = 0;; ++redirects) {
    HttpOutcome outcome = perform_once(request, url, first_host);
    const int status = outcome.response.status;
    if (outcome.fault != HttpFault::none || !is_redirect(status)) return outcome;
    const bool reads = request.method == "GET" || request.method == "HEAD";
    const auto location = outcome.response.headers.find("location");
    if (!location.has_value() || (!reads && status != 307 && status != 308)) return outcome;
    auto next = resolve_url(url, std::string(*location));
    if (redirects == kMostRedirects || !next.ok()) {
      outcome.fault = HttpFault::fatal;
      outcome.error = next.ok()
                          ? Error(ErrorCode::protocol, fmt::format("more than {} redirects", kMostRedirects))
                          : std::move(next).error();
      return outcome;
    }
    // Once away from the host that the credentials are for, they stay behind for good.
    first_host = first_host && same_origin(url, *next);
    url = *std::move(next);
  }
}

}  // namespace cove::registry

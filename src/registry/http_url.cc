#include <curl/curl.h>
#include <fmt/format.h>

#include <array>

#include "base/strings.h"
#include "registry/http.h"

namespace cove::registry {
namespace {

class Url {
 public:
  explicit Url(const std::string& text) : handle_(curl_url()) { sound_ = set(text); }
  Url(const Url&) = delete;
  Url& operator=(const Url&) = delete;
  ~Url() { curl_url_cleanup(handle_); }

  // Relative to what is there already.
  bool set(const std::string& text) {
    sound_ = handle_ != nullptr && curl_url_set(handle_, CURLUPART_URL, text.c_str(), 0) == CURLUE_OK;
    return sound_;
  }
  [[nodiscard]] bool sound() const noexcept { return sound_; }
  [[nodiscard]] std::string part(CURLUPart which, unsigned flags = 0) const {
    char* text = nullptr;
    if (curl_url_get(handle_, which, &text, flags) != CURLUE_OK || text == nullptr) return {};
    std::string copy(text);
    curl_free(text);
    return copy;
  }

 private:
  CURLU* handle_;
  bool sound_ = false;
};

}  // namespace

Result<std::string> resolve_url(const std::string& base, const std::string& location) {
  Url url(base);
  const std::string from = url.part(CURLUPART_SCHEME);
  if (!url.sound() || !url.set(location)) {
    return Error(ErrorCode::protocol, fmt::format("redirect to {}: this is no URL", quote(location)));
  }
  const std::string scheme = url.part(CURLUPART_SCHEME);
  if (scheme != "https" && scheme != "http") {
    return Error(ErrorCode::protocol,
                 fmt::format("redirect to {}: only https and http are followed", quote(location)));
  }
  if (from == "https" && scheme == "http") {
    return Error(ErrorCode::protocol,
                 fmt::format("redirect to {}: it leaves https for plain http", quote(location)));
  }
  return url.part(CURLUPART_URL);
}

bool same_origin(const std::string& one, const std::string& other) {
  const Url first(one);
  const Url second(other);
  if (!first.sound() || !second.sound()) return false;
  constexpr std::array kParts{CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT};
  for (const CURLUPart part : kParts) {
    if (first.part(part, CURLU_DEFAULT_PORT) != second.part(part, CURLU_DEFAULT_PORT)) return false;
  }
  return true;
}

std::string escape_query(std::string_view text) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string escaped;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      escaped += c;
    } else {
      escaped += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return escaped;
}

}  // namespace cove::registry

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "registry/distribution.h"

namespace cove::registry {
namespace {

// Up to here a blob goes in one request; a bigger one can be gone on with after a cut.
constexpr uint64_t kMonolithic = uint64_t{4} << 20;
constexpr unsigned kCommitStall = 600;  // seconds: registries read a blob again before they say it is there

class Upload {
 public:
  Upload(Session& session, const image::Descriptor& blob, const HttpBody& body,
         const std::function<void(uint64_t)>& progress)
      : session_(session),
        blob_(blob),
        body_(body),
        progress_(progress),
        scope_(repository_scope(session.endpoint().repository, "pull,push")) {}

  Result<Pushed> run(const std::string& from) {
    if (COVE_TRY(has_blob(session_, blob_.digest))) return Pushed::present;
    if (COVE_TRY(start(from))) return Pushed::mounted;
    Backoff backoff(session_.options().retry);
    while (true) {
      HttpOutcome outcome = blob_.size <= kMonolithic ? send_rest(true) : send_in_two();
      const int status = outcome.response.status;
      if (outcome.fault == HttpFault::none && status == 201) return Pushed::uploaded;
      // 404 and 416: the registry has lost the upload, or counts otherwise.
      const bool lost = outcome.fault == HttpFault::none && (status == 404 || status == 416);
      if (lost) {
        outcome.fault = HttpFault::transient;
        outcome.error = session_.error_of(outcome.response, "upload");
      }
      if (!session_.wait_to_retry(backoff, outcome))
        return session_.error_of(outcome, fmt::format("upload {}", blob_.digest));
      const uint64_t before = offset_;
      COVE_TRY(find_place(lost));
      if (offset_ > before) backoff.progress();
    }
  }

 private:
  // True: the registry took the blob over from the repository `from`.
  Result<bool> start(const std::string& from) {
    HttpRequest request;
    request.method = "POST";
    request.url = fmt::format("/v2/{}/blobs/uploads/", session_.endpoint().repository);
    std::string scope = scope_;
    if (!from.empty()) {
      request.url += fmt::format("?mount={}&from={}", escape_query(blob_.digest), escape_query(from));
      scope += " " + repository_scope(from, "pull");
    }
    auto response = session_.send(request, scope);
    if (!response.ok() && !from.empty()) {  // no right to the other repository: without it then
      request.url = fmt::format("/v2/{}/blobs/uploads/", session_.endpoint().repository);
      response = session_.send(request, scope_);
    }
    if (!response.ok()) return std::move(response).error();
    if (response->status == 201) return true;
    if (response->status != 202) return session_.error_of(*response, "begin an upload");
    offset_ = 0;
    COVE_TRY(follow(*response));
    return false;
  }

  // Each answer names the place of the next request.
  Status follow(const HttpResponse& response) {
    const auto location = response.headers.find("location");
    if (!location.has_value())
      return Error(ErrorCode::protocol, fmt::format("{}: the upload has no place", session_.endpoint().host));
    place_ = COVE_TRY(resolve_url(response.url, std::string(*location)));
    return {};
  }

  // After a cut: where the registry stands; or a new upload.
  Status find_place(bool lost) {
    if (!lost && blob_.size > kMonolithic) {
      HttpRequest request;
      request.url = place_;
      const auto response = session_.send(std::move(request), scope_);
      const std::string_view range =
          response.ok() ? response->headers.find("range").value_or("") : std::string_view{};
      const auto last = parse_number<uint64_t>(split_once(range, '-').second.value_or(""));
      if (response.ok() && response->status == 204 && last.has_value() && *last < blob_.size) {
        offset_ = *last == 0 ? 0 : *last + 1;  // "0-0" is how an empty upload is told
        if (response->headers.find("location").has_value()) return follow(*response);
        return {};
      }
    }
    COVE_TRY(start({}));
    return {};
  }

  // The rest of the blob in one request: PUT ends the upload, PATCH does not.
  HttpOutcome send_rest(bool last) {
    HttpBody rest;
    rest.size = blob_.size - offset_;
    const uint64_t offset = offset_;
    rest.read = [this, offset](uint64_t at, std::span<char> buffer) -> Result<size_t> {
      auto got = body_.read(offset + at, buffer);
      if (got.ok() && progress_ != nullptr) progress_(offset + at + *got);
      return got;
    };
    HttpRequest request;
    request.method = last ? "PUT" : "PATCH";
    request.url = last ? final_place() : place_;
    request.headers.emplace_back("Content-Type: application/octet-stream");
    if (!last && offset_ > 0)
      request.headers.push_back(fmt::format("Content-Range: {}-{}", offset_, blob_.size - 1));
    request.body = &rest;
    request.stall_seconds = kCommitStall;
    return session_.exchange(std::move(request), scope_);
  }

  HttpOutcome send_in_two() {
    if (offset_ < blob_.size) {
      HttpOutcome outcome = send_rest(false);
      if (outcome.fault != HttpFault::none || outcome.response.status != 202) return outcome;
      offset_ = blob_.size;
      if (Status status = follow(outcome.response); !status.ok()) {
        outcome.fault = HttpFault::fatal;
        outcome.error = std::move(status).error();
        return outcome;
      }
    }
    const HttpBody nothing = text_body({});
    HttpRequest request;
    request.method = "PUT";
    request.url = final_place();
    request.body = &nothing;
    request.stall_seconds = kCommitStall;
    return session_.exchange(std::move(request), scope_);
  }

  [[nodiscard]] std::string final_place() const {
    return fmt::format("{}{}digest={}", place_, place_.find('?') == std::string::npos ? "?" : "&",
                       escape_query(blob_.digest));
  }

  Session& session_;
  const image::Descriptor& blob_;
  const HttpBody& body_;
  const std::function<void(uint64_t)>& progress_;
  std::string scope_;
  std::string place_;
  uint64_t offset_ = 0;
};

}  // namespace

Result<Pushed> push_blob(Session& session, const image::Descriptor& blob, const HttpBody& body,
                         const std::string& from, const std::function<void(uint64_t)>& progress) {
  return Upload(session, blob, body, progress).run(from);
}

}  // namespace cove::registry

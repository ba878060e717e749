#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "codec/sha256.h"
#include "registry/distribution.h"

namespace cove::registry {
namespace {

std::string blob_url(const Session& session, std::string_view digest) {
  return fmt::format("/v2/{}/blobs/{}", session.endpoint().repository, digest);
}

std::string pull_scope(const Session& session) {
  return repository_scope(session.endpoint().repository, "pull");
}

// Where the bytes of a response with status 206 begin: "bytes 100-199/200".
std::optional<uint64_t> range_begin(const HttpResponse& response) {
  constexpr std::string_view kUnit = "bytes ";
  const std::string_view header = response.headers.find("content-range").value_or("");
  if (!header.starts_with(kUnit)) return std::nullopt;
  return parse_number<uint64_t>(split_once(header.substr(kUnit.size()), '-').first);
}

// One blob on its way: what has passed, over all attempts.
class Download {
 public:
  Download(const image::Descriptor& blob, uint64_t offset,
           const std::function<Status(std::string_view)>& sink)
      : blob_(blob), offset_(offset), sink_(sink) {}

  [[nodiscard]] uint64_t offset() const noexcept { return offset_; }
  [[nodiscard]] bool complete() const noexcept { return offset_ == blob_.size; }

  Status begin(const HttpResponse& response) {
    skip_ = 0;
    if (response.status == 206) {
      const auto begin = range_begin(response);
      if (begin.value_or(offset_ + 1) > offset_)
        return Error(ErrorCode::protocol, "the registry sent another part than was asked for");
      skip_ = offset_ - *begin;
    } else {
      skip_ = offset_;  // from the start, though only a part was asked for
    }
    return {};
  }

  Status take(std::string_view bytes) {
    const size_t known = std::min<uint64_t>(skip_, bytes.size());
    skip_ -= known;
    bytes.remove_prefix(known);
    if (bytes.size() > blob_.size - offset_) {
      return Error(ErrorCode::protocol,
                   fmt::format("has more than the {} bytes that its manifest says", blob_.size));
    }
    if (bytes.empty()) return {};
    COVE_TRY(sink_(bytes));
    offset_ += bytes.size();  // only now: what could not be kept has not come
    return {};
  }

 private:
  const image::Descriptor& blob_;
  uint64_t offset_;
  uint64_t skip_ = 0;
  const std::function<Status(std::string_view)>& sink_;
};

// So much in one attempt counts as progress: less, and a registry could keep one busy for ever.
constexpr uint64_t kProgress = uint64_t{256} << 10;

}  // namespace

Status get_blob(Session& session, const image::Descriptor& blob, uint64_t offset,
                const std::function<Status(std::string_view)>& sink) {
  const std::string what = fmt::format("blob {}", blob.digest);
  Download download(blob, offset, sink);
  Backoff backoff(session.options().retry);
  while (!download.complete()) {
    const uint64_t before = download.offset();
    HttpRequest request;
    request.url = blob_url(session, blob.digest);
    if (before > 0) request.headers.push_back(fmt::format("Range: bytes={}-", before));
    request.started = [&download](const HttpResponse& response) { return download.begin(response); };
    request.sink = [&download](std::string_view bytes) { return download.take(bytes); };
    HttpOutcome outcome = session.exchange(std::move(request), pull_scope(session));
    if (download.complete()) return {};
    const int status = outcome.response.status;
    if (outcome.fault == HttpFault::none && (status == 200 || status == 206)) {
      // Fewer bytes than there are, in a response that was whole: as good as cut off.
      outcome.fault = HttpFault::transient;
      outcome.error =
          Error(ErrorCode::protocol, fmt::format("ended after {} of {} bytes", download.offset(), blob.size));
    }
    if (download.offset() - before >= kProgress) backoff.progress();
    if (!session.wait_to_retry(backoff, outcome)) return session.error_of(outcome, what);
  }
  return {};
}

Result<std::string> get_blob_text(Session& session, const image::Descriptor& blob) {
  if (blob.size > image::kLargestDocument) {
    return Error(ErrorCode::protocol,
                 fmt::format("blob {} has {} bytes: too many for what it is", blob.digest, blob.size));
  }
  std::string text;
  const auto keep = [&text](std::string_view bytes) -> Status {
    text += bytes;
    return {};
  };
  COVE_TRY(get_blob(session, blob, 0, keep));
  const std::string digest = "sha256:" + codec::sha256_hex(text);
  if (digest != blob.digest) {
    return Error(ErrorCode::protocol,
                 fmt::format("{}: blob {} has digest {}", session.endpoint().host, blob.digest, digest));
  }
  return text;
}

Result<bool> has_blob(Session& session, const std::string& digest) {
  HttpRequest request;
  request.method = "HEAD";
  request.url = blob_url(session, digest);
  const HttpResponse response = COVE_TRY(
      session.send(std::move(request), repository_scope(session.endpoint().repository, "pull,push")));
  return response.status == 200;
}

}  // namespace cove::registry

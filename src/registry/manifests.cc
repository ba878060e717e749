#include <fmt/format.h>

#include <array>

#include "base/strings.h"
#include "codec/sha256.h"
#include "registry/distribution.h"

namespace cove::registry {
namespace {

constexpr std::array kAccepted{image::kOciIndex, image::kDockerList, image::kOciManifest,
                               image::kDockerManifest};
constexpr std::string_view kSchema1 = "application/vnd.docker.distribution.manifest.v1";

HttpRequest manifest_request(const Session& session, const std::string& name, std::string method) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = fmt::format("/v2/{}/manifests/{}", session.endpoint().repository, name);
  request.headers.push_back(fmt::format("Accept: {}", fmt::join(kAccepted, ", ")));
  request.body_limit = image::kLargestDocument;
  return request;
}

std::string pull_scope(const Session& session) {
  return repository_scope(session.endpoint().repository, "pull");
}

std::string digest_of(std::string_view bytes) {
  return "sha256:" + codec::sha256_hex(bytes);
}

Error bad(const Session& session, const std::string& name, std::string_view why) {
  return Error(ErrorCode::protocol, fmt::format("{}/{}: manifest {}: {}", session.endpoint().host,
                                                session.endpoint().repository, name, why));
}

Error missing(const Session& session, const std::string& name, const HttpResponse& response) {
  return session.error_of(response, fmt::format("manifest {} of {}", name, session.endpoint().repository));
}

// The type that the document itself gives counts; the header's is for documents without one.
Result<std::string> type_of(const Session& session, const std::string& name, const HttpResponse& response) {
  const std::string_view header = split_once(response.headers.find("content-type").value_or(""), ';').first;
  if (header.starts_with(kSchema1))
    return bad(session, name, "it is of Docker's schema 1, which is no longer in use");
  std::string type = image::media_type_of(response.body);
  if (type.empty() && (image::is_index_type(header) || image::is_manifest_type(header))) type = header;
  if (!image::is_index_type(type) && !image::is_manifest_type(type)) {
    return bad(session, name,
               fmt::format("its type {} is none of an image",
                           quote(type.empty() ? header : std::string_view(type))));
  }
  const bool contradicts = (image::is_index_type(header) && !image::is_index_type(type)) ||
                           (image::is_manifest_type(header) && !image::is_manifest_type(type));
  if (contradicts)
    return bad(session, name, fmt::format("sent as {}, but it is {}", quote(header), quote(type)));
  return type;
}

}  // namespace

Result<RemoteManifest> get_manifest(Session& session, const std::string& tag_or_digest) {
  HttpResponse response =
      COVE_TRY(session.send(manifest_request(session, tag_or_digest, "GET"), pull_scope(session)));
  if (response.status != 200) return missing(session, tag_or_digest, response);
  RemoteManifest manifest;
  manifest.digest = digest_of(response.body);
  const std::string announced(response.headers.find("docker-content-digest").value_or(manifest.digest));
  const std::string& wanted = image::is_digest(tag_or_digest) ? tag_or_digest : announced;
  if (image::is_digest(wanted) && wanted != manifest.digest) {
    return bad(session, tag_or_digest,
               fmt::format("should have digest {}, but has {}", wanted, manifest.digest));
  }
  manifest.media_type = COVE_TRY(type_of(session, tag_or_digest, response));
  manifest.bytes = std::move(response.body);
  return manifest;
}

Result<std::string> head_manifest(Session& session, const std::string& tag_or_digest) {
  const HttpResponse response =
      COVE_TRY(session.send(manifest_request(session, tag_or_digest, "HEAD"), pull_scope(session)));
  if (response.status == 404) return std::string{};
  if (response.status != 200) return missing(session, tag_or_digest, response);
  const std::string digest(response.headers.find("docker-content-digest").value_or(""));
  return image::is_digest(digest) ? digest : std::string{};
}

Result<std::string> put_manifest(Session& session, const std::string& tag_or_digest,
                                 const std::string& media_type, const std::string& bytes) {
  const HttpBody body = text_body(bytes);
  HttpRequest request;
  request.method = "PUT";
  request.url = fmt::format("/v2/{}/manifests/{}", session.endpoint().repository, tag_or_digest);
  request.headers.push_back(fmt::format("Content-Type: {}", media_type));
  request.body = &body;
  const HttpResponse response = COVE_TRY(
      session.send(std::move(request), repository_scope(session.endpoint().repository, "pull,push")));
  if (response.status != 201 && response.status != 200 && response.status != 202) {
    return missing(session, tag_or_digest, response);
  }
  const std::string digest = digest_of(bytes);
  const std::string announced(response.headers.find("docker-content-digest").value_or(digest));
  if (image::is_digest(announced) && announced != digest) {
    return bad(session, tag_or_digest,
               fmt::format("the registry keeps it as {}, not as {}", announced, digest));
  }
  return digest;
}

}  // namespace cove::registry

#include <fmt/format.h>

#include "base/strings.h"
#include "fields/read_object.h"
#include "registry/distribution.h"

namespace cove::registry {

void describe(fields::FieldVisitor& v, SearchResult& result) {
  v.field("name", result.name);
  v.field("description", result.description);
  std::optional<uint64_t> stars;
  v.field("star_count", stars);
  result.stars = stars.value_or(0);
  v.field("is_official", result.official);
  v.field("is_automated", result.automated);
}

namespace {

constexpr size_t kMostPages = 1000;
constexpr size_t kPage = 1000;
constexpr size_t kMostNames = 100'000;

struct Tags {
  std::optional<json::Value> tags;  // null in an empty repository
};
struct Catalogue {
  std::vector<std::string> repositories;
};
struct Results {
  std::vector<SearchResult> results;
};

void describe(fields::FieldVisitor& v, Tags& tags) {
  v.raw("tags", tags.tags);
}
void describe(fields::FieldVisitor& v, Catalogue& catalogue) {
  v.field("repositories", catalogue.repositories);
}
void describe(fields::FieldVisitor& v, Results& results) {
  v.field("results", results.results);
}

// The next page of a list: Link: </v2/_catalog?last=x&n=100>; rel="next". Empty: there is none.
Result<std::string> next_page(const HttpResponse& response) {
  const std::string_view link = response.headers.find("link").value_or("");
  const size_t end = link.find('>');
  if (!link.starts_with('<') || end == std::string_view::npos ||
      link.find("next", end) == std::string_view::npos) {
    return std::string{};
  }
  return resolve_url(response.url, std::string(link.substr(1, end - 1)));
}

// Calls `page` with the body of each page; it says whether to go on.
template <typename Page>
Status read_pages(Session& session, std::string url, const std::string& scope, std::string_view what,
                  Page page) {
  for (size_t pages = 0; !url.empty() && pages < kMostPages; ++pages) {
    HttpRequest request;
    request.url = std::move(url);
    const HttpResponse response = COVE_TRY(session.send(std::move(request), scope));
    if (response.status != 200) return session.error_of(response, what);
    if (!COVE_TRY(page(response.body))) return {};
    url = COVE_TRY(next_page(response));
  }
  return {};
}

Error odd(const Session& session, std::string_view what) {
  return Error(ErrorCode::protocol, fmt::format("{}: {}: the answer is not of the form that it must have",
                                                session.endpoint().host, what));
}

}  // namespace

Result<std::vector<std::string>> list_tags(Session& session) {
  const std::string& repository = session.endpoint().repository;
  const std::string what = fmt::format("tags of {}", repository);
  std::vector<std::string> tags;
  const auto page = [&](const std::string& body) -> Result<bool> {
    const auto answer = fields::read_object<Tags>(body);
    if (!answer.ok()) return odd(session, what);
    const json::Array* list =
        answer->tags.has_value() ? std::get_if<json::Array>(&answer->tags->data) : nullptr;
    if (list == nullptr) return false;
    for (const json::Value& tag : *list) {
      const auto* text = std::get_if<std::string>(&tag.data);
      if (text == nullptr || !image::is_tag(*text) || tags.size() == kMostNames) return odd(session, what);
      tags.push_back(*text);
    }
    return true;
  };
  COVE_TRY(read_pages(session, fmt::format("/v2/{}/tags/list?n={}", repository, kPage),
                      repository_scope(repository, "pull"), what, page));
  return tags;
}

Result<std::vector<std::string>> list_repositories(Session& session, std::string_view part, size_t limit) {
  std::vector<std::string> names;
  const auto page = [&](const std::string& body) -> Result<bool> {
    const auto answer = fields::read_object<Catalogue>(body);
    if (!answer.ok()) return odd(session, "catalogue");
    for (const std::string& name : answer->repositories) {
      if (names.size() == limit) return false;
      if (name.find(part) != std::string::npos && image::is_repository_path(name)) names.push_back(name);
    }
    return true;
  };
  COVE_TRY(
      read_pages(session, fmt::format("/v2/_catalog?n={}", kPage), "registry:catalog:*", "catalogue", page));
  return names;
}

Result<std::vector<SearchResult>> search(Session& session, const std::string& term, size_t limit) {
  HttpRequest request;
  request.url = fmt::format("/v1/search?q={}&n={}", escape_query(term), limit);
  // Docker's registry has its search elsewhere.
  if (session.endpoint().host == image::kDockerHub) request.url.insert(0, "https://index.docker.io");
  const HttpResponse response = COVE_TRY(session.send(std::move(request), {}));
  if (response.status == 200) {
    auto answer = fields::read_object<Results>(response.body);
    if (!answer.ok()) return odd(session, "search");
    if (answer->results.size() > limit) answer->results.resize(limit);
    return std::move(answer->results);
  }
  if (response.status != 404 && response.status != 405 && response.status != 410)
    return session.error_of(response, "search");
  std::vector<SearchResult> results;
  for (std::string& name : COVE_TRY(list_repositories(session, term, limit))) {
    results.push_back({.name = std::move(name)});
  }
  return results;
}

Status check_login(Session& session) {
  HttpRequest request;
  request.url = "/v2/";
  const HttpResponse response = COVE_TRY(session.send(std::move(request), {}));
  if (response.status == 200) return {};
  return session.error_of(response, "log in");
}

}  // namespace cove::registry

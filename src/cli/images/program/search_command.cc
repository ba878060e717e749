// cove search
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "cli/containers/context.h"
#include "cli/containers/view_options.h"
#include "cli/format/filter.h"
#include "cli/images/program/commands.h"
#include "cli/images/program/registry_context.h"
#include "registry/distribution.h"

namespace cove::cli {
namespace {

using format::Field;
using format::FilterKey;

constexpr size_t kLongestDescription = 45;  // as docker cuts it

constexpr std::array kFields{
    Field{.name = "Description", .header = "DESCRIPTION", .flexible = true},
    Field{.name = "IsAutomated", .header = "AUTOMATED"},
    Field{.name = "IsOfficial", .header = "OFFICIAL"},
    Field{.name = "Name", .header = "NAME"},
    Field{.name = "StarCount", .header = "STARS"},
    Field{.name = "Tag", .header = "TAG"},
};
constexpr format::ListSpec kResults{.table = "{{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}",
                                    .quiet = "{{.Name}}",
                                    .fields = kFields};
constexpr format::ListSpec kTags{.table = "{{.Name}}\t{{.Tag}}", .quiet = "{{.Tag}}", .fields = kFields};
constexpr std::array kKeys{FilterKey{.name = "is-automated", .kind = FilterKey::Kind::truth},
                           FilterKey{.name = "is-official", .kind = FilterKey::Kind::truth},
                           FilterKey{.name = "stars", .kind = FilterKey::Kind::number}};

// Where to look, and for what: "quay.io/term", or the registries that short names are looked for in.
struct Query {
  std::vector<std::string> hosts;
  std::string term;
};

Result<Query> read_query(std::string_view operand, const registry::Registries& registries) {
  Query query{.hosts = registries.search, .term = std::string(operand)};
  const Halves halves = split_once(operand, '/');
  const bool host = halves.first == "localhost" || halves.first.find_first_of(".:") != std::string_view::npos;
  if (halves.second.has_value() && host && image::is_domain(halves.first)) {
    query.hosts = {std::string(halves.first)};
    query.term = *halves.second;
  }
  if (!query.hosts.empty()) return query;
  return Error(ErrorCode::not_found, "no registry is configured for short names")
      .set_hint(fmt::format("say which, as {}/{}, or name registries in unqualified-search-registries of "
                            "/etc/containers/registries.conf",
                            image::kDockerHub, query.term));
}

Result<registry::Connection> connect(const registry::Access& access, const std::string& host,
                                     const std::string& repository) {
  // "x" stands for any repository: what counts is what registries.conf says of the host.
  const std::string path = repository.empty() ? "x" : repository;
  registry::Endpoint endpoint = COVE_TRY(registry::push_endpoint(
      access.registries, image::at_domain({.domain = {}, .path = path, .tag = {}, .digest = {}}, host)));
  return registry::Connection::prepare(access, std::move(endpoint));
}

format::Value row_of(const registry::SearchResult& result, const std::string& host, bool whole) {
  std::string description = result.description;
  std::ranges::replace(description, '\n', ' ');
  if (!whole && description.size() > kLongestDescription) {
    size_t end = kLongestDescription - 3;
    while (end > 0 && (static_cast<unsigned char>(description[end]) & 0xC0U) == 0x80U)
      --end;  // not within a letter
    description = description.substr(0, end) + "...";
  }
  const std::string name = host == image::kDockerHub ? result.name : host + "/" + result.name;
  return format::Value::record({{"Description", description},
                                {"IsAutomated", result.automated ? "[OK]" : ""},
                                {"IsOfficial", result.official ? "[OK]" : ""},
                                {"Name", name},
                                {"StarCount", fmt::format("{}", result.stars)},
                                {"Tag", ""}});
}

Result<std::vector<format::Value>> find_results(const registry::Access& access, const SearchRequest& request,
                                                const Query& query) {
  const auto filters = COVE_TRY(format::Filters::parse(request.filters, kKeys, 0).context("--filter"));
  uint64_t least_stars = 0;
  for (const std::string_view value : filters.values("stars")) {
    least_stars = std::max(least_stars, parse_number<uint64_t>(value).value_or(0));
  }
  std::vector<format::Value> rows;
  for (const std::string& host : query.hosts) {
    const registry::Connection connection = COVE_TRY(connect(access, host, {}));
    for (const registry::SearchResult& result :
         COVE_TRY(registry::search(*connection.open_session(nullptr), query.term, request.limit))) {
      if (result.stars < least_stars || !filters.matches_truth("is-official", result.official) ||
          !filters.matches_truth("is-automated", result.automated)) {
        continue;
      }
      rows.push_back(row_of(result, host, request.list.no_trunc));
    }
  }
  return rows;
}

Result<std::vector<format::Value>> find_tags(const registry::Access& access, const Query& query) {
  std::vector<format::Value> rows;
  for (const std::string& host : query.hosts) {
    const registry::Connection connection = COVE_TRY(connect(access, host, query.term));
    const std::string name = fmt::format("{}/{}", host, query.term);
    for (const std::string& tag : COVE_TRY(registry::list_tags(*connection.open_session(nullptr)))) {
      rows.push_back(format::Value::record({{"Description", ""},
                                            {"IsAutomated", ""},
                                            {"IsOfficial", ""},
                                            {"Name", name},
                                            {"StarCount", ""},
                                            {"Tag", tag}}));
    }
  }
  return rows;
}

Status show(const Invocation& invocation, const SearchRequest& request, std::string_view operand) {
  const registry::Access access = COVE_TRY(find_access(invocation, request.registry));
  const Query query = COVE_TRY(read_query(operand, access.registries));
  const format::ListSpec& spec = request.list_tags ? kTags : kResults;
  const auto list = COVE_TRY(format::ListFormat::parse(spec, request.list).context("--format"));
  const auto rows = request.list_tags ? find_tags(access, query) : find_results(access, request, query);
  if (!rows.ok()) return rows.error();
  const std::string text = COVE_TRY(list.print(*rows, screen_of(invocation)));
  return print(text) == 0 ? Status() : Status(Error(ErrorCode::system, "write to standard output"));
}

}  // namespace

int search_command(const Invocation& invocation) {
  SearchRequest request;
  const Parsed parsed = parse_operands("search", invocation, &request, 1, 1);
  if (parsed.exit_status) return *parsed.exit_status;
  const Status status = show(invocation, request, parsed.operands.front());
  return status.ok() ? 0 : fail_container(status.error());
}

}  // namespace cove::cli

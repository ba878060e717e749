#include "registry/short_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"

namespace cove::registry {
namespace {

image::Reference with_suffixes_of(image::Reference full, const image::Reference& given) {
  full.tag = given.tag;
  full.digest = given.digest;
  return full;
}

std::string listed(const std::vector<image::Reference>& names) {
  std::string text;
  for (const image::Reference& name : names) {
    if (!text.empty()) text += ", ";
    text += image::print_reference(name);
  }
  return text;
}

}  // namespace

Result<ShortName> resolve_short_name(const Registries& registries, const image::Reference& reference) {
  ShortName meaning;
  if (!reference.domain.empty()) {
    meaning.candidates.push_back(reference);
    return meaning;
  }
  const auto alias =
      std::ranges::find(registries.aliases, reference.path, [](const auto& pair) { return pair.first; });
  if (alias != registries.aliases.end()) {
    auto full = image::parse_reference(alias->second);
    if (!full.ok()) return std::move(full).context("alias of " + quote(alias->first)).error();
    meaning.alias = true;
    meaning.candidates.push_back(with_suffixes_of(*std::move(full), reference));
    return meaning;
  }
  meaning.candidates.reserve(registries.search.size());
  for (const std::string& domain : registries.search) {
    meaning.candidates.push_back(image::at_domain(reference, domain));
  }
  const std::string name = quote(image::print_reference(reference));
  if (meaning.candidates.empty()) {
    Error error(ErrorCode::not_found,
                fmt::format("short name {}: no registry is configured for short names", name));
    error.set_hint(
        fmt::format("write the full name, as {}, or name registries in unqualified-search-registries of "
                    "/etc/containers/registries.conf",
                    image::print_reference(image::at_domain(reference, image::kDockerHub))));
    return error;
  }
  if (meaning.candidates.size() > 1 && registries.mode == ShortNameMode::enforcing) {
    Error error(ErrorCode::invalid_argument,
                fmt::format("short name {} may come from several registries", name));
    error.set_hint("write one of " + listed(meaning.candidates));
    return error;
  }
  return meaning;
}

}  // namespace cove::registry

#include "registry/registries.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/strings.h"

namespace cove::registry {
namespace {

constexpr std::string_view kWildcard = "*.";

// How many bytes of DOMAIN/PATH the prefix covers; nothing if it is none of this name.
std::optional<size_t> covered(std::string_view prefix, const image::Reference& reference) {
  if (prefix.starts_with(kWildcard)) {
    const std::string_view suffix = prefix.substr(1);
    const std::string_view host = split_once(reference.domain, ':').first;
    return host.size() > suffix.size() && host.ends_with(suffix) ? std::optional(reference.domain.size())
                                                                 : std::nullopt;
  }
  const std::string name = image::print_repository(reference);
  if (!name.starts_with(prefix)) return std::nullopt;
  return name.size() == prefix.size() || name[prefix.size()] == '/' ? std::optional(prefix.size())
                                                                    : std::nullopt;
}

Result<Endpoint> endpoint_at(std::string_view location, std::string_view rest, bool insecure) {
  while (location.ends_with('/')) location.remove_suffix(1);
  const std::string whole = std::string(location).append(rest);
  const Halves halves = split_once(whole, '/');
  if (!image::is_domain(halves.first) || !image::is_repository_path(halves.second.value_or(""))) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("{} of registries.conf makes {}, which names no repository", quote(location),
                             quote(whole)));
  }
  return Endpoint{
      .host = std::string(halves.first), .repository = std::string(*halves.second), .insecure = insecure};
}

bool serves(const Mirror& mirror, const image::Reference& reference) noexcept {
  switch (mirror.use) {
    case MirrorUse::digest_only:
      return !reference.digest.empty();
    case MirrorUse::tag_only:
      return reference.digest.empty();
    case MirrorUse::all:
      break;
  }
  return true;
}

}  // namespace

const Registry* find_registry(const Registries& registries, const image::Reference& reference) {
  const Registry* best = nullptr;
  for (const Registry& registry : registries.registries) {
    if (!covered(registry.prefix, reference).has_value()) continue;
    // A name without a wildcard says more than any with one.
    const auto weight = [](const Registry& r) {
      return std::pair(!r.prefix.starts_with(kWildcard), r.prefix.size());
    };
    if (best == nullptr || weight(registry) > weight(*best)) best = &registry;
  }
  return best;
}

Result<Endpoint> push_endpoint(const Registries& registries, const image::Reference& reference) {
  if (reference.domain.empty()) {
    return Error(ErrorCode::invalid_argument,
                 fmt::format("{} names no registry", quote(image::print_reference(reference))))
        .set_hint("write HOST/NAME");
  }
  const Registry* registry = find_registry(registries, reference);
  if (registry == nullptr) return Endpoint{.host = reference.domain, .repository = reference.path};
  if (registry->blocked) {
    return Error(ErrorCode::permission, fmt::format("registries.conf blocks {}", quote(registry->prefix)));
  }
  const std::string name = image::print_repository(reference);
  const size_t prefix = *covered(registry->prefix, reference);
  const std::string_view location =
      registry->location.empty() ? std::string_view(name).substr(0, prefix) : registry->location;
  return endpoint_at(location, std::string_view(name).substr(prefix), registry->insecure);
}

Result<std::vector<Endpoint>> pull_endpoints(const Registries& registries,
                                             const image::Reference& reference) {
  Endpoint own = COVE_TRY(push_endpoint(registries, reference));
  std::vector<Endpoint> endpoints;
  if (const Registry* registry = find_registry(registries, reference); registry != nullptr) {
    endpoints.reserve(registry->mirrors.size() + 1);
    const std::string name = image::print_repository(reference);
    for (const Mirror& mirror : registry->mirrors) {
      if (!serves(mirror, reference)) continue;
      const std::string_view rest = std::string_view(name).substr(*covered(registry->prefix, reference));
      endpoints.push_back(COVE_TRY(endpoint_at(mirror.location, rest, mirror.insecure)));
      endpoints.back().mirror = true;
    }
  }
  endpoints.push_back(std::move(own));
  return endpoints;
}

bool is_loopback(std::string_view host) noexcept {
  const size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos)
    host = host.substr(0, colon);
  if (host == "localhost" || host == "[::1]") return true;
  size_t parts = 0;
  for (const std::string_view part : split(host, '.')) {
    if (!parse_number<uint8_t>(part).has_value()) return false;
    ++parts;
  }
  return parts == 4 && host.starts_with("127.");
}

}  // namespace cove::registry

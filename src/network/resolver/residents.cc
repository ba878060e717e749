#include "network/resolver/residents.h"

#include <sys/socket.h>

#include <algorithm>
#include <optional>

#include "network/names.h"

namespace cove::network {
namespace {

using Scope = std::vector<const NamedNetwork*>;

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// "db.back" on the network back.
std::string_view without_domain(std::string_view name, std::string_view domain) {
  if (name.size() <= domain.size() + 1 || !name.ends_with(domain)) return {};
  name.remove_suffix(domain.size());
  if (name.back() != '.') return {};
  return name.substr(0, name.size() - 1);
}

const Place* place_on(const Resident& resident, const NamedNetwork& network) {
  const auto found = std::find_if(resident.places.begin(), resident.places.end(),
                                  [&](const Place& place) { return place.network == &network; });
  return found == resident.places.end() ? nullptr : &*found;
}

// All that go by the name on one network; nothing: nobody does.
std::optional<std::vector<IpAddress>> find_on(const std::vector<std::unique_ptr<Resident>>& residents,
                                              const NamedNetwork& network, std::string_view name,
                                              dns::Type type) {
  std::optional<std::vector<IpAddress>> found;
  for (const auto& resident : residents) {
    const Place* place = place_on(*resident, network);
    if (place == nullptr || (!has(resident->names, name) && !has(place->aliases, name))) continue;
    if (!found) found.emplace();
    for (const IpAddress& address : {place->ipv4, place->ipv6}) {
      const dns::Type own = address.family == AF_INET6 ? dns::Type::aaaa : dns::Type::a;
      if (address.given() && (type == own || type == dns::Type::any)) found->push_back(address);
    }
  }
  return found;
}

// The first network on which somebody has the name, whole or in front of the network's.
std::optional<std::vector<IpAddress>> find_in(const std::vector<std::unique_ptr<Resident>>& residents,
                                              const Scope& scope, std::string_view name, dns::Type type) {
  for (const NamedNetwork* network : scope) {
    if (auto found = find_on(residents, *network, name, type)) return found;
  }
  for (const NamedNetwork* network : scope) {
    const std::string_view rest = without_domain(name, network->name);
    if (rest.empty()) continue;
    if (auto found = find_on(residents, *network, rest, type)) return found;
  }
  return std::nullopt;
}

}  // namespace

std::string in_small_letters(std::string_view text) {
  std::string small(text);
  for (char& c : small) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return small;
}

void Residents::set(Resident resident) {
  Resident* known = find(resident.owner);
  if (known == nullptr) known = residents_.emplace_back(std::make_unique<Resident>()).get();
  *known = std::move(resident);
}

void Residents::erase(std::string_view owner) {
  std::erase_if(residents_, [&](const auto& resident) { return resident->owner == owner; });
}

Resident* Residents::find(std::string_view owner) noexcept {
  for (const auto& resident : residents_) {
    if (resident->owner == owner) return resident.get();
  }
  return nullptr;
}

Resident* Residents::numbered(uint64_t number) noexcept {
  for (const auto& resident : residents_) {
    if (resident->number == number) return resident.get();
  }
  return nullptr;
}

bool Residents::any_listed() const noexcept {
  return std::any_of(residents_.begin(), residents_.end(),
                     [](const auto& resident) { return resident->egress.has_names(); });
}

std::vector<std::string> Residents::owners() const {
  std::vector<std::string> owners;
  for (const auto& resident : residents_) owners.push_back(resident->owner);
  return owners;
}

bool Residents::anybody_on(const NamedNetwork& network) const noexcept {
  return std::any_of(residents_.begin(), residents_.end(),
                     [&](const auto& resident) { return place_on(*resident, network) != nullptr; });
}

Resident* Residents::at(const NamedNetwork& network, const IpAddress& address) const noexcept {
  for (const auto& resident : residents_) {
    const Place* place = place_on(*resident, network);
    if (place != nullptr && (place->ipv4 == address || place->ipv6 == address)) return resident.get();
  }
  return nullptr;
}

Finding Residents::look_up(const Resident* asker, const NamedNetwork& network,
                           const dns::Query& query) const {
  const bool leads_out = asker == nullptr ? !network.internal : asker->leads_out;
  Finding finding;
  finding.kind = leads_out ? Finding::Kind::outside : Finding::Kind::nobody;
  const bool ours = query.klass == dns::kInternet || query.klass == static_cast<uint16_t>(dns::Type::any);
  if (!ours || !query.plain || query.name.empty()) return finding;
  Scope scope{&network};
  if (asker != nullptr) {
    scope.clear();
    for (const Place& place : asker->places) scope.push_back(place.network);
  }

  const auto take = [&](std::optional<std::vector<IpAddress>> found) {
    if (!found) return;
    finding.kind = Finding::Kind::here;
    finding.addresses = *std::move(found);
  };
  if (query.name == kNameDomain) {
    finding.kind = Finding::Kind::here;
    return finding;
  }
  if (const std::string_view rest = without_domain(query.name, kNameDomain); !rest.empty()) {
    finding.kind = Finding::Kind::nobody;
    take(find_in(residents_, scope, rest, query.type));
    return finding;
  }
  if (const auto bytes = dns::reverse_address(query.name)) {
    const IpAddress address = address_of(*bytes);
    for (const NamedNetwork* each : scope) {
      const bool inside = std::any_of(each->subnets.begin(), each->subnets.end(),
                                      [&](const Subnet& subnet) { return subnet.contains(address); });
      if (!inside) continue;
      const Resident* resident = at(*each, address);
      finding.kind = resident == nullptr ? Finding::Kind::nobody : Finding::Kind::here;
      if (resident != nullptr && (query.type == dns::Type::ptr || query.type == dns::Type::any))
        finding.pointer = resident->names.front() + '.' + each->name;
      return finding;
    }
    return finding;
  }
  take(find_in(residents_, scope, query.name, query.type));
  return finding;
}

}  // namespace cove::network

// How a registry says who may come in: the WWW-Authenticate header. Pure; the header comes from the network.
// Sources: RFC 9110, section 11; the distribution's "Token Authentication Specification".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cove::registry {

inline constexpr size_t kMostChallenges = 16;  // of one header; what follows is left out

struct Challenge {
  std::string scheme;  // lower case: "bearer", "basic"
  std::string realm;   // of bearer: the URL of the token service
  std::string service;
  std::string scope;  // "repository:debian:pull"; may be empty
  std::string error;  // "insufficient_scope"; may be empty

  bool operator==(const Challenge&) const = default;
};

// The challenges of one header, in their order. It ends at what cannot be read: of what stands before nothing
// is lost.
[[nodiscard]] std::vector<Challenge> parse_challenges(std::string_view header);

}  // namespace cove::registry

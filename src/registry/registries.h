// What registries.conf says: where images of which names come from, and what short names mean. Sources:
// containers-registries.conf(5), version 2, and containers-registries.conf.d(5).
//
// Read are unqualified-search-registries, short-name-mode, [[registry]] (prefix, location, insecure, blocked,
// mirror-by-digest-only), [[registry.mirror]] (location, insecure, pull-from-mirror) and [aliases]; other
// keys count for nothing. Files of version 1 are refused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "image/reference.h"

namespace cove::registry {

enum class MirrorUse : uint8_t { all, digest_only, tag_only };

struct Mirror {
  std::string location;  // HOST[:PORT][/PATH]
  bool insecure = false;
  MirrorUse use = MirrorUse::all;
};

struct Registry {
  std::string prefix;    // HOST[:PORT][/PATH], or "*.DOMAIN"
  std::string location;  // takes the place of the prefix; empty: the prefix stays
  bool insecure = false;
  bool blocked = false;
  std::vector<Mirror> mirrors;
};

enum class ShortNameMode : uint8_t {
  enforcing,   // a short name that could come from several registries is an error
  permissive,  // the registries are asked in their order
};

struct Registries {
  std::vector<std::string> search;  // unqualified-search-registries
  std::vector<Registry> registries;
  std::vector<std::pair<std::string, std::string>> aliases;  // short name, full name
  ShortNameMode mode = ShortNameMode::enforcing;
};

// Adds what one file says, as a file of registries.conf.d does: its search list takes the place of the one
// before, its tables that of tables with their prefix, its aliases that of aliases with their name (an empty
// one removes it). `file` is for messages.
Status merge_registries(std::string_view text, std::string_view file, Registries& registries);

// The table with the longest prefix that holds for this name; null if none does.
const Registry* find_registry(const Registries& registries, const image::Reference& reference);

// A place to ask for one repository.
struct Endpoint {
  std::string host;        // HOST[:PORT] as configured: "docker.io"
  std::string repository;  // "library/debian"
  // TLS certificates are not verified, and plain HTTP will do.
  bool insecure = false;
  bool mirror = false;

  bool operator==(const Endpoint&) const = default;
};

// Where to pull from, in order: the mirrors, then the registry itself. Errors: the registry is blocked, or
// the name is short.
Result<std::vector<Endpoint>> pull_endpoints(const Registries& registries, const image::Reference& reference);
// Where to push to: mirrors are for pulling.
Result<Endpoint> push_endpoint(const Registries& registries, const image::Reference& reference);

// Whether `host` is, without asking anybody, this machine: "localhost", 127.0.0.0/8 or [::1], with or without
// a port.
[[nodiscard]] bool is_loopback(std::string_view host) noexcept;

}  // namespace cove::registry

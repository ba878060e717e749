// The names of images: [DOMAIN/]PATH[:TAG][@DIGEST]. Pure. Source: the grammar of distribution/reference, by
// which docker, podman and skopeo read names too, and the distribution specification ("Pulling manifests").
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cove::image {

inline constexpr size_t kLongestName = 255;  // bytes of DOMAIN/PATH
inline constexpr size_t kLongestTag = 128;
inline constexpr std::string_view kDefaultTag = "latest";
inline constexpr std::string_view kDockerHub = "docker.io";

struct Reference {
  // "docker.io", "localhost:5000", "[::1]:5000"; empty in a short name, which no domain was given for. It is
  // for the caller to say which registries a short name may mean (registry/short_names.h).
  std::string domain;
  std::string path;    // "library/debian"
  std::string tag;     // may be empty
  std::string digest;  // "sha256:" and 64 hexadecimal digits; may be empty

  bool operator==(const Reference&) const = default;
};

// Reads a name as it is written, but for the spellings of Docker's registry: "index.docker.io" becomes
// "docker.io", and "docker.io/debian" "docker.io/library/debian". No tag is added. What looks like an image
// id, 64 hexadecimal digits alone, is no name. Errors are ErrorCode::invalid_argument.
Result<Reference> parse_reference(std::string_view text);

// The inverse of parse_reference, canonical.
[[nodiscard]] std::string print_reference(const Reference& reference);

// DOMAIN/PATH, without tag and digest.
[[nodiscard]] std::string print_repository(const Reference& reference);

// A short name as a name at `domain`; on Docker's registry, "debian" is "library/debian".
[[nodiscard]] Reference at_domain(Reference short_name, std::string_view domain);

// With the tag "latest" if there is neither tag nor digest.
[[nodiscard]] Reference with_default_tag(Reference reference);

// "debian:12" for docker.io/library/debian:12: as docker's tables show the names of its own registry.
[[nodiscard]] std::string familiar_name(const Reference& reference);

// "sha256:" and 64 lower-case hexadecimal digits.
[[nodiscard]] bool is_digest(std::string_view text) noexcept;
[[nodiscard]] bool is_tag(std::string_view text) noexcept;
// HOST[:PORT], where HOST is a name, an IPv4 address or an IPv6 address in brackets.
[[nodiscard]] bool is_domain(std::string_view text) noexcept;
// Components of [a-z0-9], parted within by ".", "_", "__" or dashes, and from each other by "/".
[[nodiscard]] bool is_repository_path(std::string_view text) noexcept;

}  // namespace cove::image

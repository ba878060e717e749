#include "image/reference.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/strings.h"

namespace cove::image {
namespace {

constexpr std::string_view kSha256 = "sha256:";
constexpr size_t kSha256Digits = 64;
constexpr std::string_view kDockerHubIndex = "index.docker.io";
constexpr std::string_view kOfficial =
    "library/";  // the repositories of Docker's registry that have no owner

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
constexpr bool is_lower(char c) noexcept {
  return c >= 'a' && c <= 'z';
}
constexpr bool is_upper(char c) noexcept {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_alphanumeric(char c) noexcept {
  return is_digit(c) || is_lower(c) || is_upper(c);
}
constexpr bool is_path_letter(char c) noexcept {
  return is_digit(c) || is_lower(c);
}
constexpr bool is_lower_hex(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'f');
}

bool is_host_label(std::string_view label) noexcept {
  return !label.empty() && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

bool is_host_name(std::string_view host) noexcept {
  while (true) {
    const auto [label, rest] = split_once(host, '.');
    if (!is_host_label(label)) return false;
    if (!rest.has_value()) return true;
    host = *rest;
  }
}

bool is_bracketed_address(std::string_view host) noexcept {
  return host.size() > 2 && host.front() == '[' && host.back() == ']' &&
         std::ranges::all_of(host.substr(1, host.size() - 2), [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':';
         });
}

// The bytes at the front of `text` that part two runs of letters: ".", "_", "__" or dashes; 0 if none do.
size_t separator_length(std::string_view text) noexcept {
  const size_t dashes = std::min(text.find_first_not_of('-'), text.size());
  if (dashes > 0) return dashes;
  if (text.starts_with("__")) return 2;
  return text.starts_with('_') || text.starts_with('.') ? 1 : 0;
}

bool is_path_component(std::string_view text) noexcept {
  while (true) {
    const size_t letters = std::ranges::find_if_not(text, is_path_letter) - text.begin();
    if (letters == 0) return false;
    text.remove_prefix(letters);
    if (text.empty()) return true;
    const size_t separator = separator_length(text);
    if (separator == 0) return false;
    text.remove_prefix(separator);
  }
}

// docker's rule for what stands before the first slash: "localhost/x" and "a.b/x" name a host, "a/x" does
// not.
bool names_host(std::string_view first) noexcept {
  return first == "localhost" || first.find_first_of(".:[") != std::string_view::npos ||
         std::ranges::any_of(first, is_upper);
}

Error refuse(std::string_view text, std::string_view why) {
  return Error(ErrorCode::invalid_argument, "image name " + quote(text) + ": " + std::string(why));
}

// Takes "@DIGEST", then ":TAG", off the end of `rest`.
Status take_suffixes(std::string_view text, std::string_view& rest, Reference& reference) {
  if (const size_t at = rest.find('@'); at != std::string_view::npos) {
    const std::string_view digest = rest.substr(at + 1);
    rest = rest.substr(0, at);
    if (!is_digest(digest))
      return refuse(text, "the digest must be sha256: and 64 lower-case hexadecimal digits");
    reference.digest = digest;
  }
  const size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos || rest.find('/', colon) != std::string_view::npos) return {};
  const std::string_view tag = rest.substr(colon + 1);
  rest = rest.substr(0, colon);
  if (!is_tag(tag)) {
    return refuse(
        text, "a tag has 1 to 128 letters, digits, '_', '.' and '-', and begins with none of the last two");
  }
  reference.tag = tag;
  return {};
}

std::string_view path_complaint(std::string_view path) noexcept {
  if (path.empty()) return "the name of the repository is missing";
  if (std::ranges::any_of(path, is_upper)) return "the name of a repository has lower-case letters only";
  return "a repository's name has lower-case letters and digits, parted by '.', '_', '__', '-' or '/'";
}

}  // namespace

bool is_digest(std::string_view text) noexcept {
  return text.size() == kSha256.size() + kSha256Digits && text.starts_with(kSha256) &&
         std::ranges::all_of(text.substr(kSha256.size()), is_lower_hex);
}

bool is_tag(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kLongestTag && text.front() != '.' && text.front() != '-' &&
         std::ranges::all_of(text,
                             [](char c) { return is_alphanumeric(c) || c == '_' || c == '.' || c == '-'; });
}

bool is_domain(std::string_view text) noexcept {
  const size_t colon = text.rfind(':');
  const bool has_port = colon != std::string_view::npos && text.find(']', colon) == std::string_view::npos;
  if (has_port && !parse_number<uint16_t>(text.substr(colon + 1)).has_value()) return false;
  const std::string_view host = has_port ? text.substr(0, colon) : text;
  return is_host_name(host) || is_bracketed_address(host);
}

bool is_repository_path(std::string_view text) noexcept {
  while (true) {
    const auto [component, rest] = split_once(text, '/');
    if (!is_path_component(component)) return false;
    if (!rest.has_value()) return true;
    text = *rest;
  }
}

Result<Reference> parse_reference(std::string_view text) {
  if (text.empty()) return refuse(text, "it is empty");
  if (text.size() == kSha256Digits && std::ranges::all_of(text, is_lower_hex)) {
    return refuse(text, "64 hexadecimal digits are an image's id, not a name");
  }
  Reference reference;
  std::string_view rest = text;
  if (Status status = take_suffixes(text, rest, reference); !status.ok()) return std::move(status).error();
  const auto [first, path] = split_once(rest, '/');
  if (path.has_value() && names_host(first)) {
    if (!is_domain(first)) return refuse(text, quote(first) + " is no name or address of a host");
    rest = *path;
    reference.domain = first;
  }
  if (!is_repository_path(rest)) return refuse(text, path_complaint(rest));
  reference.path = rest;
  if (!reference.domain.empty()) {
    const std::string domain = std::exchange(reference.domain, {});
    reference = at_domain(std::move(reference), domain);
  }
  if (print_repository(reference).size() > kLongestName) {
    return refuse(text, "it has more than 255 bytes before the tag");
  }
  return reference;
}

std::string print_repository(const Reference& reference) {
  return reference.domain.empty() ? reference.path : reference.domain + "/" + reference.path;
}

std::string print_reference(const Reference& reference) {
  std::string text = print_repository(reference);
  if (!reference.tag.empty()) text.append(":").append(reference.tag);
  if (!reference.digest.empty()) text.append("@").append(reference.digest);
  return text;
}

Reference at_domain(Reference short_name, std::string_view domain) {
  short_name.domain = domain == kDockerHubIndex ? kDockerHub : domain;
  if (short_name.domain == kDockerHub && short_name.path.find('/') == std::string::npos) {
    short_name.path.insert(0, kOfficial);
  }
  return short_name;
}

Reference with_default_tag(Reference reference) {
  if (reference.tag.empty() && reference.digest.empty()) reference.tag = kDefaultTag;
  return reference;
}

std::string familiar_name(const Reference& reference) {
  if (reference.domain != kDockerHub) return print_reference(reference);
  Reference shown = reference;
  shown.domain.clear();
  const std::string_view path = shown.path;
  if (path.starts_with(kOfficial) && path.find('/', kOfficial.size()) == std::string_view::npos) {
    shown.path.erase(0, kOfficial.size());
  }
  return print_reference(shown);
}

}  // namespace cove::image

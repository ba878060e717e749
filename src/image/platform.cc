// Platforms: Go's names for operating systems and processors. Source: the OCI image specification,
// image-index.md ("platform").
#include <fmt/format.h>

#include "base/strings.h"
#include "image/manifest.h"

namespace cove::image {
namespace {

// Other spellings, as containerd's platforms has them.
void normalize(Platform& platform) {
  std::string& name = platform.architecture;
  if (name == "x86_64" || name == "x86-64") name = "amd64";
  if (name == "aarch64") name = "arm64";
  if (name == "i386" || name == "i486" || name == "i586" || name == "i686") name = "386";
  if (name == "armhf") name = "arm";
  if (name == "arm64" && platform.variant == "v8") platform.variant.clear();
  if (name == "arm" && platform.variant.empty()) platform.variant = "v7";
  if (name == "amd64" && platform.variant == "v1") platform.variant.clear();
}

// 7 of "v7"; 0: none.
int variant_number(const std::string& variant) {
  if (!variant.starts_with('v')) return 0;
  return parse_number<int>(std::string_view(variant).substr(1)).value_or(0);
}

}  // namespace

Result<Platform> parse_platform(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, '/');
  Platform platform{"linux", {}, {}, {}};
  bool fits = parts.size() <= 3;
  for (const std::string_view part : parts) {
    fits = fits && !part.empty() && part.size() <= 64 &&
           part.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-.") == std::string_view::npos;
  }
  if (!fits) {
    Error error(ErrorCode::invalid_argument, fmt::format("{} is no platform", quote(text)));
    error.set_hint("write OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT, as linux/arm64");
    return error;
  }
  if (parts.size() == 1) {
    platform.architecture = parts[0];
  } else {
    platform.os = parts[0];
    platform.architecture = parts[1];
    if (parts.size() == 3) platform.variant = parts[2];
  }
  normalize(platform);
  return platform;
}

std::string print_platform(const Platform& platform) {
  std::string text = fmt::format("{}/{}", platform.os, platform.architecture);
  if (!platform.variant.empty()) text += "/" + platform.variant;
  return text;
}

Platform own_platform() {
#if defined(__x86_64__)
  return {"linux", "amd64", {}, {}};
#elif defined(__aarch64__)
  return {"linux", "arm64", {}, {}};
#elif defined(__riscv)
  return {"linux", "riscv64", {}, {}};
#elif defined(__arm__)
  return {"linux", "arm", "v7", {}};
#elif defined(__i386__)
  return {"linux", "386", {}, {}};
#elif defined(__powerpc64__)
  return {"linux", "ppc64le", {}, {}};
#elif defined(__s390x__)
  return {"linux", "s390x", {}, {}};
#else
#error "which platform is this?"
#endif
}

std::optional<int> platform_rank(const Platform& wanted, const Platform& offered) {
  Platform want = wanted;
  Platform offer = offered;
  normalize(want);
  normalize(offer);
  if (want.os != offer.os || want.architecture != offer.architecture) return std::nullopt;
  constexpr int kEqual = 100;
  if (want.variant == offer.variant) return kEqual;
  if (offer.variant.empty()) return 1;
  // A later processor runs what is for an earlier one: v7 runs v6.
  const int wanted_number = variant_number(want.variant);
  const int offered_number = variant_number(offer.variant);
  if (want.architecture == "arm" && offered_number != 0 && offered_number < wanted_number)
    return kEqual - (wanted_number - offered_number);
  // Which of them this machine has is not known: the plain one is what runs everywhere.
  return std::nullopt;
}

}  // namespace cove::image

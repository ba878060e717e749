#include "base/ip_text.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

namespace cove {
namespace {

constexpr size_t kIpv4Size = 4;
constexpr size_t kIpv6Size = 16;
constexpr size_t kWords = kIpv6Size / 2;

unsigned byte(std::string_view bytes, size_t place) {
  return static_cast<uint8_t>(bytes[place]);
}

std::string print_ipv4(std::string_view bytes) {
  return fmt::format("{}.{}.{}.{}", byte(bytes, 0), byte(bytes, 1), byte(bytes, 2), byte(bytes, 3));
}

struct Run {
  size_t begin = 0;
  size_t size = 0;
};

// The longest run of zeroes, the first of these, if it is one of at least two.
Run longest_run(const std::array<unsigned, kWords>& words) {
  Run longest{0, 1};
  Run run;
  for (size_t i = 0; i < kWords; ++i) {
    run = words[i] != 0 ? Run{i + 1, 0} : Run{run.begin, run.size + 1};
    if (run.size > longest.size) longest = run;
  }
  return longest.size < 2 ? Run{kWords, 0} : longest;
}

}  // namespace

std::string print_ip(std::string_view bytes) {
  if (bytes.size() == kIpv4Size) return print_ipv4(bytes);
  if (bytes.size() != kIpv6Size) return {};
  std::array<unsigned, kWords> words{};
  for (size_t i = 0; i < kWords; ++i) words[i] = byte(bytes, i * 2) << 8 | byte(bytes, i * 2 + 1);
  const Run run = longest_run(words);
  // "::ffff:10.0.0.2" and, as the C library, "::10.0.0.2"
  constexpr unsigned kMapped = 0xffff;
  const bool embedded = run.begin == 0 && (run.size == 6 || (run.size == 5 && words[5] == kMapped));
  std::string text;
  for (size_t i = 0; i < (embedded ? 6 : kWords); ++i) {
    if (i == run.begin) {
      text += i == 0 ? "::" : ":";
      i += run.size - 1;
      continue;
    }
    text += fmt::format("{:x}{}", words[i], i + 1 < kWords ? ":" : "");
  }
  return embedded ? text + print_ipv4(bytes.substr(kIpv6Size - kIpv4Size)) : text;
}

}  // namespace cove

#include "kernel/idmap/map_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/strings.h"

namespace cove::idmap {
namespace {

constexpr std::string_view kSyntaxHint = "write INSIDE:OUTSIDE:COUNT[,...], for example 0:100000:65536";

Error bad_map(std::string message) {
  return Error(ErrorCode::invalid_argument, std::move(message)).set_hint(std::string(kSyntaxHint));
}

Result<IdRange> parse_range(std::string_view text) {
  const std::vector<std::string_view> fields = split(text, ':');
  if (fields.size() != 3)
    return bad_map(fmt::format("{} is not of the form INSIDE:OUTSIDE:COUNT", quote(text)));
  const auto inside = parse_number<uint32_t>(fields[0]);
  const auto outside = parse_number<uint32_t>(fields[1]);
  const auto count = parse_number<uint32_t>(fields[2]);
  if (!inside || !outside || !count) {
    return bad_map(fmt::format("{} holds something else than numbers from 0 to {}", quote(text), kLastId));
  }
  return IdRange{*inside, *outside, *count};
}

// The first two ranges that share an id on the side `first`; null if none do.
struct Overlap {
  const IdRange* one = nullptr;
  const IdRange* other = nullptr;
};
Overlap find_overlap(std::span<const IdRange> ranges, uint32_t IdRange::*first) {
  std::vector<const IdRange*> sorted;
  sorted.reserve(ranges.size());
  for (const IdRange& range : ranges) sorted.push_back(&range);
  std::sort(sorted.begin(), sorted.end(),
            [first](const IdRange* a, const IdRange* b) { return a->*first < b->*first; });
  for (size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i]->*first - sorted[i - 1]->*first < sorted[i - 1]->count) return {sorted[i - 1], sorted[i]};
  }
  return {};
}

std::string print_range(const IdRange& range) {
  return fmt::format("{}:{}:{}", range.inside, range.outside, range.count);
}

Status check_range(const IdRange& range) {
  if (range.count == 0) return bad_map(fmt::format("{} maps no id at all", print_range(range)));
  const uint64_t highest = std::max(range.inside, range.outside);
  if (highest + range.count - 1 > kLastId) {
    return bad_map(fmt::format("{} reaches past the last id, {}", print_range(range), kLastId));
  }
  return {};
}

std::optional<uint32_t> translate(std::span<const IdRange> ranges, uint32_t id, uint32_t IdRange::*from,
                                  uint32_t IdRange::*to) noexcept {
  for (const IdRange& range : ranges) {
    const uint32_t offset = id - range.*from;  // wraps to a large number below the range
    if (id >= range.*from && offset < range.count) return range.*to + offset;
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<IdRange>> parse_ranges(std::string_view text) {
  // First, so that a very long value costs nothing.
  if (static_cast<size_t>(std::count(text.begin(), text.end(), ',')) >= kMaxRanges) {
    return bad_map(fmt::format("id map: more than the {} ranges that the kernel takes", kMaxRanges));
  }
  std::vector<IdRange> ranges;
  for (const std::string_view part : split(text, ',')) {
    ranges.push_back(COVE_TRY(parse_range(part).context("id map")));
  }
  COVE_TRY(check_ranges(ranges, "id map"));
  return ranges;
}

std::string print_ranges(std::span<const IdRange> ranges) {
  std::string text;
  for (const IdRange& range : ranges) {
    if (!text.empty()) text += ',';
    text += print_range(range);
  }
  return text;
}

std::string kernel_text(std::span<const IdRange> ranges) {
  std::string text;
  for (const IdRange& range : ranges) {
    fmt::format_to(std::back_inserter(text), "{} {} {}\n", range.inside, range.outside, range.count);
  }
  return text;
}

Status check_ranges(std::span<const IdRange> ranges, std::string_view what) {
  if (ranges.empty()) return bad_map(fmt::format("{}: no range", what));
  if (ranges.size() > kMaxRanges) {
    return bad_map(
        fmt::format("{}: {} ranges; the kernel takes at most {}", what, ranges.size(), kMaxRanges));
  }
  for (const IdRange& range : ranges) COVE_TRY(check_range(range).context(what));
  if (const Overlap both = find_overlap(ranges, &IdRange::inside); both.one != nullptr) {
    return bad_map(
        fmt::format("{}: {} and {} overlap inside", what, print_range(*both.one), print_range(*both.other)));
  }
  if (const Overlap both = find_overlap(ranges, &IdRange::outside); both.one != nullptr) {
    return bad_map(
        fmt::format("{}: {} and {} overlap outside", what, print_range(*both.one), print_range(*both.other)));
  }
  if (const size_t size = kernel_text(ranges).size(); size > kMaxMapBytes) {
    return bad_map(
        fmt::format("{}: {} bytes of text; the kernel takes at most {}", what, size, kMaxMapBytes));
  }
  return {};
}

std::optional<uint32_t> to_outside(std::span<const IdRange> ranges, uint32_t inside) noexcept {
  return translate(ranges, inside, &IdRange::inside, &IdRange::outside);
}

std::optional<uint32_t> to_inside(std::span<const IdRange> ranges, uint32_t outside) noexcept {
  return translate(ranges, outside, &IdRange::outside, &IdRange::inside);
}

}  // namespace cove::idmap

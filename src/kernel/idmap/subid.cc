#include "kernel/idmap/subid.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "base/strings.h"
#include "kernel/idmap/map_text.h"
#include "sys/file.h"

namespace cove::idmap {
namespace {

uint64_t end_of(const SubRange& range) noexcept {
  return uint64_t{range.first} + range.count;
}

struct Line {
  std::string_view owner;
  SubRange range;
};

std::optional<Line> parse_line(std::string_view text) {
  const auto [owner, rest] = split_once(text, ':');
  if (owner.empty() || !rest) return std::nullopt;
  const auto [first_text, count_text] = split_once(*rest, ':');
  if (!count_text) return std::nullopt;
  const auto first = parse_number<uint32_t>(first_text);
  const auto count = parse_number<uint32_t>(*count_text);
  if (!first || !count || *count == 0) return std::nullopt;
  const Line line{owner, {*first, *count}};
  if (end_of(line.range) - 1 > kLastId) return std::nullopt;
  return line;
}

void sort_and_merge(std::vector<SubRange>& ranges) {
  std::sort(ranges.begin(), ranges.end(),
            [](const SubRange& a, const SubRange& b) { return a.first < b.first; });
  size_t kept = 0;
  for (const SubRange& range : ranges) {
    if (kept > 0 && range.first <= end_of(ranges[kept - 1])) {
      SubRange& last = ranges[kept - 1];
      last.count = static_cast<uint32_t>(std::max(end_of(last), end_of(range)) - last.first);
    } else {
      ranges[kept++] = range;
    }
  }
  ranges.resize(kept);
}

}  // namespace

SubIds parse_subids(std::string_view text, std::string_view user_name, uint32_t uid) {
  SubIds subids;
  while (const auto text_line = next_line(text)) {
    const std::optional<Line> line = parse_line(*text_line);
    if (!line) continue;
    const bool own =
        (!user_name.empty() && line->owner == user_name) || parse_number<uint32_t>(line->owner) == uid;
    (own ? subids.own : subids.others).push_back(line->range);
  }
  sort_and_merge(subids.own);
  sort_and_merge(subids.others);
  return subids;
}

Result<SubIds> read_subids(const char* path, std::string_view user_name, uint32_t uid) {
  const UniqueFd root = COVE_TRY(sys::open_path("/", O_PATH | O_DIRECTORY));
  Result<std::string> text = sys::read_untrusted_file(root.get(), path, kMaxSubidBytes);
  if (!text.ok()) {
    if (text.error().sys_errno() == ENOENT) return SubIds{};
    return std::move(text).error();
  }
  return parse_subids(text.value(), user_name, uid);
}

uint64_t total_ids(std::span<const SubRange> ranges) noexcept {
  uint64_t total = 0;
  for (const SubRange& range : ranges) total += range.count;
  return total;
}

uint32_t next_free_id(const SubIds& subids) noexcept {
  constexpr uint64_t kLowest = 100'000;  // SUB_UID_MIN of login.defs(5)
  uint64_t free = kLowest;
  if (!subids.own.empty()) free = std::max(free, end_of(subids.own.back()));
  if (!subids.others.empty()) free = std::max(free, end_of(subids.others.back()));
  return static_cast<uint32_t>(std::min<uint64_t>(free, kLastId));
}

bool ranges_overlap(std::span<const SubRange> ranges, uint32_t first, uint32_t count) noexcept {
  return std::any_of(ranges.begin(), ranges.end(), [&](const SubRange& range) {
    return range.first < uint64_t{first} + count && first < end_of(range);
  });
}

}  // namespace cove::idmap

// Subordinate ids: which ids an ordinary user may map besides their own. Source: subuid(5), subgid(5).
//
// Both files name the *user* in the first field, by login name or uid; subgid(5) too.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cove::idmap {

inline constexpr const char* kSubuidPath = "/etc/subuid";
inline constexpr const char* kSubgidPath = "/etc/subgid";
inline constexpr size_t kMaxSubidBytes = size_t{4} << 20;

struct SubRange {
  uint32_t first = 0;
  uint32_t count = 0;

  friend bool operator==(const SubRange&, const SubRange&) = default;
};

// What one of the two files grants. Sorted by first id; what overlaps or touches is one range.
struct SubIds {
  std::vector<SubRange> own;     // of the user asked for
  std::vector<SubRange> others;  // of everybody else; may overlap `own` if the administrator wrote it so
};

// Lines that are malformed, empty, or reach past the last id are skipped, as newuidmap(1) does. An empty
// `user_name` matches by uid alone.
SubIds parse_subids(std::string_view text, std::string_view user_name, uint32_t uid);

// Reads one of the files. A missing file grants nothing; anything but a regular file of up to kMaxSubidBytes
// is an error.
Result<SubIds> read_subids(const char* path, std::string_view user_name, uint32_t uid);

// How many ids the ranges hold.
uint64_t total_ids(std::span<const SubRange> ranges) noexcept;
// The first id, from 100000 up, that nobody has been granted beyond it: where to suggest a new range.
uint32_t next_free_id(const SubIds& subids) noexcept;
bool ranges_overlap(std::span<const SubRange> ranges, uint32_t first, uint32_t count) noexcept;

}  // namespace cove::idmap

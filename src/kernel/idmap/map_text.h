// Id maps as text, and what makes one valid. Pure functions. Source: user_namespaces(7),
// kernel/user_namespace.c.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kernel/idmap/idmap.h"

namespace cove::idmap {

inline constexpr size_t kMaxRanges = 340;        // lines of a map, since Linux 4.15
inline constexpr size_t kMaxMapBytes = 4095;     // one write(2) of less than the smallest page
inline constexpr uint32_t kLastId = 0xfffffffe;  // 0xffffffff means "no id"

// "INSIDE:OUTSIDE:COUNT[,…]", the value of an option: checked, in the given order. The errors quote the
// faulty range.
Result<std::vector<IdRange>> parse_ranges(std::string_view text);
// The inverse of parse_ranges.
std::string print_ranges(std::span<const IdRange> ranges);
// The content of /proc/PID/uid_map: "INSIDE OUTSIDE COUNT\n" for each range.
std::string kernel_text(std::span<const IdRange> ranges);

// What the kernel would answer with a bare EINVAL: no range at all or too many, a count of 0, an end beyond
// kLastId, two ranges that overlap on either side, too long a text. `what` names the map in the error ("uid
// map").
Status check_ranges(std::span<const IdRange> ranges, std::string_view what);

std::optional<uint32_t> to_outside(std::span<const IdRange> ranges, uint32_t inside) noexcept;
std::optional<uint32_t> to_inside(std::span<const IdRange> ranges, uint32_t outside) noexcept;

}  // namespace cove::idmap

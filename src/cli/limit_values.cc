#include "cli/limit_values.h"

#include <fmt/format.h>
#include <sys/sysmacros.h>

#include <limits>
#include <utility>

#include "base/strings.h"
#include "cli/numbers.h"
#include "sys/file.h"

namespace cove::cli {
namespace {

// The last colon ends the path, which may hold others.
Result<std::pair<std::string, std::string_view>> split_device(std::string_view text, Caller& caller,
                                                              std::string_view example) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) {
    return value_error("not a device and a rate", fmt::format("write DEVICE:RATE, as {}", example));
  }
  std::string path = COVE_TRY(caller.absolute_path(text.substr(0, colon)));
  return std::pair<std::string, std::string_view>(std::move(path), text.substr(colon + 1));
}

}  // namespace

Result<cgroup::CpuQuota> parse_cpu_quota(std::string_view text) {
  auto quota = cgroup::parse_cpus(text);
  if (!quota.ok()) return value_error("not a number of processors from 0.01 up", "write it as 0.5 or 2");
  return quota;
}

Result<std::string> parse_cpu_list(std::string_view text) {
  if (!cgroup::validate_cpu_list({}, text).ok()) {
    return value_error("not a list of numbers and ascending ranges", "write it as 0-3,5");
  }
  return std::string(text);
}

Result<NamedRate> parse_byte_rate(std::string_view text, Caller& caller) {
  auto [path, rate] = COVE_TRY(split_device(text, caller, "/dev/sda:10m"));
  const uint64_t bytes = COVE_TRY(parse_positive_size(rate).context("the rate"));
  return NamedRate{std::move(path), bytes};
}

Result<NamedRate> parse_operation_rate(std::string_view text, Caller& caller) {
  auto [path, rate] = COVE_TRY(split_device(text, caller, "/dev/sda:1000"));
  const int64_t operations =
      COVE_TRY(parse_whole(rate, 1, std::numeric_limits<int64_t>::max()).context("the rate"));
  return NamedRate{std::move(path), static_cast<uint64_t>(operations)};
}

Result<cgroup::DeviceRate> resolve_rate(const NamedRate& rate) {
  const auto status = COVE_TRY(sys::stat_at(AT_FDCWD, rate.path.c_str()));
  if (!S_ISBLK(status.st_mode)) {
    return value_error(fmt::format("{} is not a block device", quote(rate.path)),
                       "`lsblk -p` lists the block devices");
  }
  return cgroup::DeviceRate{major(status.st_rdev), minor(status.st_rdev), rate.per_second};
}

Result<cgroup::HugetlbLimit> parse_hugetlb(std::string_view text) {
  const auto [page, limit] = split_once(text, ':');
  if (!limit) return value_error("not a page size and a limit", "write PAGE:LIMIT, as 2m:64m");
  return cgroup::HugetlbLimit{COVE_TRY(parse_positive_size(page).context("the page size")),
                              COVE_TRY(parse_size(*limit).context("the limit"))};
}

Result<uint64_t> parse_pids_limit(std::string_view text) {
  if (text == "0" || text == "-1" || text == "unlimited") return cgroup::kUnlimited;
  constexpr int64_t kMost = 4'194'304;  // PID_MAX_LIMIT
  auto number = parse_whole(text, 1, kMost);
  if (!number.ok()) number.error().set_hint(fmt::format("give 1 to {}, or -1 for no limit", kMost));
  return static_cast<uint64_t>(COVE_TRY(std::move(number)));
}

Result<uint64_t> parse_memory_swap(std::string_view text) {
  if (text == "-1" || text == "unlimited") return cgroup::kUnlimited;
  return parse_positive_size(text);
}

}  // namespace cove::cli

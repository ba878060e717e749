#include "kernel/cgroup/v2_options.h"

#include <algorithm>
#include <vector>

#include "base/strings.h"
#include "kernel/procfs/mountinfo.h"
#include "sys/file.h"
#include "sys/mount.h"

namespace cove::cgroup {

std::string read_v2_options() {
  constexpr size_t kLargestTable = size_t{64} << 20;
  const Result<std::string> table = sys::read_file("/proc/self/mountinfo", kLargestTable);
  std::string_view rest = table ? std::string_view(*table) : std::string_view();
  while (const auto line = next_line(rest)) {
    const Result<procfs::Mount> mount = procfs::parse_mount(*line);
    if (mount && mount->fs_type == "cgroup2") return std::string(mount->super_options);
  }
  return {};
}

bool lost_options(std::string_view before, std::string_view now) {
  const std::vector<std::string_view> words = split(before, ',');
  return !before.empty() && !std::all_of(words.begin(), words.end(), [&](std::string_view word) {
    return procfs::has_option(now, word);
  });
}

Status restore_v2_options(const std::string& before) {
  if (before.empty() || !lost_options(before, read_v2_options())) return {};
  const UniqueFd fs = COVE_TRY(sys::fs_open("cgroup2"));
  // Some words are others' than cgroup v2's, as seclabel, and can't be given; what counts is what is there
  // then.
  for (const std::string_view word : split(before, ','))
    static_cast<void>(sys::fs_set_flag(fs.get(), std::string(word).c_str()));
  COVE_TRY(sys::fs_mount(fs.get(), "cgroup2", 0));
  const std::string now = read_v2_options();
  if (lost_options(before, now))
    return Error(ErrorCode::system, "the options of cgroup v2 were " + before + " and are " + now);
  return {};
}

}  // namespace cove::cgroup

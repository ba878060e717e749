// /proc/self/mountinfo: whatever the text, parsing ends, and blocks give the same lines as the whole.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/strings.h"
#include "kernel/cgroup/layout.h"
#include "kernel/procfs/mountinfo.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void parse_lines(std::string_view text) {
  while (const auto line = cove::next_line(text)) {
    const auto mount = cove::procfs::parse_mount(*line);
    if (!mount) {
      require(!mount.error().message().empty());
      continue;
    }
    require(mount->mount_point.front() == '/');
    require(!mount->fs_type.empty() && !mount->super_options.empty());
    require(cove::procfs::unescape(mount->mount_point).size() <= mount->mount_point.size());
  }
}

void compare_blocks(std::string_view text, size_t block_size) {
  std::string joined;
  cove::procfs::LineSplitter splitter;
  for (size_t at = 0; at < text.size(); at += block_size) {
    splitter.feed(text.substr(at, block_size));
    std::string_view line;
    while (splitter.next(line)) joined.append(line).push_back('\n');
  }
  joined.append(splitter.rest());
  require(joined == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  parse_lines(text);
  compare_blocks(text, size % 7 + 1);
  const auto layout = cove::cgroup::parse_layout(text, "4:memory:/a\n2:cpu,cpuacct:/\n0::/a/b\n");
  if (!layout) return 0;
  for (const auto& hierarchy : layout->hierarchies) {
    require(hierarchy.own_directory.starts_with(hierarchy.mount_point));
  }
  return 0;
}

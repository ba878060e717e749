// What `stats`, `top` and `info` read: /proc/PID/stat, statm, io and net/dev, and /etc/os-release. Every
// parser gets every text. A container chooses the names of its processes and network devices.
#include <cstdint>
#include <string_view>

#include "engine/machine.h"
#include "kernel/procfs/procfs.h"
#include "require.h"

namespace {

using namespace cove;  // NOLINT(google-build-using-namespace): a fuzz target
using fuzz::require;

void parse_numbers(std::string_view text) {
  if (const auto memory = procfs::parse_statm(text); fuzz::sound(memory))
    require(text.find_first_of("0123456789") != std::string_view::npos);
  fuzz::sound(procfs::parse_io(text));
  fuzz::sound(procfs::parse_stat(text));
  fuzz::sound(procfs::parse_net_dev(text));
}

void parse_release(std::string_view text) {
  const engine::SystemRelease release = engine::parse_os_release(text);
  require(release.name.size() <= text.size() + std::string_view("Linux").size());
  require(release.version.size() <= text.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  parse_numbers(text);
  parse_release(text);
  return 0;
}

#include "kernel/lsm/lsm.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "sys/file.h"
#include "sys/pseudo_file.h"

namespace cove::lsm {
namespace {

constexpr size_t kLargestLabel = 4096;

// What the file says, without the end of its line and the final NUL of SELinux. Or the errno.
struct Reading {
  std::string text;
  int cause = 0;
};
Reading read_label(const std::string& path) {
  std::array<char, kLargestLabel> buffer{};
  const ssize_t got = sys::read_pseudo(AT_FDCWD, path.c_str(), buffer);
  if (got < 0) return {{}, static_cast<int>(-got)};
  std::string_view text(buffer.data(), static_cast<size_t>(got));
  text = text.substr(0, text.find('\0'));
  return {std::string(trim(text)), 0};
}

std::string_view name_of(Module module) {
  return module == Module::apparmor ? "AppArmor" : "SELinux";
}

// `attr/current` is whichever module of this kind comes first; each has a directory of its own besides
// (AppArmor since Linux 5.8; SELinux never got one).
std::vector<std::string> label_files(Module module, pid_t pid, std::string_view root) {
  const std::string attributes =
      pid == 0 ? fmt::format("{}/proc/self/attr", root) : fmt::format("{}/proc/{}/attr", root, pid);
  if (module == Module::apparmor) return {attributes + "/apparmor/current", attributes + "/current"};
  return {attributes + "/current"};
}

}  // namespace

bool enabled(Module module, const char* root) {
  const std::string_view prefix(root);
  if (module == Module::apparmor) {
    return read_label(fmt::format("{}/sys/module/apparmor/parameters/enabled", prefix)).text == "Y";
  }
  if (sys::access_at(AT_FDCWD, fmt::format("{}/sys/fs/selinux/enforce", prefix).c_str(), F_OK) != 0)
    return false;
  // Until a policy is loaded everything has the label of the kernel.
  const Reading own = read_label(fmt::format("{}/proc/self/attr/current", prefix));
  return own.cause == 0 && !own.text.empty() && own.text != "kernel";
}

Result<std::string> current_label(Module module, pid_t pid, const char* root) {
  if (!enabled(module, root)) {
    return Error(ErrorCode::unsupported, fmt::format("{} is not enabled on this system", name_of(module)));
  }
  int cause = ENOENT;
  for (const std::string& file : label_files(module, pid, root)) {
    Reading reading = read_label(file);
    if (reading.cause == 0) return std::move(reading.text);
    cause = reading.cause;
  }
  return Error::from_errno(fmt::format("read the {} label of process {}", name_of(module), pid), cause);
}

}  // namespace cove::lsm

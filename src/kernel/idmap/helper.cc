#include "kernel/idmap/helper.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "sys/process.h"
#include "sys/program.h"

namespace cove::idmap {

std::span<const char* const> helper_directories() noexcept {
  // The last one is where NixOS keeps its set-uid programs.
  static constexpr std::array kDirectories{
      "/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin", "/usr/local/sbin", "/run/wrappers/bin"};
  return kDirectories;
}

std::string find_helper(std::string_view name, std::span<const char* const> directories) {
  for (const char* directory : directories) {
    std::string path = fmt::format("{}/{}", directory, name);
    if (sys::may_access(path.c_str(), X_OK)) return path;
  }
  return {};
}

std::string helper_obstacle(const std::string& path) {
  const Result<sys::ProgramPrivilege> privilege = sys::program_privilege(path.c_str());
  if (!privilege.ok()) return privilege.error().message();
  if (!privilege->setuid_root && !privilege->file_capabilities) {
    return fmt::format("{} is neither set-uid root nor has file capabilities", path);
  }
  if (privilege->nosuid_mount) return fmt::format("{} lies on a nosuid mount", path);
  if (sys::has_no_new_privs())
    return fmt::format("no_new_privs is set here, so {} cannot raise its privilege", path);
  return {};
}

}  // namespace cove::idmap

#include "sandbox/defaults.h"

#include <algorithm>

namespace cove::sandbox {
namespace {

constexpr std::array<std::string_view, 11> kEtcDirectories{
    "X11",    "alternatives", "ca-certificates", "crypto-policies", "fonts", "ld.so.conf.d",
    "locale", "perl",         "profile.d",       "terminfo",        "xdg"};
constexpr std::array<std::string_view, 22> kEtcFiles{"bash.bashrc",    "ca-certificates.conf",
                                                     "debian_version", "gai.conf",
                                                     "host.conf",      "inputrc",
                                                     "ld.so.cache",    "ld.so.conf",
                                                     "locale.alias",   "locale.conf",
                                                     "localtime",      "lsb-release",
                                                     "magic",          "magic.mime",
                                                     "mime.types",     "netconfig",
                                                     "nsswitch.conf",  "os-release",
                                                     "profile",        "protocols",
                                                     "services",       "timezone"};

template <size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view name) noexcept {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool shows_etc_directory(std::string_view name) noexcept {
  // Language run-times keep their settings in directories named after a version.
  return contains(kEtcDirectories, name) || name.starts_with("python3") || name.starts_with("java-");
}

bool shows_etc_file(std::string_view name) noexcept {
  return contains(kEtcFiles, name);
}

bool counts_cpu_time(const cgroup::CgroupPlan& plan) noexcept {
  return std::any_of(
      plan.directories.begin(), plan.directories.end(), [](const cgroup::Directory& directory) {
        const auto& controllers = directory.controllers;
        return directory.version == 2 ||
               std::find(controllers.begin(), controllers.end(), "cpuacct") != controllers.end();
      });
}

cgroup::Limits effective_limits(const Options& options) {
  cgroup::Limits limits = options.limits;
  if (!limits.pids_max) {
    limits.pids_max = kDefaultPidsLimit;
    limits.pids_max_is_default = true;
  }
  return limits;
}

}  // namespace cove::sandbox

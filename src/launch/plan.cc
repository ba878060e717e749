#include "launch/plan.h"

#include <fmt/format.h>
#include <sched.h>

namespace cove::launch {

std::string parent_directory(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string base_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

std::string work_directory(const std::string& upper) {
  // A name of our own making: overlayfs gives commas, colons and backslashes in a path meanings.
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : base_name(upper)) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return fmt::format("{}/.cove-work-{:016x}", parent_directory(upper), hash);
}

std::string HookState::print(std::string_view status, pid_t pid) const {
  // Within a string every quotation mark has a backslash before it, so neither can be met there.
  constexpr std::string_view kStatus = R"("status":"creating")";
  constexpr std::string_view kPid = R"("pid":0)";
  std::string out = text;
  if (const size_t at = out.find(kStatus); at != std::string::npos)
    out.replace(at, kStatus.size(), fmt::format(R"("status":"{}")", status));
  if (const size_t at = out.find(kPid); at != std::string::npos)
    out.replace(at, kPid.size(), fmt::format(R"("pid":{})", pid));
  return out;
}

std::string_view namespace_name(NamespaceKind kind) noexcept {
  constexpr std::array<std::string_view, kNamespaceKinds> kNames{"user", "mnt", "pid",    "uts",
                                                                 "ipc",  "net", "cgroup", "time"};
  return kNames[static_cast<size_t>(kind)];
}

uint64_t namespace_clone_flag(NamespaceKind kind) noexcept {
  constexpr uint64_t kTimeFlag = 0x80;  // CLONE_NEWTIME, from linux/sched.h, which clashes with sched.h
  constexpr std::array<uint64_t, kNamespaceKinds> kFlags{CLONE_NEWUSER,   CLONE_NEWNS,  CLONE_NEWPID,
                                                         CLONE_NEWUTS,    CLONE_NEWIPC, CLONE_NEWNET,
                                                         CLONE_NEWCGROUP, kTimeFlag};
  return kFlags[static_cast<size_t>(kind)];
}

}  // namespace cove::launch

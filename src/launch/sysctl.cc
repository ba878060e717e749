#include "launch/sysctl.h"

#include <algorithm>
#include <array>

namespace cove::launch {

std::optional<NamespaceKind> sysctl_namespace(std::string_view key) {
  constexpr std::array<std::string_view, 11> kIpc{
      "kernel.msgmax",      "kernel.msgmnb",      "kernel.msgmni",     "kernel.sem",
      "kernel.shmall",      "kernel.shmmax",      "kernel.shmmni",     "kernel.shm_rmid_forced",
      "kernel.msg_next_id", "kernel.sem_next_id", "kernel.shm_next_id"};
  if (key.starts_with("net.")) return NamespaceKind::network;
  if (key.starts_with("fs.mqueue.") || std::find(kIpc.begin(), kIpc.end(), key) != kIpc.end())
    return NamespaceKind::ipc;
  if (key == "kernel.domainname" || key == "kernel.hostname") return NamespaceKind::uts;
  if (key.starts_with("user.")) return NamespaceKind::user;
  return std::nullopt;
}

}  // namespace cove::launch

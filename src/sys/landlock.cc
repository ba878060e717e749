#include "sys/landlock.h"

#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sys/call.h"

namespace cove::sys {

int landlock_abi() noexcept {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? 0 : static_cast<int>(version);
}

Result<UniqueFd> landlock_create(uint64_t handled_access) {
  struct landlock_ruleset_attr attributes {};
  attributes.handled_access_fs = handled_access;
  const long fd = ::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
  if (fd < 0) return last_error("create landlock ruleset");
  return UniqueFd(static_cast<int>(fd));
}

Status landlock_allow(int ruleset_fd, int path_fd, uint64_t access) {
  struct landlock_path_beneath_attr rule {};
  rule.allowed_access = access;
  rule.parent_fd = path_fd;
  if (::syscall(SYS_landlock_add_rule, ruleset_fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
    return last_error("add landlock rule");
  }
  return {};
}

Status landlock_restrict(int ruleset_fd) {
  if (::syscall(SYS_landlock_restrict_self, ruleset_fd, 0) != 0) return last_error("restrict with landlock");
  return {};
}

}  // namespace cove::sys

// Loading a seccomp filter: seccomp(2). The only raw call of its kind; the program comes from kernel/seccomp.
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <span>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::sys {

// seccomp(SECCOMP_SET_MODE_FILTER) for the calling thread, at most BPF_MAXINSNS instructions. `flags`:
// SECCOMP_FILTER_FLAG_*. The caller has set no_new_privs or holds CAP_SYS_ADMIN in its user namespace. There
// is no way back: what the filter forbids stays forbidden across execve(2).
Status load_seccomp_filter(std::span<const struct sock_filter> program, unsigned flags);

// The same with a supervisor: gives the descriptor on which it gets the calls with SECCOMP_RET_USER_NOTIF.
Result<UniqueFd> load_seccomp_filter_with_listener(std::span<const struct sock_filter> program,
                                                   unsigned flags);

// Whether this kernel knows SECCOMP_RET_* `action` (Linux 4.14).
bool seccomp_action_available(uint32_t action) noexcept;

}  // namespace cove::sys

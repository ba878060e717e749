// bpf(2), as far as cgroup device programs need it. Root only (CAP_SYS_ADMIN or CAP_BPF with CAP_NET_ADMIN).
#pragma once

#include <linux/bpf.h>

#include <span>

#include "base/result.h"
#include "base/unique_fd.h"

namespace cove::sys {

// Loads a BPF_PROG_TYPE_CGROUP_DEVICE program. On failure the error carries the end of the verifier's log, if
// any.
Result<UniqueFd> load_device_program(std::span<const struct bpf_insn> program);

// Attaches it to the cgroup v2 directory `cgroup_fd` (O_PATH will do), beside the programs of the cgroups
// above, which must agree too. It stays until the cgroup is removed; `program_fd` may be closed.
Status attach_device_program(int cgroup_fd, int program_fd);

// Puts `program_fd` in the place of the one that attach_device_program() has attached to this very cgroup, at
// no moment without either; attaches it if there is none. Programs of others stay. Linux 5.6.
Status replace_device_program(int cgroup_fd, int program_fd);

}  // namespace cove::sys

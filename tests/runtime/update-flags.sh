#!/bin/bash
# update changes limits of a running container by its flags, and leaves the others alone.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "$(dirname "$(realpath "$0")")/../support/runtime.sh"

# The value of a limit, on either version of cgroups.
limit() {  # V1-CONTROLLER FILE
  cat "/sys/fs/cgroup/$1/${id}a/$2"
}
[[ -d /sys/fs/cgroup/memory ]] || skip "reads cgroup v1 files"
pausing a '.linux.resources += {memory: {limit: 67108864}, pids: {limit: 50}, cpu: {shares: 512}}'
expect_eq "$(limit memory memory.limit_in_bytes)/$(limit pids pids.max)/$(limit cpu cpu.shares)" 67108864/50/512
expect_status 0 rt update --memory 134217728 "${id}a"
expect_eq "$(limit memory memory.limit_in_bytes)/$(limit pids pids.max)/$(limit cpu cpu.shares)" 134217728/50/512
expect_status 0 rt update --pids-limit 60 --cpu-share 256 --cpu-period 50000 --cpu-quota 25000 --cpuset-cpus 0 "${id}a"
expect_eq "$(limit memory memory.limit_in_bytes)/$(limit pids pids.max)/$(limit cpu cpu.shares)" 134217728/60/256
expect_eq "$(limit cpu cpu.cfs_quota_us)/$(limit cpu cpu.cfs_period_us)/$(limit cpuset cpuset.cpus)" 25000/50000/0
refuses update --memory nonsense "${id}a"
refuses update --pids-limit 3 "${id}nobody"
remove a

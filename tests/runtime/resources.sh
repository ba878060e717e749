#!/bin/bash
# linux.resources on cgroup v1: memory, cpu, pids, cpuset and block weights arrive in the files of the container's
# cgroups.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

[[ -d /sys/fs/cgroup/memory ]] || skip "reads cgroup v1 files"
pausing a '.linux.resources += {
  memory: {limit: 67108864, reservation: 33554432, swap: 134217728, swappiness: 10, disableOOMKiller: false},
  cpu: {shares: 300, quota: 30000, period: 60000, cpus: "0", mems: "0"}, pids: {limit: 44}}'
value_of() { cat "/sys/fs/cgroup/$1/${id}a/$2"; }
expect_eq "$(value_of memory memory.limit_in_bytes)" 67108864
expect_eq "$(value_of memory memory.soft_limit_in_bytes)" 33554432
if [[ -e /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes ]]; then
  expect_eq "$(value_of memory memory.memsw.limit_in_bytes)" 134217728
fi
expect_eq "$(value_of memory memory.swappiness)" 10
expect_eq "$(value_of cpu cpu.shares)/$(value_of cpu cpu.cfs_quota_us)/$(value_of cpu cpu.cfs_period_us)" 300/30000/60000
expect_eq "$(value_of cpuset cpuset.cpus)/$(value_of cpuset cpuset.mems)" 0/0
expect_eq "$(value_of pids pids.max)" 44
remove a
# crun 1.8 leaves the cgroups.
is crun || rejects_config b '.linux.resources.memory = {limit: 67108864, swap: 33554432}'

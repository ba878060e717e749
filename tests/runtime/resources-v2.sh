#!/bin/bash
# linux.resources on pure cgroup v2: the fields arrive in its files, `unified` goes there by name, and what v2 has not
# is refused by cove, and named.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

[[ -e /sys/fs/cgroup/cgroup.controllers ]] || skip "needs cgroup v2 alone"
value_of() { cat "/sys/fs/cgroup/${id}a/$1"; }
pausing a '.linux.resources += {
  memory: {limit: 67108864, reservation: 33554432, swap: 134217728},
  cpu: {shares: 300, quota: 30000, period: 60000, cpus: "0", mems: "0"}, pids: {limit: 44}}'
expect_eq "$(value_of memory.max)/$(value_of memory.low)" 67108864/33554432
expect_eq "$(value_of memory.swap.max)" 67108864 "what is left for swap"
expect_match "$(value_of cpu.weight)" '^(12|48)$' "cpu.weight for 300 shares"
expect_eq "$(value_of cpu.max)" "30000 60000"
expect_eq "$(value_of cpuset.cpus)/$(value_of cpuset.mems)" 0/0
expect_eq "$(value_of pids.max)" 44
expect_eq "$(<"/proc/$(init_pid a)/cgroup")" "0::/${id}a"
remove a

pausing a '.linux.resources += {memory: {limit: 67108864}, unified: {"memory.high": "50331648", "pids.max": "33", "cpu.weight": "77"}}'
expect_eq "$(value_of memory.high)/$(value_of pids.max)/$(value_of cpu.weight)" 50331648/33/77
expect_eq "$(value_of memory.max)" 67108864
remove a
# crun 1.8 leaves the cgroups.
is crun || rejects_config b '.linux.resources.unified = {"no-such.file": "1"}' no-such
if is cove; then
  rejects_config b '.linux.resources.unified = {"../cgroup.procs": "1"}' unified
  rejects_config b '.linux.resources.memory = {swappiness: 10}' swappiness
  rejects_config b '.linux.resources.memory = {kernelTCP: 1048576}' kernelTCP
  rejects_config b '.linux.resources.network = {classID: 1048577}' classID
fi

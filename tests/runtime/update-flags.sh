#!/bin/bash
# update changes limits of a running container by its flags, and leaves the others alone.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

# The values of files of the container, with / between.
values() {  # V1-CONTROLLER/FILE...
  local name
  for name in "$@"; do cat "/sys/fs/cgroup/${name%/*}/${id}a/${name#*/}"; done | paste -sd /
}
if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
  values() { cd "/sys/fs/cgroup/${id}a" && cat "$@" | paste -sd /; }
  main=(memory.max pids.max cpu.weight) rest=(cpu.max cpuset.cpus)
  # What shares of 512 and 256 are as weights: crun's newer formula gives the second.
  many='(20|79)' few='(10|40)' quota='25000 50000/0'
elif [[ -d /sys/fs/cgroup/memory ]]; then
  main=(memory/memory.limit_in_bytes pids/pids.max cpu/cpu.shares)
  rest=(cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us cpuset/cpuset.cpus)
  many=512 few=256 quota=25000/50000/0
else
  skip "has no memory controller"
fi
pausing a '.linux.resources += {memory: {limit: 67108864}, pids: {limit: 50}, cpu: {shares: 512}}'
expect_match "$(values "${main[@]}")" "^67108864/50/$many\$"
expect_status 0 rt update --memory 134217728 "${id}a"
expect_match "$(values "${main[@]}")" "^134217728/50/$many\$"
expect_status 0 rt update --pids-limit 60 --cpu-share 256 --cpu-period 50000 --cpu-quota 25000 --cpuset-cpus 0 "${id}a"
expect_match "$(values "${main[@]}")" "^134217728/60/$few\$"
expect_eq "$(values "${rest[@]}")" "$quota"
refuses update --memory nonsense "${id}a"
refuses update --pids-limit 3 "${id}nobody"
remove a

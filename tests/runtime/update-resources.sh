#!/bin/bash
# update --resources takes the specification's resources object from a file, and from - the standard input.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
  value_of() { cat "/sys/fs/cgroup/${id}a/$1"; }
  memory=memory.max swap=memory.swap.max swap_value=100663296 shares=cpu.weight
elif [[ -d /sys/fs/cgroup/memory ]]; then
  value_of() { cat "/sys/fs/cgroup/${1%%.*}/${id}a/$1"; }
  memory=memory.limit_in_bytes swap=memory.memsw.limit_in_bytes swap_value=201326592 shares=cpu.shares
else
  skip "has no memory controller"
fi
pausing a '.linux.resources += {memory: {limit: 67108864}, pids: {limit: 50}}'
echo '{"memory": {"limit": 100663296}, "cpu": {"shares": 300}}' >"$t_tmp/resources"
expect_status 0 rt update --resources "$t_tmp/resources" "${id}a"
# As a weight 300 shares are 12, by crun's newer formula 48.
expect_match "$(value_of $memory)/$(value_of $shares)" '^100663296/(300|12|48)$'
echo '{"pids": {"limit": 33}}' | rt_in update --resources - "${id}a"
expect_eq "$(value_of pids.max)" 33
expect_eq "$(value_of $memory)" 100663296 "what was not named"
# Memory and swap together, without naming memory again.
echo '{"memory": {"swap": 201326592}}' | rt_in update --resources - "${id}a"
expect_eq "$(value_of $memory)" 100663296
expect_eq "$(value_of $swap)" $swap_value
expect_status 0 rt update --memory-swap -1 "${id}a"
expect_eq "$(value_of $memory)" 100663296
if is cove; then
  # What has changed is kept, and nothing else of the configuration is another.
  jq -S . "$bundle/config.json" >"$t_tmp/wanted"
  jq -S '.linux.resources.memory = {limit: 100663296, swap: -1} | .linux.resources.cpu.shares = 300
    | .linux.resources.pids.limit = 33' "$t_tmp/wanted" >"$t_tmp/wanted.new"
  jq -S . "$state_root/${id}a/config.json" >"$t_tmp/kept"
  expect_eq "$(jq -c '.linux.resources' "$t_tmp/kept")" "$(jq -c .linux.resources "$t_tmp/wanted.new")"
  expect_eq "$(jq -c '[.process.args, .mounts, .linux.namespaces]' "$t_tmp/kept")" \
    "$(jq -c '[.process.args, .mounts, .linux.namespaces]' "$t_tmp/wanted")"
  expect_eq "$(rt exec "${id}a" echo still)" still
  # What was refused is not kept.
  refuses update --cpuset-cpus 4000 "${id}a"
  expect_eq "$(jq -r '.linux.resources.cpu.cpus // "none"' "$state_root/${id}a/config.json")" none
fi
echo '{"pids": ' >"$t_tmp/resources"
refuses update --resources "$t_tmp/resources" "${id}a"
remove a

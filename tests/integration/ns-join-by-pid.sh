#!/bin/bash
# A second sandbox joins namespaces of the first one by the number of its process.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

background run "${root_args[@]}" --hostname first --timens private -- sh -c 'echo ready; sleep 10'
join=()
[[ $EUID == 0 ]] || join=(--userns "pid:$inside_pid")
for each in uts:uts ipc:ipc network:net pid:pid cgroupns:cgroup timens:time; do
  sandbox "${join[@]}" "--${each%:*}" "pid:$inside_pid" -- /probes/ns
  expect_eq "$(value "${each#*:}")" "$(stat -Lc %i "/proc/$inside_pid/ns/${each#*:}")" "$each"
  [[ $each == uts:uts ]] ||
    expect_ne "$(value uts)" "$(stat -Lc %i "/proc/$inside_pid/ns/uts")" "uts with $each"
done
sandbox "${join[@]}" --uts "pid:$inside_pid" -- hostname
expect_eq "$out" first hostname

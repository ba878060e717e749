#!/bin/bash
# events --stats prints one JSON object in runc's form, which containerd's older shims and others read.
# runtimes: cove runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

pausing a '.linux.resources.pids = {limit: 57} | .linux.resources.memory = {limit: 67108864}'
expect_status 0 rt events --stats "${id}a"
expect_eq "$(jq -r '.type, .id' <<<"$out")" $'stats\n'"${id}a"
expect_eq "$(jq -r .data.pids.limit <<<"$out")" 57
expect_between "$(jq -r .data.pids.current <<<"$out")" 1 5 "pids"
expect_eq "$(jq -r .data.memory.usage.limit <<<"$out")" 67108864
expect_between "$(jq -r .data.memory.usage.usage <<<"$out")" 4096 67108864 "memory in use"
expect_between "$(jq -r .data.cpu.usage.total <<<"$out")" 1 10000000000 "nanoseconds of processor time"
for key in .data.memory.raw .data.cpu.usage.percpu .data.cpu.throttling .data.blkio; do
  expect_ne "$(jq -c "$key" <<<"$out")" null "$key"
done
remove a

#!/bin/bash
# A relative cgroupsPath leads to a cgroup below one of the runtime's choice, never to an error or to another's.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

pausing a ".linux.cgroupsPath = \"$id-rel/x\""
expect_match "$(awk -F: '$2 ~ /pids/ || $2 == "" { print $3; exit }' "/proc/$(init_pid a)/cgroup")" "/$id-rel/x\$"
remove a
find /sys/fs/cgroup -depth -type d -path "*$id-rel*" -exec rmdir {} + 2>/dev/null || true

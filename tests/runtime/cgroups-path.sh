#!/bin/bash
# cgroupsPath: an absolute path counts from the hierarchies' root; without one the runtime makes its own; all are
# gone after delete.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

cgroup_of() { awk -F: '$2 ~ /pids/ || $1 == "0" && $2 == "" { print $3; exit }' "/proc/$(init_pid "$1")/cgroup"; }
pausing a ".linux.cgroupsPath = \"/$id-parent/child\""
expect_eq "$(cgroup_of a)" "/$id-parent/child"
pausing b 'del(.linux.cgroupsPath)'
expect_match "$(cgroup_of b)" "${id}b"
remove a
remove b
# The parent is not the container's; whoever asked for it removes it. runc takes it along when it is empty.
find /sys/fs/cgroup -type d -name "$id-parent" -exec rmdir {} + 2>/dev/null || true
find /sys/fs/cgroup -type d -path "*$id*" | grep . && fail "cgroups are left" || true

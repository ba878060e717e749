#!/bin/bash
# /proc is that of the new PID namespace: a new mount, with the numbers of inside.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox -- sh -c 'readlink /proc/self/ns/pid; grep " /proc " /proc/mounts; cat /proc/1/comm'
expect_ne "$(head -n 1 <<<"$out")" "$(readlink /proc/self/ns/pid)" "PID namespace"
expect_match "$out" 'proc /proc proc [a-z,]*nosuid,nodev,noexec'
expect_match "$out" $'\n(sh|busybox|cat)$'

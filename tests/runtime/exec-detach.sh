#!/bin/bash
# exec --detach returns at once; the process is in the container, and its pid in --pid-file.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

pausing a
expect_status 0 rt exec --detach --pid-file "$t_tmp/pid" "${id}a" sh -c 'touch /came; exec sleep 1000'
pid=$(<"$t_tmp/pid")
[[ $pid =~ ^[0-9]+$ ]] || fail "pid file: '$pid'"
until_true test -e "$bundle/rootfs/came"
until_true grep -qx sleep "/proc/$pid/comm"
expect_eq "$(readlink "/proc/$pid/ns/mnt")" "$(readlink "/proc/$(init_pid a)/ns/mnt")"
# It dies with the container.
expect_status 0 rt kill "${id}a" KILL
until_true bash -c '! kill -0 "$1" 2>/dev/null || grep -q "^State:.Z" "/proc/$1/status"' _ "$pid"
wait_for stopped a
remove a

#!/bin/bash
# ps lists the container's processes: a table with a header, or --format json with their pids.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

pausing a
rt exec --detach --pid-file "$t_tmp/pid" "${id}a" sleep 1000
expect_status 0 rt ps --format json "${id}a"
listed() { jq -e --argjson pid "$1" 'index($pid) != null' <<<"$out" >/dev/null || fail "$1 is not in $out"; }
listed "$(init_pid a)"
listed "$(<"$t_tmp/pid")"
expect_status 0 rt ps "${id}a"
expect_match "$out" 'PID'
expect_match "$out" "$(<"$t_tmp/pid")"
refuses ps "${id}nobody"
remove a

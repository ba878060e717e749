#!/bin/bash
# create, start, delete: the process waits for start, runs, and is seen stopped before its container is deleted.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a . sh -c 'echo started; read -r line </gate'
mkfifo "$bundle/rootfs/gate"
create a --pid-file "$t_tmp/pid"
expect_eq "$(state_of a)" created
expect_eq "$(<"$t_tmp/pid")" "$(init_pid a)" "pid file"
[[ -d /proc/$(init_pid a) ]] || fail "no process"
expect_eq "$(<"$t_tmp/a.out")" '' "output before start"

expect_status 0 rt start "${id}a"
until_true grep -qx started "$t_tmp/a.out"
expect_eq "$(state_of a)" running
refuses start "${id}a"
refuses delete "${id}a"
echo go >"$bundle/rootfs/gate"
wait_for stopped a
refuses start "${id}a"
expect_status 0 rt delete "${id}a"
gone a || fail "still there after delete"
refuses delete "${id}a"

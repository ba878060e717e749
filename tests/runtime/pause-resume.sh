#!/bin/bash
# pause stops every process, resume lets them go on; both need the right state.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

bundle a . sh -c 'trap "exit 0" TERM; while :; do echo x; sleep 0.02; done'
launch a
until_true test -s "$t_tmp/a.out"
expect_status 0 rt pause "${id}a"
expect_eq "$(state_of a)" paused
size=$(stat -c %s "$t_tmp/a.out")
sleep 0.3
expect_eq "$(stat -c %s "$t_tmp/a.out")" "$size" "output while paused"
expect_status 0 rt resume "${id}a"
expect_eq "$(state_of a)" running
grew() { [[ $(stat -c %s "$t_tmp/a.out") -gt $size ]]; }
until_true grew
is crun || refuses resume "${id}a"  # crun 1.8 takes it for done
rt kill "${id}a" KILL
wait_for stopped a
refuses pause "${id}a"
remove a

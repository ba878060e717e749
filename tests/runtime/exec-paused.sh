#!/bin/bash
# exec into a paused container is refused with 255 at once; --ignore-paused waits for resume. (crun 1.8 lacks the
# option.)
# runtimes: cove runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

pausing a
expect_status 0 rt pause "${id}a"
expect_status 255 timeout 10 "$t_runtime" --root "$state_root" exec "${id}a" true
expect_match "$err" paused
rt exec --ignore-paused "${id}a" echo after-resume >"$t_tmp/late" &
sleep 0.3
expect_eq "$(<"$t_tmp/late")" ''
expect_status 0 rt resume "${id}a"
wait $!
expect_eq "$(<"$t_tmp/late")" after-resume
remove a

#!/bin/bash
# delete --force ends a paused container too.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

pausing a
expect_status 0 rt pause "${id}a"
expect_status 0 timeout 10 "$t_runtime" --root "$state_root" delete --force "${id}a"
gone a || fail "still there"

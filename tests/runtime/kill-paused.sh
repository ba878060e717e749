#!/bin/bash
# A signal to a paused container arrives when it is resumed, and KILL ends it at the latest by delete --force.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

pausing a
rt pause "${id}a"
expect_status 0 rt kill "${id}a" TERM
rt resume "${id}a"
wait_for stopped a
remove a

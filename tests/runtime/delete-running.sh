#!/bin/bash
# delete of a running container is refused and harms nothing; with --force it is killed.
# runtimes: cove crun runc
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

pausing a
refuses delete "${id}a"
expect_eq "$(state_of a)" running
pid=$(init_pid a)
expect_status 0 rt delete --force "${id}a"
gone a || fail "still there"
until_true bash -c '! kill -0 "$1" 2>/dev/null || grep -q "^State:.Z" "/proc/$1/status"' _ "$pid"

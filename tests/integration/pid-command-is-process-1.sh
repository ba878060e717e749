#!/bin/bash
# Without --init the command itself is process 1, in a session of its own, and its parent is invisible.
# runtimes: crun runc
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

sandbox -- /probes/ids
expect_eq "$(value pid)" 1 pid
expect_eq "$(value ppid)" 0 "parent's pid"
expect_eq "$(value sid)" 1 session

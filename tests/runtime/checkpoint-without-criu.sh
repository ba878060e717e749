#!/bin/bash
# checkpoint and restore without a criu that works say so, and the container goes on.
# runtimes: cove
# shellcheck source=tests/support/runtime.sh
. "${0%/*}/../support/runtime.sh"

pausing a
run rt --criu /no/such/criu checkpoint --image-path "$t_tmp/image" "${id}a"
expect_ne "$status" 0
expect_match "$err" 'criu'
expect_eq "$(state_of a)" running
expect_eq "$(rt exec "${id}a" echo alive)" alive
remove a

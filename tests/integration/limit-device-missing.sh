#!/bin/bash
# A disk that does not exist, or is none, is a clear error.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 125 cove run "${root_args[@]}" --device-write-bps /dev/cove-none:1m -- echo ran
expect_match "$err" 'device-write-bps.*/dev/cove-none'
expect_status 125 cove run "${root_args[@]}" --device-read-iops /dev/null:10 -- echo ran
expect_match "$err" 'device-read-iops.*/dev/null'
expect_eq "$out" ""

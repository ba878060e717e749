#!/bin/bash
# No space for what cove itself writes while it sets the root up.
export T_ROOT=default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 125 cove run --storage-size 4k -- echo ran
expect_match "$err" 'E-DISK-FULL: '
expect_eq "$out" ""

#!/bin/bash
# --memory-swap that makes no sense is refused.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 125 cove run "${root_args[@]}" --memory-swap 96m -- echo ran
expect_match "$err" '--memory-swap needs --memory'
expect_status 125 cove run "${root_args[@]}" --memory 96m --memory-swap 64m -- echo ran
expect_match "$err" '--memory-swap is less than --memory'
expect_eq "$out" ""

#!/bin/bash
# A processor that the machine does not have is a clear error, and not a sandbox without the limit.
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 125 cove run "${root_args[@]}" --cpuset-cpus 4000 -- echo ran
expect_eq "$out" ""
expect_match "$err" "E-LIMIT: .*cpuset-cpus.*4000"

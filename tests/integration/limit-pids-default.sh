#!/bin/bash
# Without an option there is a limit as well, and the report names it.
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported -- /probes/forkbomb 3000
expect_eq "$status" 0
expect_eq "$(value children)" 1023 "children beside the command"
expect_eq "$(value error)" EAGAIN
expect_field .pids_peak 1024
expect_field .limits.pids_max.value 1024

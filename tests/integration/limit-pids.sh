#!/bin/bash
# --pids-limit bounds the number of processes; the report tells the peak.
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported --pids-limit 20 -- /probes/forkbomb
expect_eq "$status" 0
expect_eq "$(value children)" 19 "children beside the command"
expect_eq "$(value error)" EAGAIN
expect_field .pids_peak 20
expect_field .limits.pids_max.value 20

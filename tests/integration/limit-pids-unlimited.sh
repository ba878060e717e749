#!/bin/bash
# --pids-limit -1 is no limit, and needs no cgroup to be none.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported --pids-limit -1 -- /probes/forkbomb 1500
expect_eq "$status" 0 "$err"
expect_eq "$(value children)" 1500
expect_field .limits.pids_max null
expect_field '.waived | length' 0

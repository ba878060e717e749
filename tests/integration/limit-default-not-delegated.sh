#!/bin/bash
# The default limit on processes holds also where there is no cgroup to be had: as a limit of the user namespace.
# modes: user
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported -- /probes/forkbomb 3000
expect_eq "$status" 0
expect_eq "$(value children)" 1023 "children beside the command"
expect_eq "$(value error)" EAGAIN
expect_eq "$err" "" "warnings"
expect_field '.waived | length' 0
expect_field .limits.pids_max null
expect_field .limits.ulimit_nproc.value.hard 1024

#!/bin/bash
# The default limit on processes is no reason to fail where there is no cgroup to be had; the report says that it is off.
# modes: user
# shellcheck source=tests/support/lib.sh
. "$(dirname "$(realpath "$0")")/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported -- echo ran
expect_eq "$status" 0
expect_eq "$out" ran
expect_eq "$err" "" "warnings"
expect_match "$(field '.waived[]')" 'pids-limit:'
expect_field .limits.pids_max null

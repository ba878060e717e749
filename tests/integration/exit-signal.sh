#!/bin/bash
# A command that a signal kills gives 128 and the signal's number.
# shellcheck disable=SC2016
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported --init -- sh -c 'kill -USR2 $$'
expect_eq "$status" 140 "with --init"
run_reported -- /probes/crash
expect_eq "$status" 139 "as process 1"
expect_field .reason signaled
expect_field .signal 11
expect_field .signal_name SIGSEGV
expect_field .exit_code null
# shellcheck disable=SC2016
run_reported -- sh -c 'sh -c "kill -KILL \$\$"; exit $?'
expect_eq "$status" 137 "a shell whose child was killed"
expect_field .reason exited
expect_field .exit_code 137

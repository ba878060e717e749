#!/bin/bash
# When the kernel kills a child of the command, the command goes on, and the report counts the kill.
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported --memory 64m -- sh -c '/probes/alloc 200; echo "child: $?"; exit 3'
expect_eq "$status" 3
expect_eq "$out" "child: 137"
expect_field .reason exited
expect_field .exit_code 3
expect_between "$(field .oom.kills)" 1 10 oom.kills

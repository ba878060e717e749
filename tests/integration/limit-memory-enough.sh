#!/bin/bash
# What fits into --memory runs to its end.
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported --memory 64m -- /probes/alloc 40
expect_eq "$status" 0
expect_eq "$(value touched_mib)" 40
expect_field .reason exited
expect_field .oom.kills 0
expect_field .limits.memory_bytes.value 67108864

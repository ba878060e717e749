#!/bin/bash
# An allocator beyond --memory is killed, and the report calls it out of memory; no swap was used.
export T_DELEGATE=1
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported --memory 64m -- /probes/alloc 200
expect_eq "$status" 137
expect_eq "$out" "" "output of the killed allocator"
expect_field .reason oom
expect_field .signal_name SIGKILL
expect_field .oom.limit_bytes 67108864
expect_between "$(field .oom.kills)" 1 10 oom.kills
expect_between "$(field .oom.peak_bytes)" 60000000 67108864 oom.peak_bytes
expect_between "$(field .memory_peak_bytes)" 60000000 67108864 memory_peak_bytes

#!/bin/bash
# --timings lists each step with its time, on standard error and in the report.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported --timings -- true
expect_eq "$status" 0
expect_eq "$out" ""
expect_match "$err" 'parent +clone child +[0-9.]+ µs'
expect_match "$err" 'child +pivot root +[0-9.]+ µs'
expect_schema
expect_eq "$(field '.timings | length')" "$(wc -l <"$t_tmp/err")" "steps in the report"
expect_field '[.timings[] | select(.duration_ns <= 0 and .step != "exec payload")] | length' 0

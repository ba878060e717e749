#!/bin/bash
# The report of a command that returned: what was asked for, how it ended, what it used.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported --name web-1 --label team=blue --label plain -- sh -c 'exit 3'
expect_eq "$status" 3
expect_schema
expect_field .reason exited
expect_field .exit_status 3
expect_field .exit_code 3
expect_field .signal null
expect_field .failure null
expect_field .name web-1
expect_field '.labels | tojson' '{"plain":"","team":"blue"}'
expect_field '.command | tojson' '["sh","-c","exit 3"]'
expect_field .timings null
expect_eq "$(stat -c %a "$t_tmp/report.json")" 644 "mode of the report"

#!/bin/bash
# --output-limit passes on exactly so many bytes, kills, and says so.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported --output-limit 100000 -- yes
expect_eq "$status" 137
expect_eq "$(stat -c %s "$t_tmp/out")" 100000 "bytes of output"
expect_match "$err" 'truncated at 100000 bytes'
expect_field .reason output-limit
expect_field .output.bytes 100000
expect_field .output.limit_bytes 100000
expect_field .output.truncated true

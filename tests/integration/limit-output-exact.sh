#!/bin/bash
# Output of exactly the limit, on both streams together, is not truncated; one byte more is.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported --output-limit 10 -- sh -c 'printf 12345; printf abcde >&2; exit 4'
expect_eq "$status" 4
expect_eq "$out" 12345
expect_eq "$err" abcde
expect_field .output.truncated false
expect_field .output.bytes 10
run_reported --output-limit 10 -- sh -c 'printf 12345; printf abcdef >&2; exit 4'
expect_eq "$status" 137
expect_field .output.truncated true
expect_field .output.bytes 10
expect_field .reason output-limit

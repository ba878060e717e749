#!/bin/bash
# Whatever bytes the command has, the report is JSON.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported -- echo $'tab\there' 'quote" back\slash' $'bad \xff byte' 'ünï' $'\x01'
expect_eq "$status" 0
expect_schema
expect_field '.command[1]' $'tab\there'
expect_field '.command[2]' 'quote" back\slash'
expect_field '.command[4]' 'ünï'

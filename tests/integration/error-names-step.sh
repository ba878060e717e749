#!/bin/bash
# An error names the step and the object, from the outside in; the report has them apart.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"
# shellcheck source=tests/support/report.sh
. "$t_support/report.sh"

run_reported --workdir /no/such -- true
expect_eq "$status" 125
expect_match "$err" '^cove: enter working directory: .*/no/such.*No such file or directory'
expect_field .failure.step 'enter working directory'
expect_match "$(field .failure.message)" '/no/such'

#!/bin/bash
# Standard output and error stay apart.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 5 cove run "${root_args[@]}" -- sh -c 'echo to out; echo to err >&2; exit 5'
expect_eq "$out" "to out"
expect_eq "$err" "to err"

#!/bin/bash
# Raising a limit above the hard limit that holds, without the privilege to do so, is a clear error.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

ulimit -n 500
expect_status 125 cove run "${root_args[@]}" --userns auto --ulimit nofile=1000 -- echo ran
expect_match "$err" 'E-LIMIT: .*nofile.*1000'
expect_eq "$out" ""
expect_status 0 cove run "${root_args[@]}" --userns auto --ulimit nofile=400 -- sh -c 'ulimit -n'
expect_eq "$out" 400

#!/bin/bash
# A report to a closed standard output is an error before the command runs.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

mkdir -m 777 "$t_tmp/marks"
status=0
cove run "${root_args[@]}" --report - -v "$t_tmp/marks:/marks" -- touch /marks/ran 1>&- 2>"$t_tmp/errors" || status=$?
expect_eq "$status" 125
expect_match "$(<"$t_tmp/errors")" 'report'
[[ ! -e $t_tmp/marks/ran ]] || fail "the command ran"

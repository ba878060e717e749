#!/bin/bash
# Mistakes in the environment's options name the place.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 125 cove run "${root_args[@]}" -e =value -- true
expect_match "$err" 'no name'
expect_status 125 cove run "${root_args[@]}" --env-file /no/such/file -- true
expect_match "$err" "--env-file '/no/such/file'.*No such file"
printf 'GOOD=1\nBAD NAME=2\n' >"$t_tmp/file"
expect_status 125 cove run "${root_args[@]}" --env-file "$t_tmp/file" -- true
expect_match "$err" 'line 2'

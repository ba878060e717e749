#!/bin/bash
# What follows the command is the command's, with -- or without.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

expect_status 0 cove run "${root_args[@]}" echo --memory 1g -t
expect_eq "$out" "--memory 1g -t"
expect_status 0 cove run "${root_args[@]}" -- echo -- --help
expect_eq "$out" "-- --help"
# shellcheck disable=SC2016
expect_status 0 cove run "${root_args[@]}" --rm -e A=1 -w /tmp sh -c 'echo $A; pwd'
expect_eq "$out" $'1\n/tmp'

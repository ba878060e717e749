#!/bin/bash
# No such program: 127, by path and by PATH, also with --init.
# roots: default
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

for options in '' --init; do
  expect_status 127 cove run "${root_args[@]}" $options -- /no/such/program
  expect_match "$err" 'E-EXEC-NOT-FOUND: .*/no/such/program'
  expect_status 127 cove run "${root_args[@]}" $options -- no-such-program
  expect_match "$err" 'E-EXEC-NOT-FOUND: .*no-such-program.*PATH'
  expect_status 127 cove run "${root_args[@]}" $options -e PATH=/nowhere -- ls
  expect_match "$err" '/nowhere'
  expect_status 127 cove run "${root_args[@]}" $options -- ''
done

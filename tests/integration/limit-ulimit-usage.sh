#!/bin/bash
# Values that are no limits are refused before anything happens.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

for value in nofile=abc nofile=200:100 bogus=1 nofile; do
  expect_status 125 cove run "${root_args[@]}" --ulimit "$value" -- echo ran
  expect_match "$err" "--ulimit '$value'"
  expect_eq "$out" ""
done

#!/bin/bash
# The exit status is the command's.
# shellcheck source=tests/support/lib.sh
. "${0%/*}/../support/lib.sh"

for code in 0 1 2 3 63 64 99 124 125 126 127 128 129 130 137 143 200 254 255; do
  expect_status "$code" cove run "${root_args[@]}" -- sh -c "exit $code"
  expect_eq "$err" "" "errors with $code"
done

#!/bin/bash
# The exit status is the command's, and 128+n for a signal.
# roots: debian default
# shellcheck source=tests/support/lib.sh
. "$(dirname "$(realpath "$0")")/../support/lib.sh"

for status_wanted in 0 1 42 125 255; do expect_status $status_wanted cove run "${root_args[@]}" -- sh -c "exit $status_wanted"; done
for signal in 6 9 11 15; do
  expect_status $((128 + signal)) cove run "${root_args[@]}" -- sh -c "sh -c 'kill -$signal \$\$'; exit \$?"
  expect_status $((128 + signal)) cove run "${root_args[@]}" --init -- sh -c "kill -$signal \$\$"
done
